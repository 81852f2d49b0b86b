import type { ColumnSpec } from '../../contract/spec.js';
import { literalOf, quoteIdentifier as q } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import {
  at,
  columnList,
  comparable,
  differs,
  insertColumns,
  keyColumns,
  publishedRows,
  type StatementTable,
  sameKey,
  setColumns,
  targetName,
} from './table-shape.js';
import { targetRows } from './windows.js';

/**
 * Makes the table (or its touched windows) equal to the candidate, by key. The match is on the key alone: a row whose window changed
 * moves in this commit and is never doubled (IM-8, IM-9).
 */
export function publishKeyedDifference(table: StatementTable): Sql {
  const keys = keyColumns(table);
  const others = table.table.spec.columns.filter((column) => !column.key);
  const first = keys[0]!.name;
  const columns = [
    ...keys.map(({ name }) => `coalesce(n.${q(name)}, o.${q(name)}) AS ${q(name)}`),
    ...others.map(({ name }) => `n.${q(name)}`),
    `CASE WHEN n.${q(first)} IS NULL THEN 'delete' WHEN o.${q(first)} IS NULL THEN 'insert' ELSE 'update' END AS "_change"`,
  ];
  return sqlText`MERGE INTO ${targetName(table)} t USING (SELECT ${columns.join(', ')} FROM (${publishedRows(table)}) n FULL JOIN (${targetRows(table)}) o ON ${sameKey(table, 'n', 'o')} WHERE (n.${q(first)} IS NULL AND o."_inside") OR o.${q(first)} IS NULL OR (n.${q(first)} IS NOT NULL AND (${differs(others, 'n', 'o')}))) s ON ${sameKey(table, 't', 's')} WHEN MATCHED AND s."_change" = 'delete' THEN DELETE WHEN MATCHED THEN ${setColumns(table)} WHEN NOT MATCHED AND s."_change" = 'insert' THEN ${insertColumns(table)}`;
}

/**
 * The same without a key, as multisets: equal rows are counted on both sides. Where the table has too many copies all go and the
 * right number comes back (one row of a table without a key cannot be named); where it has too few the missing ones are added.
 */
export function publishMultisetDifference(table: StatementTable): Sql {
  const { columns } = table.table.spec;
  const list = columnList(columns);
  const sides = sqlText`SELECT ${list}, TRUE AS "_is_new" FROM (${publishedRows(table)}) n UNION ALL SELECT ${list}, FALSE FROM (${targetRows(table)}) o WHERE o."_inside"`;
  const [added, present] = ['count_if("_is_new")', 'count_if(NOT "_is_new")'];
  const counts = sqlText`SELECT ${list}, ${added} AS "_new", ${present} AS "_old" FROM (${sides}) u GROUP BY ${list} HAVING ${added} <> ${present}`;
  // Copy 0 stands for the removal of all, the copies after it for one row each.
  const copies = `sequence(CASE WHEN c."_old" > c."_new" THEN 0 ELSE c."_old" + 1 END, c."_new")`;
  const match = `CASE WHEN x."_copy" = 0 THEN 'delete' END AS "_delete"`;
  return sqlText`MERGE INTO ${targetName(table)} t USING (SELECT ${columnList(columns, 'c')}, ${match} FROM (${counts}) c CROSS JOIN UNNEST(${copies}) AS x ("_copy")) s ON ${columns.map(sameValue).join(' AND ')} AND s."_delete" = 'delete' WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND s."_delete" IS NULL THEN ${insertColumns(table)}`;
}

/** Equality that takes NULL for equal, written as equalities of one side each, so that engines can hash it. */
function sameValue(column: ColumnSpec): string {
  const [t, s] = [comparable(column, 't'), comparable(column, 's')];
  if (!column.nullable) return `${t} = ${s}`;
  const filler = fillerOf(column);
  return `coalesce(${t}, ${filler}) = coalesce(${s}, ${filler}) AND (${at('t', column.name)} IS NULL) = (${at('s', column.name)} IS NULL)`;
}

function fillerOf({ type }: ColumnSpec): string {
  switch (type.kind) {
    case 'boolean':
      return 'FALSE';
    case 'int':
    case 'bigint':
    case 'double':
      return literalOf(type, 0);
    case 'decimal':
      return `CAST(0 AS decimal(${type.precision},${type.scale}))`;
    case 'date':
      return literalOf(type, '1970-01-01');
    case 'timestamp':
      return literalOf(type, '1970-01-01T00:00:00Z');
    default:
      return "''";
  }
}
