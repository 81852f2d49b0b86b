import { LakeError } from '../contract/lake-error.js';
import type { ITableRef } from '../model/table.js';
import type { TableZone } from '../model/zone.js';
import { LiteralError, type LiteralValue, literal, quoteIdentifier } from './literal.js';

/**
 * SQL as a value: text with holes. A hole is a table, a column of a table, or a parameter of the run (`asOf`).
 * Statements are put together as parts and become text once, at the end, so that no parameter is ever searched for in text.
 *
 * For whoever wraps queries in statements:
 * - `checkQuery` gives the checked query; `checked.rewrite((table) => Sql | string)` gives the user's own text with each table
 *   reference replaced (an alias is added where there is none), comments gone, parameters still parameters.
 * - Put statements together with `` sqlText`…${part}…` `` (strings are text there, not values) or `new Sql([...])`.
 * - `statement.textWith((parameter) => text)` makes the final text; `statement.sample()` makes a text that parses, with each
 *   parameter's `sample` in its place.
 */

/** A parameter of the run: a place in the statement that gets finished SQL text when the run starts. */
export interface SqlParameter {
  readonly kind: 'parameter';
  /** Key of `RunParameters`. */
  readonly name: string;
  /** SQL text of the parameter's type that stands in its place when the statement is parsed and checked. */
  readonly sample: string;
}

/** A column of a table: `orders.c.amount`. */
export interface ColumnRef {
  readonly kind: 'column';
  readonly table: ITableRef;
  readonly name: string;
}

/** A table in a statement. */
export interface TablePart {
  readonly kind: 'table';
  readonly table: ITableRef;
}

export type SqlPart = string | SqlParameter | TablePart | ColumnRef;

/** Makes a parameter. */
export function parameter(name: string, sample: string): SqlParameter {
  return { kind: 'parameter', name, sample };
}

/** The run's frozen moment, a `timestamp(6)` in UTC: use it instead of `now()`, so that a retry gives the same rows (IM-4). */
export const asOf: SqlParameter = parameter('asOf', "TIMESTAMP '2000-01-01 00:00:00.000000'");

/** A part with the place it took in the text. */
export interface PartSpan {
  readonly start: number;
  readonly end: number;
  readonly part: Exclude<SqlPart, string>;
}

export interface SqlLayout {
  readonly text: string;
  readonly spans: readonly PartSpan[];
}

/** The text as its author knows it, tables as `${orders}`, and where a place of the full text is in it. */
export function displayed(layout: SqlLayout): { readonly text: string; place(offset: number): number } {
  let text = '';
  let at = 0;
  const moves: { readonly from: number; readonly to: number; readonly end: number }[] = [];
  for (const { start, end, part } of layout.spans) {
    text += layout.text.slice(at, start);
    const shown = `\${${part.kind === 'table' ? part.table.tableName : part.kind === 'column' ? `${part.table.tableName}.c.${part.name}` : part.name}}`;
    moves.push({ from: start, to: text.length, end });
    text += shown;
    moves.push({ from: end, to: text.length, end });
    at = end;
  }
  text += layout.text.slice(at);
  const place = (offset: number) => {
    const last = moves.findLast((move) => move.from <= offset);
    if (last === undefined) return offset;
    // Inside a hole, its beginning is meant.
    return last.end > offset ? last.to : last.to + (offset - last.from);
  };
  return { text, place };
}

const BRAND = Symbol.for('cdk-medallion.Sql');
declare const ZONES: unique symbol;
declare const ROW: unique symbol;

/**
 * A query or statement: see the top of this file. `Z` collects the zones of the tables it names; `R` is the row it gives, where the
 * compiler knows it (typed queries), else `unknown`.
 */
export class Sql<out Z extends TableZone = TableZone, out R = unknown> {
  declare readonly [ZONES]?: Z;
  declare readonly [ROW]?: R;
  readonly [BRAND] = true;
  readonly parts: readonly SqlPart[];
  /** The file the text came from; error messages name it. */
  readonly file?: string;

  constructor(parts: readonly SqlPart[], options: { readonly file?: string } = {}) {
    this.parts = parts;
    if (options.file !== undefined) this.file = options.file;
  }

  /** Tables it names, each once, in order of appearance. */
  get tables(): readonly ITableRef[] {
    const found = new Map<string, ITableRef>();
    for (const part of this.parts) {
      if (typeof part !== 'string' && part.kind === 'table') found.set(`${part.table.database}.${part.table.tableName}`, part.table);
    }
    return [...found.values()];
  }

  /** The final text: parameters as `write` says, text as `writeText` says (for hosts that escape, as `States.Format` does). */
  textWith(write: (parameter: SqlParameter) => string, writeText: (text: string) => string = (text) => text): string {
    return this.parts
      .map((part) => (typeof part !== 'string' && part.kind === 'parameter' ? write(part) : writeText(partText(part))))
      .join('');
  }

  /** The text with each parameter's sample in its place: parses and binds, but is not for running. */
  sample(): string {
    return this.textWith((parameter) => parameter.sample);
  }

  /** The sample text and where each hole stands in it. */
  layout(): SqlLayout {
    let text = '';
    const spans: PartSpan[] = [];
    for (const part of this.parts) {
      const start = text.length;
      text += partText(part);
      if (typeof part !== 'string') spans.push({ start, end: text.length, part });
    }
    return { text, spans };
  }
}

