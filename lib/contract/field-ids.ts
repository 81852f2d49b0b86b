import { icebergPrimitive } from './iceberg-type.js';
import type { LockedPartition } from './partition-ids.js';
import type { ColumnSpec, FieldSpec, TypeSpec } from './spec.js';

/**
 * Iceberg finds a column in its files by number, not by name: a number that moves to another column shows one column's values as
 * another's. So a table's numbers are written down. A field is its path, its type and its parent; the same field always has the same
 * number, and no number ever belongs to two fields, whatever is inserted, moved, dropped or brought back.
 */

/** Numbers of a table's fields by path: `amount`, `address.street`, `tags.element`, `prices.key`, `prices.value`. */
export type FieldIds = ReadonlyMap<string, number>;

/** A field that has, or had, a number. */
export interface LockedField {
  readonly id: number;
  readonly path: string;
  /** Iceberg's word for the type: `string`, `decimal(10, 2)`, `struct`, `list`, `map`. */
  readonly type: string;
  /** Number of the struct, list or map that it stands in. */
  readonly in?: number;
}

/** What a schema lock holds about one table. */
export interface LockedTable {
  /** The greatest number ever given, so that none is given twice even if a line is taken out by hand. */
  readonly lastId: number;
  /** Fields of the table as it is, in its order. */
  readonly fields: readonly LockedField[];
  /** Fields that the table had. Their values may still lie in its files. */
  readonly retired: readonly LockedField[];
  /** Partitions that the table has or had, the oldest first; absent where it never had one. */
  readonly partitions?: readonly LockedPartition[];
}

/** The part of a contract that numbers depend on. */
export interface TableColumns {
  readonly columns: readonly Pick<ColumnSpec, 'name' | 'type' | 'nullable' | 'description'>[];
}

export const NOTHING_LOCKED: LockedTable = { lastId: 0, fields: [], retired: [] };

/** Numbers for every field of a table: those it had, and the next ones for what is new. */
export function assignIds(locked: LockedTable, table: TableColumns): { readonly locked: LockedTable; readonly ids: FieldIds } {
  const known = [...locked.fields, ...locked.retired];
  let lastId = Math.max(locked.lastId, ...known.map(({ id }) => id));
  const fields: LockedField[] = [];

  const assign = (path: string, type: TypeSpec, parent: number | undefined): number => {
    const word = typeWord(type);
    const id = numberOf(locked, { path, type: word, ...(parent !== undefined && { in: parent }) }) ?? ++lastId;
    fields.push({ id, path, type: word, ...(parent !== undefined && { in: parent }) });
    return id;
  };
  // Level by level, as Iceberg itself numbers a new table: the columns first, then what is in them.
  let level: Level = table.columns.map((column) => [column.name, column.type, undefined] as const);
  while (level.length > 0) {
    const ids = level.map(([path, type, parent]) => assign(path, type, parent));
    level = level.flatMap(([path, type], index) => parts(type).map((part) => [`${path}.${part.name}`, part.type, ids[index]] as const));
  }

  const used = new Set(fields.map(({ id }) => id));
  const retired = known.filter(({ id }) => !used.has(id)).sort((a, b) => a.id - b.id);
  return { locked: { ...locked, lastId, fields, retired }, ids: new Map(fields.map(({ path, id }) => [path, id])) };
}

/** The field's number, if it has one: that of the column as it is goes before that of one which was dropped. */
function numberOf({ fields, retired }: LockedTable, wanted: Omit<LockedField, 'id'>): number | undefined {
  const same = (field: LockedField) => field.path === wanted.path && field.in === wanted.in;
  const fits = (field: LockedField) => same(field) && canBecome(field.type, wanted.type);
  const exact = (field: LockedField) => same(field) && field.type === wanted.type;
  return (fields.find(fits) ?? retired.findLast(exact) ?? retired.findLast(fits))?.id;
}

type Level = readonly (readonly [path: string, type: TypeSpec, parent: number | undefined])[];

/** What stands in a type, under the names that Iceberg gives. */
export function parts(type: TypeSpec): readonly Pick<FieldSpec, 'name' | 'type'>[] {
  switch (type.kind) {
    case 'struct':
      return type.fields;
    case 'array':
      return [{ name: 'element', type: type.element }];
    case 'map':
      return [
        { name: 'key', type: type.key },
        { name: 'value', type: type.value },
      ];
    default:
      return [];
  }
}

function typeWord(type: TypeSpec): string {
  if (type.kind === 'array') return 'list';
  return type.kind === 'struct' || type.kind === 'map' ? type.kind : icebergPrimitive(type);
}

/** Whether Iceberg (format 2) can read values of the old type as the new one: the same, or one of its few promotions. */
function canBecome(old: string, wanted: string): boolean {
  if (old === wanted || (old === 'int' && wanted === 'long')) return true;
  const from = decimalOf(old);
  const to = decimalOf(wanted);
  return from !== undefined && to !== undefined && from.scale === to.scale && from.precision <= to.precision;
}

function decimalOf(word: string): { readonly precision: number; readonly scale: number } | undefined {
  const match = /^decimal\((\d+), ?(\d+)\)$/.exec(word);
  return match === null ? undefined : { precision: Number(match[1]), scale: Number(match[2]) };
}
