import { TABLE_META } from '../../model/layout.js';
import { quoteIdentifier as q, stringLiteral } from '../literal.js';
import { joinSql, type Sql, sqlText } from '../sql.js';
import { declaredRules, type RepeatRule, type RowRule } from './row-rules.js';
import { RUN } from './run-parameters.js';
import {
  at,
  CANDIDATE,
  candidateName,
  columnList,
  comparable,
  isNewer,
  keyColumns,
  orderColumns,
  type StatementTable,
  sameKey,
  storeColumn,
  targetName,
} from './table-shape.js';

/** What a candidate's rows are judged by. */
export interface CandidateRules {
  readonly row: readonly RowRule[];
  /** Rules that divert all but one of a group. @default none */
  readonly repeats?: readonly RepeatRule[];
}

/**
 * Builds the candidate: every row that the query gives, once, with its one fate and the rules it breaks (QR-1). In one pass, into a
 * table of its own, so that nothing is published before it is judged. Made again after a crash it gives the same fates.
 */
export function buildCandidate(table: StatementTable, query: Sql, { row, repeats = [] }: CandidateRules): Sql {
  const stored = table.table.spec.columns.map((column) => storeColumn(column, 'r')).join(', ');
  const marks = [CANDIDATE.refused, CANDIDATE.broken, CANDIDATE.unknown].map((name) => at('r', name)).join(', ');
  const { fate, join } = fateOf(table);
  const ranked = sqlText`SELECT j.*, ${rank(table)} AS "_rank" FROM (${judged(table, query, row)}) j`;
  const rows = repeats.length === 0 ? ranked : withoutRepeats(table, ranked, repeats);
  return sqlText`CREATE TABLE IF NOT EXISTS ${candidateName(table)} WITH (format = 'PARQUET') AS SELECT ${stored}, ${marks}, ${fate} AS ${q(CANDIDATE.fate)} FROM (${rows}) r${join}`;
}

/** The ranked rows, of which those that win by key but repeat other columns are refused as well. */
function withoutRepeats(table: StatementTable, ranked: Sql, repeats: readonly RepeatRule[]): Sql {
  const { columns } = table.table.spec;
  const wins = `CASE WHEN k.${q(CANDIDATE.refused)} IS NULL AND k."_rank" = 1 THEN 0 ELSE 1 END`;
  const order = [...orderColumns(table), ...keyColumns(table)].map((column) => `${comparable(column, 'k')} DESC NULLS LAST`);
  const places = repeats.map(
    ({ columns: names }, n) =>
      `row_number() OVER (PARTITION BY ${names.map((name) => at('k', name)).join(', ')} ORDER BY ${[wins, ...order].join(', ')}) AS "_place${n}"`,
  );
  const repeated = repeats.map(({ columns: names }, n) =>
    [`m."_place${n}" > 1`, ...names.map((name) => `${at('m', name)} IS NOT NULL`)].join(' AND '),
  );
  const ids = repeats.map(({ id }, n) => `CASE WHEN ${repeated[n]} THEN ${stringLiteral(`${id},`)} ELSE '' END`).join(' || ');
  const refused = `CASE WHEN m.${q(CANDIDATE.refused)} IS NULL AND m."_rank" = 1 AND (${repeated.map((one) => `(${one})`).join(' OR ')}) THEN ${ids} ELSE m.${q(CANDIDATE.refused)} END`;
  const others = [...columns.map(({ name }) => name), CANDIDATE.broken, CANDIDATE.unknown, '_rank'].map((name) => at('m', name));
  return sqlText`SELECT ${others.join(', ')}, ${refused} AS ${q(CANDIDATE.refused)} FROM (SELECT k.*, ${places.join(', ')} FROM (${ranked}) k) m`;
}

/** The query's rows with the rules they break. */
function judged(table: StatementTable, query: Sql, rules: readonly RowRule[]): Sql {
  const all = [...declaredRules(table), ...rules];
  const refusing = all.filter((rule) => rule.severity === 'quarantine');
  const noting = all.filter((rule) => rule.severity !== 'quarantine');
  return sqlText`SELECT ${columnList(table.table.spec.columns, 'i')}, ${ids(refusing, isBroken)} AS ${q(CANDIDATE.refused)}, ${ids(noting, isBroken)} AS ${q(CANDIDATE.broken)}, ${ids(rules, (rule) => `(${rule.condition}) IS NULL`)} AS ${q(CANDIDATE.unknown)} FROM (${query}) i${partners(rules)}`;
}

/** The tables that reference rules ask, each value once, so that no row is doubled. */
function partners(rules: readonly RowRule[]): string {
  const joins = rules.flatMap(({ partner }) => {
    if (partner === undefined) return [];
    const { alias, column, table, target } = partner;
    const values = `SELECT DISTINCT v.${q(target)} AS "_value" FROM ${q(table.database)}.${q(table.tableName)} v`;
    return [` LEFT JOIN (${values}) ${alias} ON ${alias}."_value" = i.${q(column)}`];
  });
  return joins.join('');
}

/** Where a rule is broken. A CASE takes an unknown outcome for "not broken". */
function isBroken({ condition, nulls, broken }: RowRule): string {
  return broken ?? (nulls === 'pass' ? `NOT (${condition})` : `coalesce(NOT (${condition}), TRUE)`);
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
  // A row that this run has already committed counts as published: a candidate built again after a crash audits the same (IM-4: from
  // the same input, so with the same winner).
  const own = sqlText`${run} = ${RUN.id}`;
  const wins = kind === 'append' ? own : joinSql([own, `(${isNewer(table, 'r', 't')})`], ' OR ');
  return {
    fate: sqlText`${before} WHEN t.${q(key.name)} IS NULL OR ${wins} THEN 'published' ELSE 'deduplicated' END`,
    join: ` LEFT JOIN ${targetName(table)} t ON ${sameKey(table, 't', 'r')}`,
  };
}
