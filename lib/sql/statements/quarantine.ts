import type { ColumnSpec, TypeSpec } from '../../contract/spec.js';
import { TABLE_META } from '../../model/layout.js';
import { quoteIdentifier as q, stringLiteral } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import { RUN } from './run-parameters.js';
import { CANDIDATE, candidateName, readColumn, type StatementTable } from './table-shape.js';

/** Columns of a quarantine table for transforms, as a contract's columns. The run's id follows as the technical column of every table. */
export const QUARANTINE_COLUMNS: readonly ColumnSpec[] = [
  {
    name: 'row_id',
    type: { kind: 'text' },
    nullable: false,
    key: true,
    description: 'fingerprint of the payload and its place among equal ones',
  },
  { name: 'dataset', type: { kind: 'text' }, nullable: false, key: true, description: 'the table that refused the row, zone.name' },
  { name: 'rules', type: { kind: 'text' }, nullable: false, key: true, description: 'ids of the broken rules, separated by commas' },
  { name: 'contract_version', type: { kind: 'text' }, nullable: false, key: true },
  { name: 'payload', type: { kind: 'text' }, nullable: false, description: 'the row as JSON; numbers that need it are text' },
  { name: 'status', type: { kind: 'oneOf', values: ['open', 'released', 'discarded'] }, nullable: false },
  { name: 'first_seen', type: { kind: 'timestamp' }, nullable: false },
];

/**
 * Adds the candidate's refused rows to the quarantine table, each once whatever is run again (QR-5, QR-7). The rule ids are text:
 * Athena was seen to time out on arrays in a MERGE's predicates.
 */
export function quarantine(table: StatementTable): Sql {
  const { spec, zone, tableName } = table.table;
  const columns = spec.columns.map((column) => readColumn(column)).join(', ');
  const payload = `'{' || ${spec.columns.map((column, n) => `${stringLiteral(`${n === 0 ? '' : ','}${JSON.stringify(column.name)}:`)} || ${jsonText(column)}`).join(' || ')} || '}'`;
  const refused = sqlText`SELECT ${payload} AS "payload", substr(r."_refused", 1, length(r."_refused") - 1) AS "rules" FROM (SELECT ${columns}, ${q(CANDIDATE.refused)} AS "_refused" FROM ${candidateName(table)} WHERE ${q(CANDIDATE.fate)} = 'quarantined') r`;
  const numbered = sqlText`SELECT p.*, row_number() OVER (PARTITION BY p."payload", p."rules" ORDER BY p."payload") AS "_nth" FROM (${refused}) p`;
  const source = sqlText`SELECT to_hex(sha256(to_utf8(m."payload"))) || '-' || CAST(m."_nth" AS varchar) AS "row_id", ${stringLiteral(`${zone}.${tableName}`)} AS "dataset", m."rules", ${stringLiteral(spec.version)} AS "contract_version", m."payload", 'open' AS "status" FROM (${numbered}) m`;
  const target = `${q(table.quarantine.database)}.${q(table.quarantine.tableName)}`;
  const same = QUARANTINE_COLUMNS.filter((column) => column.key).map(({ name }) => `t.${q(name)} = s.${q(name)}`);
  const names = [...QUARANTINE_COLUMNS.map(({ name }) => q(name)), q(TABLE_META.run)];
  const values = QUARANTINE_COLUMNS.filter(({ name }) => name !== 'first_seen').map(({ name }) => `s.${q(name)}`);
  return sqlText`MERGE INTO ${target} t USING (${source}) s ON ${same.join(' AND ')} WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${values.join(', ')}, ${RUN.asOf}, ${RUN.id})`;
}

/** A value as JSON text, `null` for NULL. Decimals and times go as text, so that no reader rounds them. */
function jsonText({ name, type }: ColumnSpec): string {
  const column = `r.${q(name)}`;
  const value = asText(type) ? `CAST(${column} AS varchar)` : column;
  return `coalesce(json_format(CAST(${value} AS JSON)), 'null')`;
}

function asText({ kind }: TypeSpec): boolean {
  return kind === 'decimal' || kind === 'date' || kind === 'timestamp';
}
