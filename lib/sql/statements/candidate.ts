import { TABLE_META } from '../../model/layout.js';
import { quoteIdentifier as q, stringLiteral } from '../literal.js';
import { joinSql, type Sql, sqlText } from '../sql.js';
import { declaredRules, type RowRule } from './row-rules.js';
import { RUN } from './run-parameters.js';
import {
  at,
  CANDIDATE,
  candidateName,
  columnList,
  comparable,
  differs,
  isNewer,
  keyColumns,
  orderColumns,
  type StatementTable,
  sameKey,
  storeColumn,
  targetName,
} from './table-shape.js';

/**
 * Builds the candidate: every row that the query gives, once, with its one fate and the rules it breaks (QR-1). In one pass, into a
 * table of its own, so that nothing is published before it is judged. Made again after a crash it gives the same fates.
 */
export function buildCandidate(table: StatementTable, query: Sql, rules: readonly RowRule[]): Sql {
  const stored = table.table.spec.columns.map((column) => storeColumn(column, 'r')).join(', ');
  const marks = [CANDIDATE.refused, CANDIDATE.broken, CANDIDATE.unknown].map((name) => at('r', name)).join(', ');
  const { fate, join } = fateOf(table);
  return sqlText`CREATE TABLE IF NOT EXISTS ${candidateName(table)} WITH (format = 'PARQUET') AS SELECT ${stored}, ${marks}, ${fate} AS ${q(CANDIDATE.fate)} FROM (SELECT j.*, ${rank(table)} AS "_rank" FROM (${judged(table, query, rules)}) j) r${join}`;
}

/** The query's rows with the rules they break. */
function judged(table: StatementTable, query: Sql, rules: readonly RowRule[]): Sql {
  const all = [...declaredRules(table), ...rules];
  const refusing = all.filter((rule) => rule.severity === 'quarantine');
  const noting = all.filter((rule) => rule.severity !== 'quarantine');
  // A CASE takes an unknown outcome for "not broken".
  const isBroken = ({ condition, nulls }: RowRule) => (nulls === 'pass' ? `NOT (${condition})` : `coalesce(NOT (${condition}), TRUE)`);
  return sqlText`SELECT ${columnList(table.table.spec.columns, 'i')}, ${ids(refusing, isBroken)} AS ${q(CANDIDATE.refused)}, ${ids(noting, isBroken)} AS ${q(CANDIDATE.broken)}, ${ids(rules, (rule) => `(${rule.condition}) IS NULL`)} AS ${q(CANDIDATE.unknown)} FROM (${query}) i`;
}

/** Ids of the rules that a condition holds for, `a,b,`, or NULL. The common case, none, is decided without building text. */
function ids(rules: readonly RowRule[], when: (rule: RowRule) => string): string {
  if (rules.length === 0) return 'CAST(NULL AS varchar)';
  const parts = rules.map((rule) => `CASE WHEN ${when(rule)} THEN ${stringLiteral(`${rule.id},`)} ELSE '' END`);
  return `CASE WHEN ${rules.map(when).join(' OR ')} THEN ${parts.join(' || ')} END`;
}

/** Place of a row among those of its key, the winner first; refused rows come last, so that they never win (IM-5). */
function rank(table: StatementTable): string {
  const keys = keyColumns(table);
  if (keys.length === 0) return '1';
  const refusedLast = `CASE WHEN j.${q(CANDIDATE.refused)} IS NULL THEN 0 ELSE 1 END`;
  const order = orderColumns(table).map((column) => `${comparable(column, 'j')} DESC NULLS LAST`);
  return `row_number() OVER (PARTITION BY ${columnList(keys, 'j')} ORDER BY ${[refusedLast, ...order].join(', ')})`;
}

/** The fate of a row, and the join with the target that it needs. */
function fateOf(table: StatementTable): { readonly fate: Sql; readonly join: string } {
  const { kind } = table.write;
  const before = `CASE WHEN r.${q(CANDIDATE.refused)} IS NOT NULL THEN 'quarantined' WHEN r."_rank" > 1 THEN 'deduplicated'`;
  if (kind === 'full' || kind === 'replaceWindows') return { fate: sqlText`${before} ELSE 'published' END`, join: '' };
  const key = keyColumns(table)[0]!;
  const run = `t.${q(TABLE_META.run)}`;
  // A row that this run has already committed counts as published: a candidate built again after a crash audits the same.
  const own =
    kind === 'append'
      ? sqlText`${run} = ${RUN.id}`
      : joinSql(
          [sqlText`(${run} = ${RUN.id} AND NOT (${differs(orderColumns(table), 'r', 't')}))`, `(${isNewer(table, 'r', 't')})`],
          ' OR ',
        );
  return {
    fate: sqlText`${before} WHEN t.${q(key.name)} IS NULL OR ${own} THEN 'published' ELSE 'deduplicated' END`,
    join: ` LEFT JOIN ${targetName(table)} t ON ${sameKey(table, 't', 'r')}`,
  };
}
