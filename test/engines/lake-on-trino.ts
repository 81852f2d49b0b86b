import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStacks } from '../../lib/local/assembly/assembly.js';
import type { LakeTable } from '../../lib/local/index.js';
import { LocalLake, type RunReport, type SourceInput } from '../../lib/local/index.js';
import { OBJECTS_FOLDER } from '../../lib/local/tables/warehouse.js';
import { quoteIdentifier as q } from '../../lib/sql/literal.js';
import { canonical, EngineError } from '../../scripts/engines/result.js';
import { runFolder } from '../../scripts/engines/server.js';
import { clients, duckdb, spark, trino } from './engines.js';
import { makeCatalog } from './iceberg-catalog.js';

/** A statement that ran on Trino and how, for whoever looks at a failure. */
export interface Statement {
  readonly text: string;
  readonly error?: string;
}

/**
 * One synthesized lake twice: run here on DuckDB, and by the same interpreter of the same state machine with every Athena statement sent
 * to Trino as it stands, over a catalog made from the same templates and the same bronze objects.
 */
export class TwinLake {
  readonly statements: Statement[] = [];

  private constructor(
    readonly local: LocalLake,
    private readonly folder: string,
  ) {}

  static async open(assembly: string, clock: () => Date): Promise<TwinLake> {
    const folder = runFolder('twin');
    const local = await LocalLake.open({ assembly, folder, clock });
    await makeCatalog(await clients(), readStacks(assembly));
    return new TwinLake(local, folder);
  }

  /** Delivers to the local lake and copies what it wrote to the other's buckets. */
  async deliver(source: string, input: SourceInput): Promise<void> {
    await this.local.deliver(source, input);
    const root = join(this.folder, OBJECTS_FOLDER);
    const { s3 } = await clients();
    const objects = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ndjson.gz'));
    for (const path of objects) {
      const [Bucket, ...key] = path.split('/');
      await s3.putObject({ Bucket: Bucket!, Key: key.join('/'), Body: readFileSync(join(root, path)) });
    }
  }

  async runBoth(asOf: Date): Promise<{ readonly local: RunReport; readonly trino: RunReport }> {
    const [local] = await this.local.run({ asOf });
    const [pipeline] = this.local['localPipelines'];
    const onTrino = await pipeline!.run((text) => this.send(text), asOf);
    return { local: local!, trino: onTrino };
  }

  /** All rows of a table but for the run that wrote them, sorted, from the local lake. */
  async localRows(table: LakeTable): Promise<string[]> {
    const { rows } = await this.local.query(`SELECT ${await this.columns(table)} FROM ${nameOf(table)}`);
    return rows.map((row) => JSON.stringify(row.map(canonical))).sort();
  }

  async trinoRows(table: LakeTable): Promise<string[]> {
    const { rows } = await (await trino()).query(`SELECT ${await this.columns(table)} FROM ${nameOf(table)}`);
    return rows.map((row) => JSON.stringify(row)).sort();
  }

  async sparkRows(table: LakeTable): Promise<string[]> {
    const columns = (await this.columns(table)).replaceAll('"', '`');
    const { rows } = await (await spark()).query(`SELECT ${columns} FROM iceberg.${table.database}.${table.name}`);
    return rows.map((row) => JSON.stringify(row)).sort();
  }

  async duckdbRows(table: LakeTable): Promise<string[]> {
    const { Table } = await (await clients()).glue.getTable({ DatabaseName: table.database, Name: table.name });
    const { rows } = await (await duckdb()).query(
      `SELECT ${await this.columns(table)} FROM iceberg_scan('${Table!.Parameters!['metadata_location']!}')`,
    );
    return rows.map((row) => JSON.stringify(row)).sort();
  }

  /** The tables that runs make. */
  async icebergTables(): Promise<LakeTable[]> {
    return (await this.local.tables()).filter(({ storage }) => storage === 'simulated Iceberg');
  }

  private async columns(table: LakeTable): Promise<string> {
    const { columns } = await this.local.query(`SELECT * FROM ${nameOf(table)} LIMIT 0`);
    return columns
      .filter(({ name }) => name !== '_run_id')
      .map(({ name }) => q(name))
      .join(', ');
  }

  private async send(text: string) {
    try {
      const { columns, types, rows } = await (await trino()).query(text);
      this.statements.push({ text });
      return {
        columns: columns.map((name, n) => ({ name, type: types[n]!.startsWith('varchar') ? 'VARCHAR' : types[n]! })),
        rows: rows.map((row) => [...row]),
      };
    } catch (error) {
      if (error instanceof EngineError) this.statements.push({ text, error: error.message });
      throw error;
    }
  }
}

function nameOf({ database, name }: LakeTable): string {
  return `${q(database)}.${q(name)}`;
}
