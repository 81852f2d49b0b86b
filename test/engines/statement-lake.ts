import { assignIds, type ContractSpec, icebergColumns, NOTHING_LOCKED, type TableColumns } from '../../lib/contract/index.js';
import type { RunParameters } from '../../lib/model/run.js';
import type { WriteMode } from '../../lib/model/write-mode.js';
import { literalOf, quoteIdentifier as q, type TypedValue } from '../../lib/sql/literal.js';
import { type Sql, sqlText } from '../../lib/sql/sql.js';
import {
  audit,
  buildCandidate,
  type CandidateRules,
  dropCandidate,
  fillStatement,
  publish,
  QUARANTINE_COLUMNS,
  quarantine,
  reconcile,
  type StatementTable,
} from '../../lib/sql/statements/index.js';
import { sqlType, typeText } from '../../lib/sql/types/sql-type.js';
import type { QueryResult } from '../../scripts/engines/result.js';
import { clients, trino } from './engines.js';
import { makeIcebergTable } from './iceberg-catalog.js';

export type TestRow = Readonly<Record<string, TypedValue>>;

/** What a run of the chain said, each row of text by its column. */
export interface ChainOutcome {
  readonly audit: Readonly<Record<string, string>>;
  readonly reconciliation: Readonly<Record<string, string>>;
  /** Snapshots that publishing added, and that publishing again added. */
  readonly commits: readonly [number, number];
}

const SILVER = 'statements_silver';
const OPERATIONS = 'statements_operations';
const QUARANTINE = 'statements_quarantine';

/** The databases of these tests, once. */
export async function makeStatementLake(): Promise<void> {
  const { glue, s3 } = await clients();
  for (const name of [SILVER, OPERATIONS, QUARANTINE]) {
    const bucket = name.replace('_', '-');
    await s3.createBucket({ Bucket: bucket });
    await glue.createDatabase({ DatabaseInput: { Name: name, LocationUri: `s3://${bucket}/` } });
  }
}

/** One silver table on Trino, and the library's chain of statements that makes it. */
export class StatementChain {
  private runs = 0;

  private constructor(private readonly table: StatementTable) {}

  static async make(spec: ContractSpec, write: WriteMode, partition?: StatementTable['partition']): Promise<StatementChain> {
    const quarantineName = `silver_${spec.name}`;
    await iceberg(SILVER, spec.name, [...spec.columns, RUN_COLUMN], partition);
    await iceberg(QUARANTINE, quarantineName, [...QUARANTINE_COLUMNS, RUN_COLUMN]);
    return new StatementChain({
      table: { zone: 'silver', database: SILVER, tableName: spec.name, spec },
      write,
      operations: OPERATIONS,
      quarantine: { database: QUARANTINE, tableName: quarantineName },
      ...(partition === undefined ? {} : { partition }),
    });
  }

  /** Runs the chain over rows, publishing twice, as a retry would. */
  async run(rows: readonly TestRow[], rules: CandidateRules = { row: [] }): Promise<ChainOutcome> {
    this.runs += 1;
    const parameters = parametersOf(this.runs);
    const send = async (statement: Sql) => (await trino()).query(fillStatement(statement, parameters));
    await send(buildCandidate(this.table, this.query(rows), rules));
    const audited = textRow(await send(audit(this.table, { ...rules, set: [] })));
    const commits: number[] = [];
    for (const statement of [quarantine(this.table), quarantine(this.table)]) await send(statement);
    for (const statement of [publish(this.table), publish(this.table)]) {
      const before = await this.snapshots();
      await send(statement);
      commits.push((await this.snapshots()) - before);
    }
    const reconciliation = textRow(await send(reconcile(this.table)));
    // A candidate that is built again after its commit must audit the same.
    await send(dropCandidate(this.table));
    await send(buildCandidate(this.table, this.query(rows), rules));
    const again = textRow(await send(audit(this.table, { ...rules, set: [] })));
    if (JSON.stringify(again) !== JSON.stringify(audited)) {
      throw new Error(`the rebuilt candidate audits otherwise: ${JSON.stringify(again)} after ${JSON.stringify(audited)}`);
    }
    await send(dropCandidate(this.table));
    return { audit: audited, reconciliation, commits: [commits[0]!, commits[1]!] };
  }

