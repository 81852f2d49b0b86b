import { describe, expect, it } from 'vitest';
import { append, full, replaceWindows, upsert } from '../../../lib/model/write-mode.js';
import { parseStatementText } from '../../../lib/sql/parse/parse.js';
import { sqlText } from '../../../lib/sql/sql.js';
import {
  audit,
  buildCandidate,
  dropCandidate,
  fillStatement,
  publish,
  quarantine,
  readBronze,
  reconcile,
  type StatementTable,
} from '../../../lib/sql/statements/index.js';
import { AMOUNT_RULE, KEYED, KEYLESS, runParameters, statementTable, tableRef, WIDE } from './shapes.js';

const TABLES: readonly (readonly [string, StatementTable])[] = [
  ['append', statementTable(append())],
  ['upsert', statementTable(upsert())],
  ['upsert with nested columns', statementTable(upsert(), WIDE)],
  ['replaceWindows by key', statementTable(replaceWindows('day'))],
  ['replaceWindows by key, of a timestamp', statementTable(replaceWindows('at'))],
  ['replaceWindows without key', statementTable(replaceWindows('day'), KEYLESS)],
  ['full by key', statementTable(full())],
  ['full without key', statementTable(full(), KEYLESS)],
  ['full with nested columns', statementTable(full(), WIDE)],
  ['partitioned', { ...statementTable(full()), partition: { column: 'at', by: 'day' } }],
];

function statementsOf(table: StatementTable) {
  const { spec } = table.table;
  const names = spec.columns.map(({ name }) => `b."${name}"`).join(', ');
  const row = spec === WIDE ? [] : [AMOUNT_RULE];
  return {
    build: buildCandidate(table, sqlText`SELECT ${names} FROM ${readBronze(tableRef('bronze', spec))} b`, { row }),
    audit: audit(table, { row, set: [{ id: 'unique_k', severity: 'fail', unique: ['k'] }] }),
    quarantine: quarantine(table),
    publish: publish(table),
    reconcile: reconcile(table),
    drop: dropCandidate(table),
  };
}

describe('the statements around a query', () => {
  it.each(TABLES)('stay inside the SQL subset: %s', (_, table) => {
    for (const [name, statement] of Object.entries(statementsOf(table))) {
      expect(() => parseStatementText(fillStatement(statement, runParameters('run_1'))), name).not.toThrow();
    }
  });

  it('take the values of the run as holes', () => {
    const { build, publish } = statementsOf(statementTable(upsert(), KEYED));
    const text = fillStatement(build, runParameters('run_1'));
    expect(text).toContain(`CREATE TABLE IF NOT EXISTS "shop_dev_operations"."silver_orders__run_1" WITH (format = 'PARQUET') AS SELECT`);
    expect(text).toContain(`b."arrival" BETWEEN '2026-01-01-00' AND '2026-02-01-00'`);
    expect(text).toContain(`b."_arrived_at" < CAST(TIMESTAMP '2026-02-01 00:00:00.000000' AS varchar)`);
    expect(fillStatement(publish, runParameters('run_1'))).toContain(`"_run_id" = 'run_1'`);
  });
});
