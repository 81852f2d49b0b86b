import type { Branch, State } from '../model/machine.js';
import { athenaRow, athenaStatement, choose, inOrder } from '../model/machine.js';
import { statesFormat } from '../model/states-format.js';
import type { Sql } from '../sql/sql.js';
import { AUDIT_COLUMNS } from '../sql/statements/index.js';

/** The statements that make one table. */
export interface TableStatements {
  readonly build: Sql;
  readonly audit: Sql;
  readonly quarantine: Sql;
  readonly publish: Sql;
  readonly reconcile: Sql;
  readonly drop: Sql;
}

export interface TableBranchProps {
  /** Name in the states. */
  readonly label: string;
  /** `silver.orders`: stands in the counts. */
  readonly table: string;
  readonly workGroup: string;
  readonly statements: TableStatements;
}

/**
 * The work on one table: build → audit → judge → quarantine → publish → reconcile → judge → drop. It ends with the table's counts. A
 * refused candidate and one that does not reconcile stay in the operations database, to be looked at.
 */
export function tableBranch({ label, table, workGroup, statements }: TableBranchProps): Branch {
  const name = stateNames(label);
  const run = (statement: Sql, resultPath: string | null): State => athenaStatement(statesFormat(statement), workGroup, resultPath);
  const commit = (statement: Sql): State => athenaStatement(statesFormat(statement), workGroup, null, { commits: true });
  const states = inOrder([
    [name.build, run(statements.build, null)],
    [name.audit, run(statements.audit, '$.audit')],
    [name.readAudit, athenaRow('$.audit.QueryExecution.QueryExecutionId', AUDIT_COLUMNS, '$.counts', { table })],
    [name.judge, choose('$.counts.verdict', 'pass', name.anyRefused, name.refuse)],
    [name.anyRefused, choose('$.counts.quarantined', '0', name.publish, name.quarantine)],
    [name.quarantine, commit(statements.quarantine)],
    [name.publish, commit(statements.publish)],
    [name.reconcile, run(statements.reconcile, '$.reconcile')],
    [name.readReconciliation, athenaRow('$.reconcile.QueryExecution.QueryExecutionId', ['verdict', 'reason'], '$.reconciliation')],
    [name.judgeReconciliation, choose('$.reconciliation.verdict', 'pass', name.drop, name.mismatch)],
    [name.drop, { ...run(statements.drop, null), OutputPath: '$.counts', End: true }],
    [name.refuse, { Type: 'Pass', Comment: 'Nothing was published. The reason stands in the counts.', OutputPath: '$.counts', End: true }],
    [
      name.mismatch,
      { Type: 'Pass', Comment: 'The table is not what the candidate said: another writer?', Parameters: mismatchCounts(), End: true },
    ],
  ]);
  return { StartAt: name.build, States: states };
}

/** The counts with the reconciliation's verdict instead of the audit's. */
function mismatchCounts(): Readonly<Record<string, string>> {
  const kept = ['table', ...AUDIT_COLUMNS].filter((column) => column !== 'verdict' && column !== 'reason');
  const fields = kept.map((column) => [`${column}.$`, `$.counts.${column}`]);
  return { ...Object.fromEntries(fields), 'verdict.$': '$.reconciliation.verdict', 'reason.$': '$.reconciliation.reason' };
}

function stateNames(label: string) {
  return {
    build: `Build ${label}`,
    audit: `Audit ${label}`,
    readAudit: `Read ${label} audit`,
    judge: `Judge ${label}`,
    anyRefused: `Any ${label} rows refused?`,
    quarantine: `Quarantine ${label}`,
    publish: `Publish ${label}`,
    reconcile: `Reconcile ${label}`,
    readReconciliation: `Read ${label} reconciliation`,
    judgeReconciliation: `Judge ${label} reconciliation`,
    drop: `Drop ${label} candidate`,
    refuse: `Refuse ${label}`,
    mismatch: `${label} does not reconcile`,
  } as const;
}
