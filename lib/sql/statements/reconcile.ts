import { TABLE_META } from '../../model/layout.js';
import { quoteIdentifier as q } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import { RUN } from './run-parameters.js';
import { CANDIDATE, candidateName, publishedRows, type StatementTable, sameKey, targetName } from './table-shape.js';
import { targetRows } from './windows.js';

/**
 * Compares what is committed with what the candidate said would be (RC-1, IM-17): one row of text, `verdict` and `reason`.
 * Counts come from the table itself, never from a tool's counters, so that another writer in between shows.
 */
export function reconcile(table: StatementTable): Sql {
  const expected = sqlText`SELECT count_if(${q(CANDIDATE.fate)} = 'published') AS "expected" FROM ${candidateName(table)}`;
  const holds = 'e."expected" = f."ours" AND f."others" = 0';
  const reason = `'the candidate has ' || CAST(e."expected" AS varchar) || ' rows to publish, the table holds ' || CAST(f."ours" AS varchar) || ' of them and ' || CAST(f."others" AS varchar) || ' of another writer'`;
  return sqlText`SELECT CASE WHEN ${holds} THEN 'pass' ELSE 'fail' END AS "verdict", CASE WHEN ${holds} THEN 'ok' ELSE ${reason} END AS "reason" FROM (${expected}) e CROSS JOIN (${found(table)}) f`;
}

function found(table: StatementTable): Sql {
  const { kind } = table.write;
  if (kind === 'full' || kind === 'replaceWindows') {
    return sqlText`SELECT count(*) AS "ours", 0 AS "others" FROM (${targetRows(table)}) o WHERE o."_inside"`;
  }
  // Joined by key: a key that two writers inserted at once counts twice, and a row that another run replaced is not ours.
  const run = `t.${q(TABLE_META.run)}`;
  return sqlText`SELECT count_if(${run} = ${RUN.id}) AS "ours", count_if(${run} <> ${RUN.id}) AS "others" FROM (${publishedRows(table)}) n JOIN ${targetName(table)} t ON ${sameKey(table, 't', 'n')}`;
}
