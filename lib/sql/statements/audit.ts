import type { ColumnSpec } from '../../contract/spec.js';
import { quoteIdentifier as q, stringLiteral } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import type { CandidateRules } from './candidate.js';
import { declaredRules, type RowRule } from './row-rules.js';
import { CANDIDATE, candidateName, columnList, type Fate, keyColumns, readColumn, type StatementTable } from './table-shape.js';

/** Athena writes at most this many partitions in one statement (IM-12). */
export const MAX_PARTITIONS = 100;

/** A rule on the whole set of published rows. */
export interface SetRule {
  readonly id: string;
  readonly severity: 'warn' | 'fail';
  readonly unique: readonly string[];
}

/** What an audit counts beside the fates. */
export interface AuditRules extends CandidateRules {
  readonly set: readonly SetRule[];
}

/** Columns of the audit's one row, in order. All are text and none is NULL; `findings` is a JSON list of the rules that found something. */
export const AUDIT_COLUMNS = ['verdict', 'reason', 'rows_in', 'published', 'deduplicated', 'quarantined', 'findings'] as const;

interface Count {
  readonly name: string;
  readonly sql: Sql;
}

interface Finding {
  readonly id: string;
  readonly severity: RowRule['severity'];
  readonly failed: Count;
  readonly unknown?: Count;
}

/**
 * Judges a candidate before anyone sees it: fates, rules and partitions in one scan; keys and unique rules by a grouping each over
 * their own columns. The verdict is `pass` or `fail`, and `reason` says what failed first. An empty candidate passes with zeros (F-42).
 */
export function audit(table: StatementTable, rules: AuditRules): Sql {
  const findings = [...rowFindings(table, rules), ...rules.set.map((rule, n) => setFinding(table, rule, n))];
  const fates = (['published', 'deduplicated', 'quarantined'] as const).map(fateCount);
  const scanned = [
    { name: 'rows_in', sql: sqlText`count(*)` },
    ...fates,
    ...partitionCount(table),
    ...findings.flatMap(({ failed, unknown }) => (unknown === undefined ? [failed] : [failed, unknown])),
  ];
  const keys = keyColumns(table);
  const grouped = keys.length > 0 ? [{ name: 'key_repeats', sql: repeats(table, keys) }] : [];
  const inner = [...scanned, ...grouped].map(({ name, sql }) => sqlText`${sql} AS ${q(name)}`);
  const counts = inner.reduce((all, next) => sqlText`${all}, ${next}`);
  const texts = ['rows_in', ...fates.map(({ name }) => name)].map((name) => `CAST(a.${q(name)} AS varchar) AS ${q(name)}`);
  return sqlText`SELECT CASE WHEN v."reason" = 'ok' THEN 'pass' ELSE 'fail' END AS "verdict", v.* FROM (SELECT ${reason(table, findings)} AS "reason", ${texts.join(', ')}, ${findingsText(findings)} AS "findings" FROM (SELECT ${counts} FROM ${candidateName(table)}) a) v`;
}

function fateCount(fate: Fate): Count {
  return { name: fate, sql: sqlText`count_if(${q(CANDIDATE.fate)} = '${fate}')` };
}

function rowFindings(table: StatementTable, { row, repeats = [] }: CandidateRules): readonly Finding[] {
  const counted = (column: string, id: string) =>
    sqlText`count_if(${q(column)} IS NOT NULL AND strpos(',' || ${q(column)}, ${stringLiteral(`,${id},`)}) > 0)`;
  const declared = declaredRules(table);
  const judged = [...declared, ...row].map(({ id, severity }, n) => ({
    id,
    severity,
    failed: { name: `f${n}`, sql: counted(severity === 'quarantine' ? CANDIDATE.refused : CANDIDATE.broken, id) },
    ...(n >= declared.length && { unknown: { name: `u${n}`, sql: counted(CANDIDATE.unknown, id) } }),
  }));
  const repeated = repeats.map(
    ({ id }, n) => ({ id, severity: 'quarantine', failed: { name: `r${n}`, sql: counted(CANDIDATE.refused, id) } }) as const,
  );
  return [...judged, ...repeated];
}