  /** All rows of the table without the run, as sorted text. */
  async rows(): Promise<string[]> {
    const names = this.table.table.spec.columns.map(({ name }) => q(name)).join(', ');
    const { rows } = await (await trino()).query(`select ${names} from ${q(SILVER)}.${q(this.table.table.tableName)}`);
    return rows.map((row) => JSON.stringify(row)).sort();
  }

  /** The rules that refused rows, one entry a row in quarantine. */
  async refusals(): Promise<(string | null)[]> {
    const { rows } = await (await trino()).query(`select rules from ${q(QUARANTINE)}.${q(this.table.quarantine.tableName)} order by 1`);
    return rows.map(([rules]) => rules!);
  }

  /** Rows as the table would give them back: through Trino itself, so that both sides have one form. */
  async asRead(rows: readonly TestRow[]): Promise<string[]> {
    if (rows.length === 0) return [];
    const result = await (await trino()).query(this.query(rows).sample());
    return result.rows.map((row) => JSON.stringify(row)).sort();
  }

  private async snapshots(): Promise<number> {
    const { rows } = await (await trino()).query(`select count(*) from ${q(SILVER)}.${q(`${this.table.table.tableName}$snapshots`)}`);
    return Number(rows[0]![0]);
  }

  private query(rows: readonly TestRow[]): Sql {
    const { columns } = this.table.table.spec;
    const row = (values: TestRow) => columns.map(({ name, type }) => typed(type, values[name] ?? null)).join(', ');
    const names = columns.map(({ name }) => q(name)).join(', ');
    const list = rows.length > 0 ? rows.map((values) => `(${row(values)})`).join(', ') : `(${row({})})`;
    return sqlText`SELECT * FROM (VALUES ${list}) AS v (${names})${rows.length > 0 ? '' : ' WHERE FALSE'}`;
  }
}

const RUN_COLUMN = { name: '_run_id', type: { kind: 'text' }, nullable: true } as const;

/** A value of exactly the column's type, names of fields included, as a checked query gives it. */
function typed(type: ContractSpec['columns'][number]['type'], value: TypedValue): string {
  return `CAST(${literalOf(type, value)} AS ${typeText(sqlType(type))})`;
}

async function iceberg(
  database: string,
  name: string,
  columns: TableColumns['columns'],
  partition?: StatementTable['partition'],
): Promise<void> {
  const { ids } = assignIds(NOTHING_LOCKED, { columns });
  const fields = icebergColumns({ columns }, ids).map((column) => ({
    Id: column.id,
    Name: column.name,
    Type: column.type,
    Required: column.required,
  }));
  await makeIcebergTable(await clients(), database, name, {
    Location: `s3://${database.replace('_', '-')}/${name}`,
    Schema: { Fields: fields },
    ...(partition === undefined
      ? {}
      : {
          PartitionSpec: {
            Fields: [{ SourceId: ids.get(partition.column)!, Name: `${partition.column}_${partition.by}`, Transform: partition.by }],
          },
        }),
  });
}

function parametersOf(run: number): RunParameters {
  return {
    id: `'run-${run}'`,
    name: `run_${run}`,
    asOf: `TIMESTAMP '2026-01-${String(run).padStart(2, '0')} 00:00:00.000000'`,
    from: `'2026-01-01-00'`,
    to: `'2026-12-31-23'`,
    backslash: `'\\'`,
  };
}

function textRow({ columns, rows }: QueryResult): Record<string, string> {
  return Object.fromEntries(columns.map((name, n) => [name, rows[0]![n]!]));
}
