import type { ColumnSpec, ContractSpec, FieldSpec } from '../../contract/spec.js';
import { type Cursor, MALFORMED } from './cursor.js';
import type { Read } from './readers.js';
import { type Refused, refused } from './refusal.js';
import { canonicalText, isQuoted, isScalar } from './types.js';

/**
 * CSV knows only text, so a cell becomes its column's type by declared rules: an empty cell is null; text stays as it is;
 * numbers, dates and timestamps are written as in JSON, booleans `true` and `false`; arrays, structs, maps and json hold JSON.
 */
export function compileCells(
  spec: ContractSpec,
  reads: readonly Read[],
  header: readonly string[],
): (cells: readonly string[], cursor: Cursor, arrivedAt: string) => string | Refused {
  if (new Set(header).size < header.length) return () => refused('duplicate');
  const places = spec.columns.map((column) => header.indexOf(column.from ?? column.name));
  const unknown = header
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !spec.columns.some((column) => (column.from ?? column.name) === name));
  const tokens = spec.columns.map((column) => cellToken(column));
  return (cells, cursor, arrivedAt) => {
    if (cells.length !== header.length) return refused('framing');
    cursor.start('');
    cursor.arrivedAt = arrivedAt;
    const out = spec.columns.map((column, index) => {
      const cell = cells[places[index] as number] ?? '';
      return `${JSON.stringify(column.name)}:${cellValue(column, reads[index] as Read, tokens[index] as (cell: string) => string, cell, cursor)}`;
    });
    for (const { name, index } of unknown) {
      const cell = cells[index] as string;
      if (cell !== '') cursor.extras.push({ path: name, value: JSON.stringify(cell) });
    }
    return `{${out.join(',')}`;
  };
}

function cellValue(column: ColumnSpec, read: Read, token: (cell: string) => string, cell: string, cursor: Cursor): string {
  if (cell === '') return column.nullable ? 'null' : cursor.refuse('drift', column.name);
  const json = token(cell);
  if (json === '') return cursor.refuse(ruleOf(column, cell), column.name);
  // The cell is read as the JSON it stands for, by the same reader as any other source's value.
  const { reasons, extras } = cursor;
  cursor.start(json);
  cursor.reasons = reasons;
  cursor.extras = extras;
  const known = extras.length;
  try {
    const value = read(cursor, cursor.peek());
    if (!Number.isNaN(cursor.peek())) throw MALFORMED;
    for (const extra of cursor.extras.slice(known)) extra.path = `${column.name}.${extra.path}`;
    return value === '' ? json.trim() : value;
  } catch (error) {
    if (error !== MALFORMED) throw error;
    return cursor.refuse('parse', column.name);
  }
}

/** The JSON that a cell stands for, or '' when it stands for none of its column's type. */
function cellToken(field: FieldSpec): (cell: string) => string {
  const { type } = field;
  if (!isScalar(type)) return (cell) => cell;
  if (isQuoted(type)) return (cell) => JSON.stringify(cell);
  const canonical = canonicalText(type);
  return (cell) => {
    const value = canonical(cell);
    return 'text' in value ? value.text : '';
  };
}

function ruleOf(field: FieldSpec, cell: string) {
  const value = isScalar(field.type) ? canonicalText(field.type)(cell) : { rule: 'drift' as const };
  return 'rule' in value ? value.rule : 'drift';
}
