import type { ColumnSpec } from '../../contract/spec.js';
import { type Sql, sqlText } from '../sql.js';
import { at, candidateName, readColumn, type StatementTable, targetName } from './table-shape.js';

/** The column whose days are the windows, or none for other write modes. */
export function windowColumn({ table, write }: StatementTable): ColumnSpec | undefined {
  return write.kind === 'replaceWindows' ? table.spec.columns.find(({ name }) => name === write.column) : undefined;
}

function windowOf(column: ColumnSpec, alias?: string): string {
  return column.type.kind === 'date' ? at(alias, column.name) : `CAST(${at(alias, column.name)} AS date)`;
}

/** The windows (UTC days) that the result touches, refused rows included: a window whose rows are all refused ends empty (IM-10). */
function touchedWindows(table: StatementTable, column: ColumnSpec): Sql {
  return sqlText`SELECT DISTINCT ${windowOf(column, 'c')} AS "_window" FROM (SELECT ${readColumn(column)} FROM ${candidateName(table)}) c`;
}

/** The target's rows with `_inside`: whether the result may replace them. */
export function targetRows(table: StatementTable): Sql {
  const column = windowColumn(table);
  if (column === undefined) return sqlText`SELECT t.*, TRUE AS "_inside" FROM ${targetName(table)} t`;
  return sqlText`SELECT t.*, w."_window" IS NOT NULL AS "_inside" FROM ${targetName(table)} t LEFT JOIN (${touchedWindows(table, column)}) w ON w."_window" = ${windowOf(column, 't')}`;
}