function setFinding(table: StatementTable, { id, severity, unique }: SetRule, n: number): Finding {
  const columns = table.table.spec.columns.filter(({ name }) => unique.includes(name));
  return { id, severity, failed: { name: `s${n}`, sql: repeats(table, columns) } };
}

/** Published rows beyond the first of their group. Rows with a NULL among the columns are no repeats of each other. */
function repeats(table: StatementTable, columns: readonly ColumnSpec[]): Sql {
  const present = columns.map(({ name }) => ` AND ${q(name)} IS NOT NULL`).join('');
  return sqlText`(SELECT coalesce(sum(g."_n") - count(*), 0) FROM (SELECT count(*) AS "_n" FROM ${candidateName(table)} WHERE ${q(CANDIDATE.fate)} = 'published'${present} GROUP BY ${columnList(columns)} HAVING count(*) > 1) g)`;
}

function partitionCount(table: StatementTable): readonly Count[] {
  const { partition } = table;
  const column = table.table.spec.columns.find(({ name }) => name === partition?.column);
  if (partition === undefined || column === undefined) return [];
  const value = readColumn(column, false);
  return [
    {
      name: 'partitions',
      sql: sqlText`count(DISTINCT CASE WHEN ${q(CANDIDATE.fate)} = 'published' THEN date_trunc('${partition.by}', ${value}) END)`,
    },
  ];
}

function reason(table: StatementTable, findings: readonly Finding[]): string {
  const count = (name: string) => `CAST(a.${q(name)} AS varchar)`;
  const cases = [
    `WHEN a."published" + a."deduplicated" + a."quarantined" <> a."rows_in" THEN 'rows in differ from the sum of their fates'`,
    ...circuit(table),
    ...(keyColumns(table).length > 0 ? [`WHEN a."key_repeats" > 0 THEN ${count('key_repeats')} || ' published rows repeat a key'`] : []),
    ...findings
      .filter(({ severity }) => severity === 'fail')
      .map(
        ({ id, failed }) =>
          `WHEN a.${q(failed.name)} > 0 THEN ${stringLiteral(`rule ${id} is broken by `)} || ${count(failed.name)} || ' rows'`,
      ),
    ...(table.partition === undefined
      ? []
      : [
          `WHEN a."partitions" > ${MAX_PARTITIONS} THEN ${count('partitions')} || ' partitions in one write, Athena takes ${MAX_PARTITIONS}: use coarser partitions or fewer days a run'`,
        ]),
  ];
  return `CASE ${cases.join(' ')} ELSE 'ok' END`;
}

/** Opens where a batch is bad as a whole or in too large a part: the fault then lies in the source, not in its rows (QR-4, F-41). */
function circuit({ maxQuarantine: limit }: StatementTable): readonly string[] {
  if (limit === undefined) return [];
  const [refused, all] = ['CAST(a."quarantined" AS varchar)', 'CAST(a."rows_in" AS varchar)'];
  const share = `a."rows_in" >= ${limit.ofAtLeast} AND a."quarantined" * 100 > a."rows_in" * ${limit.percent}`;
  return [
    `WHEN a."rows_in" > 0 AND a."quarantined" = a."rows_in" THEN 'all ' || ${all} || ' rows are refused'`,
    `WHEN ${share} THEN ${refused} || ' of ' || ${all} || ' rows are refused, more than ${limit.percent} percent'`,
  ];
}

function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return `'[]'`;
  const pieces = findings.map(({ id, failed, unknown }) => {
    const [f, u] = [`a.${q(failed.name)}`, unknown === undefined ? '0' : `a.${q(unknown.name)}`];
    return `CASE WHEN ${f} + ${u} > 0 THEN ${stringLiteral(`,{"rule":"${id}","failed":`)} || CAST(${f} AS varchar) || ',"unknown":' || CAST(${u} AS varchar) || '}' ELSE '' END`;
  });
  return `'[' || substr(${pieces.join(' || ')}, 2) || ']'`;
}
