import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ColumnSpec, ContractSpec } from '../../../lib/contract/spec.js';
import type { ITableRef } from '../../../lib/model/table.js';
import { literalOf, type TypedValue } from '../../../lib/sql/literal.js';
import { type Sql, sqlText } from '../../../lib/sql/sql.js';
import {
  type AuditRules,
  audit,
  buildCandidate,
  dropCandidate,
  fillStatement,
  publish,
  QUARANTINE_COLUMNS,
  quarantine,
  reconcile,
  type StatementTable,
} from '../../../lib/sql/statements/index.js';
import { type CatalogTable, catalogTableOf } from '../../../lib/sql/types/catalog.js';
import { VARCHAR } from '../../../lib/sql/types/sql-type.js';
import { runParameters, specOf } from './shapes.js';
import { Translator } from './translator.js';

export type Row = Readonly<Record<string, TypedValue>>;

export interface Counts {
  readonly verdict: string;
  readonly reason: string;
  readonly rows_in: string;
  readonly published: string;
  readonly deduplicated: string;
  readonly quarantined: string;
  readonly findings: string;
}

/** One table of a lake on DuckDB, with the statements that make it. */
export class TableEngine {
  private constructor(
    private readonly connection: DuckDBConnection,
    readonly table: StatementTable,
    private readonly rules: AuditRules,
    private readonly translator: Translator,
  ) {}