/** Whether a value is `Sql`, of this copy of the library or of another. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && BRAND in value;
}

function partText(part: SqlPart): string {
  if (typeof part === 'string') return part;
  if (part.kind === 'parameter') return part.sample;
  if (part.kind === 'column') return `${quoteIdentifier(part.table.tableName)}.${quoteIdentifier(part.name)}`;
  return `${quoteIdentifier(part.table.database)}.${quoteIdentifier(part.table.tableName)}`;
}

/** What may stand in a `sql` template: a table, a column, a value (rendered as a literal by its type), `asOf`, another `sql`. */
export type SqlValue<Z extends TableZone = TableZone> = ITableRef<Z> | ColumnRef | SqlParameter | Sql<Z> | LiteralValue;

type ZonesOf<V> = V extends Sql<infer Z> ? Z : V extends ITableRef<infer Z> ? Z : never;

/**
 * A query: tables and columns as objects, values as values. A backslash is a backslash, as in SQL.
 *
 * @example
 * sql`select order_id, amount from ${orders} where status = ${'paid'} and ordered_at < ${asOf}`
 * @throws LakeError `sql-value` for a value without a literal, or one that stands inside quotes or a comment.
 */
export function sql<const V extends readonly SqlValue[]>(strings: TemplateStringsArray, ...values: V): Sql<ZonesOf<V[number]>> {
  const parts: SqlPart[] = [];
  let state: LexicalState = 'code';
  // Raw text: SQL knows no backslash escapes, so a backslash in a pattern is one backslash here too.
  strings.raw.forEach((text, index) => {
    push(parts, text);
    state = scan(text, state);
    if (index >= values.length) return;
    if (state !== 'code') {
      throw new LakeError(
        'sql-value',
        `value ${index + 1} of a sql template stands inside ${PLACES[state]}; write it without quotes around it`,
      );
    }
    for (const part of valueParts(values[index] as SqlValue, index, strings.raw)) push(parts, part);
  });
  return new Sql(parts);
}

/** Puts a statement together from text and parts: strings are SQL text here. For the library's own statements, never for users' values. */
export function sqlText(strings: TemplateStringsArray, ...values: readonly (string | Sql | SqlParameter | TablePart)[]): Sql {
  const parts: SqlPart[] = [];
  strings.forEach((text, index) => {
    push(parts, text);
    const value = values[index];
    if (value === undefined) return;
    if (isSql(value)) for (const part of value.parts) push(parts, part);
    else push(parts, value);
  });
  return new Sql(parts);
}

/** Joins statements' parts with text between them. */
export function joinSql(items: readonly (Sql | string)[], separator = ', '): Sql {
  const parts: SqlPart[] = [];
  items.forEach((item, index) => {
    if (index > 0) push(parts, separator);
    if (typeof item === 'string') push(parts, item);
    else for (const part of item.parts) push(parts, part);
  });
  return new Sql(parts);
}

function push(parts: SqlPart[], part: SqlPart): void {
  const last = parts.at(-1);
  if (part === '') return;
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else parts.push(part);
}

function valueParts(value: SqlValue, index: number, strings: readonly string[]): readonly SqlPart[] {
  if (isSql(value)) return value.parts;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return [referencePart(value, index, strings)];
  try {
    const text = literal(value as LiteralValue);
    // A word directly before or after would otherwise become one word with the value.
    return [`${/\w$/.test(strings[index] ?? '') ? ' ' : ''}${text}${/^\w/.test(strings[index + 1] ?? '') ? ' ' : ''}`];
  } catch (error) {
    if (error instanceof LiteralError) throw new LakeError('sql-value', `value ${index + 1} of a sql template: ${error.message}`);
    throw error;
  }
}

function referencePart(value: object, index: number, strings: readonly string[]): SqlPart {
  if ('kind' in value && value.kind === 'parameter') return value as SqlParameter;
  if ('kind' in value && value.kind === 'column' && 'table' in value) {
    const column = value as ColumnRef;
    // After a qualifier of the user's own, `o.${orders.c.amount}`, only the name is wanted.
    return /\.\s*$/.test(strings[index] ?? '') ? quoteIdentifier(column.name) : column;
  }
  if ('tableName' in value && 'database' in value) return { kind: 'table', table: value as ITableRef };
  throw new LakeError('sql-value', `value ${index + 1} of a sql template is no table, column or value of a plain type`);
}

/** Where in a statement a place is. */
export type LexicalState = 'code' | 'string' | 'name' | 'line' | 'block';

export const PLACES: Record<Exclude<LexicalState, 'code'>, string> = {
  string: "a string ('…')",
  name: 'a quoted name ("…")',
  line: 'a comment (-- …)',
  block: 'a comment (/* … */)',
};

/** Where the text ends: values may stand in code only. */
export function scan(text: string, start: LexicalState): LexicalState {
  let state = start;
  for (let at = 0; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    const char = text[at];
    if (state === 'code') {
      if (char === "'") state = 'string';
      else if (char === '"') state = 'name';
      else if (two === '--') state = 'line';
      else if (two === '/*') {
        state = 'block';
        at++;
      }
    } else if ((state === 'string' && char === "'") || (state === 'name' && char === '"') || (state === 'line' && char === '\n')) {
      state = 'code';
    } else if (state === 'block' && two === '*/') {
      state = 'code';
      at++;
    }
  }
  return state;
}
