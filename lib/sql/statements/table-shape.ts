import type { ColumnSpec, TypeSpec } from '../../contract/spec.js';
import { TABLE_META } from '../../model/layout.js';
import type { Partition } from '../../model/partition.js';
import type { QuarantineLimit } from '../../model/quarantine-limit.js';
import type { ITableRef } from '../../model/table.js';
import type { WriteMode } from '../../model/write-mode.js';
import { quoteIdentifier as q } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import { sqlType, typeText } from '../types/sql-type.js';
import { RUN } from './run-parameters.js';

/** What the statements around a query know of the table they make. */
export interface StatementTable {
  readonly table: ITableRef;
  readonly write: WriteMode;
  /** Glue database of the operations zone: candidates live there. */
  readonly operations: string;
  /** The Iceberg table that takes the rows which a rule refuses. */
  readonly quarantine: { readonly database: string; readonly tableName: string };
  /** How the table is partitioned, by calendar units of a date or timestamp column. */
  readonly partition?: Partition;
  /** How much may be refused before nothing is published (QR-4). */
  readonly maxQuarantine?: QuarantineLimit;
}

/** What became of a row of the candidate: exactly one of these (QR-1). */
export type Fate = 'published' | 'deduplicated' | 'quarantined';

/** Technical columns of a candidate, after the contract's own. */
export const CANDIDATE = {
  fate: '_fate',
  /** Ids of the rules that refuse the row, `a,b,`; null when none does. */
  refused: '_refused',
  /** Ids of `warn` and `fail` rules that the row breaks, `a,b,`; null when none. */
  broken: '_broken',
  /** Ids of rules whose outcome is unknown, `a,b,`; null when none. */
  unknown: '_unknown',
} as const;

/** Columns that identify a row. */
export function keyColumns({ table }: StatementTable): readonly ColumnSpec[] {
  return table.spec.columns.filter((column) => column.key);
}

/** Columns that order the versions of a row, the weightiest first: the sequence, then all others, so that the order is total (IM-5). */
export function orderColumns({ table }: StatementTable): readonly ColumnSpec[] {
  const others = table.spec.columns.filter((column) => !column.key);
  return [...others.filter((column) => column.sequence), ...others.filter((column) => !column.sequence)];
}

/** `a."x", a."y"` */
export function columnList(columns: readonly { readonly name: string }[], alias?: string): string {
  return columns.map(({ name }) => at(alias, name)).join(', ');
}

/** A column, of an alias if given. */
export function at(alias: string | undefined, name: string): string {
  return alias === undefined ? q(name) : `${alias}.${q(name)}`;
}

/** The target table's name. */
export function targetName({ table }: StatementTable): string {
  return `${q(table.database)}.${q(table.tableName)}`;
}

/** The candidate's name: one a run, so that a failed run's candidate stays to be looked at. */
export function candidateName({ table, operations }: StatementTable): Sql {
  return sqlText`${q(operations)}."${`${table.zone}_${table.tableName}`}__${RUN.name}"`;
}

export function holdsTimestamp(type: TypeSpec): boolean {
  switch (type.kind) {
    case 'timestamp':
      return true;
    case 'array':
      return holdsTimestamp(type.element);
    case 'map':
      return holdsTimestamp(type.key) || holdsTimestamp(type.value);
    case 'struct':
      return type.fields.some((field) => holdsTimestamp(field.type));
    default:
      return false;
  }
}

/** The type as a candidate stores it. Athena's plain Parquet tables keep milliseconds only, so moments are stored as text. */
function storedType(type: TypeSpec): TypeSpec {
  switch (type.kind) {
    case 'timestamp':
      return { kind: 'text' };
    case 'array':
      return { kind: 'array', element: storedType(type.element) };
    case 'map':
      return { kind: 'map', key: storedType(type.key), value: storedType(type.value) };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => ({ ...field, type: storedType(field.type) })) };
    default:
      return type;
  }
}

export function castTo(expression: string, type: TypeSpec): string {
  return `CAST(${expression} AS ${typeText(sqlType(type))})`;
}

/** A query's column on its way into the candidate. */
export function storeColumn({ name, type }: ColumnSpec, alias: string): string {
  return `${holdsTimestamp(type) ? castTo(at(alias, name), storedType(type)) : at(alias, name)} AS ${q(name)}`;
}

/** A candidate's column as its contract types it. */
export function readColumn({ name, type }: ColumnSpec, named = true): string {
  if (!holdsTimestamp(type)) return q(name);
  return named ? `${castTo(q(name), type)} AS ${q(name)}` : castTo(q(name), type);
}

/** The candidate's rows that are to stand in the table, in contract types. */
export function publishedRows(table: StatementTable): Sql {
  const columns = table.table.spec.columns.map((column) => readColumn(column)).join(', ');
  return sqlText`SELECT ${columns} FROM ${candidateName(table)} WHERE ${q(CANDIDATE.fate)} = 'published'`;
}

/** A form of the column that every engine can order and compare: nested values by their text. */
export function comparable({ name, type }: ColumnSpec, alias?: string): string {
  const nested = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
  return nested ? `json_format(CAST(${at(alias, name)} AS JSON))` : at(alias, name);
}

/** Whether any of the columns differs between two rows; NULL equals NULL. */
export function differs(columns: readonly ColumnSpec[], a: string, b: string): string {
  if (columns.length === 0) return 'FALSE';
  return columns.map((column) => `${comparable(column, a)} IS DISTINCT FROM ${comparable(column, b)}`).join(' OR ');
}

/** Equality of keys, which are never NULL in a table. */
export function sameKey(table: StatementTable, a: string, b: string): string {
  return keyColumns(table)
    .map(({ name }) => `${at(a, name)} = ${at(b, name)}`)
    .join(' AND ');
}

/** Whether row `a` comes after row `b` of the same key in the total order: the first differing column decides, NULL is the least (IM-7). */
export function isNewer(table: StatementTable, a: string, b: string): string {
  const cases = orderColumns(table).map((column) => {
    const [left, right] = [comparable(column, a), comparable(column, b)];
    return `WHEN ${left} IS DISTINCT FROM ${right} THEN coalesce(${left} > ${right}, ${left} IS NOT NULL)`;
  });
  return cases.length === 0 ? 'FALSE' : `CASE ${cases.join(' ')} ELSE FALSE END`;
}

/** `UPDATE SET …` and `INSERT …` of every column and the run's id, from source `s`. */
export function setColumns({ table }: StatementTable): Sql {
  return sqlText`UPDATE SET ${table.spec.columns.map(({ name }) => `${q(name)} = s.${q(name)}`).join(', ')}, ${q(TABLE_META.run)} = ${RUN.id}`;
}

export function insertColumns({ table }: StatementTable): Sql {
  return sqlText`INSERT (${columnList(table.spec.columns)}, ${q(TABLE_META.run)}) VALUES (${columnList(table.spec.columns, 's')}, ${RUN.id})`;
}