  static async create(table: StatementTable, rules: Partial<AuditRules> = {}, others: readonly ITableRef[] = []): Promise<TableEngine> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const engine = new TableEngine(
      await instance.connect(),
      table,
      { row: [], set: [], ...rules },
      new Translator(catalogTables(table, others)),
    );
    await engine.prepare(others);
    return engine;
  }

  /** One run from end to end. The state machine's branches are left to its own tests: a failed verdict publishes nothing. */
  async run(name: string, rows: readonly Row[]): Promise<Counts> {
    await this.give(rows);
    const counts = await this.build(name);
    if (counts.verdict !== 'pass') return counts;
    await this.execute(quarantine(this.table), name);
    await this.execute(publish(this.table), name);
    const reconciled = await this.reconcile(name);
    await this.execute(dropCandidate(this.table), name);
    return { ...counts, verdict: String(reconciled['verdict']), reason: String(reconciled['reason']) };
  }

  /** The candidate and its audit, and nothing after that: what is left when a run is killed there. */
  async build(name: string): Promise<Counts> {
    const columns = this.spec.columns.map((column) => `"${column.name}"`).join(', ');
    await this.execute(buildCandidate(this.table, sqlText`SELECT ${columns} FROM main.input`, this.rules), name);
    return this.audit(name);
  }

  /** Judges what was built. */
  async audit(name: string): Promise<Counts> {
    const [counts] = await this.read(audit(this.table, this.rules), name);
    return counts as unknown as Counts;
  }

  /** Publishes what was built; gives the number of rows it touched. */
  async publish(name: string): Promise<number> {
    const [result] = await this.read(publish(this.table), name);
    return Number(Object.values(result!)[0]);
  }

  /** An empty lake again: cheaper than another one. */
  async reset(): Promise<this> {
    const { quarantine: refused } = this.table;
    const candidates = await this.select(`SELECT table_name FROM duckdb_tables() WHERE schema_name = '${this.table.operations}'`);
    const drops = candidates.map((row) => `DROP TABLE ${this.table.operations}."${row['table_name']}"`);
    await this.connection.run([`TRUNCATE ${this.target}`, `TRUNCATE ${refused.database}.${refused.tableName}`, ...drops].join('; '));
    return this;
  }

  async reconcile(name: string): Promise<Record<string, unknown>> {
    const [verdict] = await this.read(reconcile(this.table), name);
    return verdict!;
  }

  async drop(name: string): Promise<void> {
    await this.execute(dropCandidate(this.table), name);
  }

  /** What the query gives in the next run. */
  async give(rows: readonly Row[]): Promise<void> {
    await this.connection.run('DELETE FROM input');
    if (rows.length === 0) return;
    const values = rows.map((row) => `(${this.spec.columns.map(({ name, type }) => literalOf(type, row[name] ?? null)).join(', ')})`);
    await this.connection.run(`INSERT INTO input VALUES ${values.join(', ')}`);
  }

  /** The table's rows in a fixed order, times and numbers as text. */
  async rows(technical = false): Promise<readonly Record<string, unknown>[]> {
    const columns = [...this.spec.columns.map(({ name }) => name), ...(technical ? ['_run_id'] : [])].map(
      (name) => `CAST("${name}" AS varchar) AS "${name}"`,
    );
    return this.select(`SELECT ${columns.join(', ')} FROM ${this.target} ORDER BY ALL`);
  }

  async quarantined(): Promise<readonly Record<string, unknown>[]> {
    return this.select('SELECT * FROM shop_dev_quarantine.silver_orders ORDER BY row_id');
  }

  async execute(statement: Sql, name: string): Promise<void> {
    await this.connection.run(this.translator.toDuckDb(fillStatement(statement, runParameters(name))));
  }

  async read(statement: Sql, name: string): Promise<readonly Record<string, unknown>[]> {
    return this.select(this.translator.toDuckDb(fillStatement(statement, runParameters(name))));
  }

  async select(text: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.connection.runAndReadAll(text)).getRowObjectsJson();
  }

  private get spec(): ContractSpec {
    return this.table.table.spec;
  }

  private get target(): string {
    return `${this.table.table.database}."${this.table.table.tableName}"`;
  }

  private async prepare(others: readonly ITableRef[]): Promise<void> {
    const { table } = this.table;
    await this.connection.run("SET TimeZone = 'UTC'; SET integer_division = true");
    for (const database of [table.database, this.table.operations, this.table.quarantine.database]) {
      await this.connection.run(`CREATE SCHEMA ${database}`);
    }
    for (const other of others) {
      await this.connection.run(
        `CREATE TABLE ${other.database}."${other.tableName}" (${definitions(other.spec.columns)}, "_run_id" VARCHAR)`,
      );
    }
    await this.connection.run(`CREATE TABLE input (${definitions(table.spec.columns)})`);
    await this.connection.run(`CREATE TABLE ${this.target} (${definitions(table.spec.columns)}, "_run_id" VARCHAR)`);
    await this.connection.run(
      `CREATE TABLE ${this.table.quarantine.database}.${this.table.quarantine.tableName} (${definitions(QUARANTINE_COLUMNS)}, "_run_id" VARCHAR)`,
    );
  }
}

function catalogTables({ table, quarantine: refused }: StatementTable, others: readonly ITableRef[]): readonly CatalogTable[] {
  const run = { name: '_run_id', type: VARCHAR, nullable: false };
  const of = (database: string, tableName: string, spec: ContractSpec) =>
    catalogTableOf({ zone: 'silver', database, tableName, spec }, [run]);
  return [
    ...others.map((other) => of(other.database, other.tableName, other.spec)),
    of('main', 'input', { ...table.spec, columns: table.spec.columns.map((column) => ({ ...column, nullable: true })) }),
    of(table.database, table.tableName, table.spec),
    of(refused.database, refused.tableName, specOf(refused.tableName, QUARANTINE_COLUMNS)),
  ];
}

function definitions(columns: readonly ColumnSpec[]): string {
  return columns.map((column) => `"${column.name}" ${duckType(column.type)}`).join(', ');
}

function duckType(type: ColumnSpec['type']): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'text':
    case 'oneOf':
    case 'json':
      return 'VARCHAR';
    case 'array':
      return `${duckType(type.element)}[]`;
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `"${field.name}" ${duckType(field.type)}`).join(', ')})`;
    default:
      return type.kind.toUpperCase();
  }
}
