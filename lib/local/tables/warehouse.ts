import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import { LakeError } from '../../contract/lake-error.js';
import { quoteIdentifier as q, stringLiteral } from '../../sql/literal.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { JsonValue, QueryReport } from '../report.js';
import { duckdbType } from './duckdb-type.js';
import type { GlueTable } from './lake-tables.js';

/** Name of the database file in the lake's folder. */
export const DATABASE_FILE = 'lake.duckdb';
/** Name of the folder of buckets in the lake's folder. */
export const OBJECTS_FOLDER = 's3';

/** What makes DuckDB mean what Athena means where both accept a text. */
const SETTINGS = [
  "SET TimeZone = 'UTC'",
  'SET integer_division = true',
  'SET ieee_floating_point_ops = false',
  "SET default_null_order = 'nulls_last'",
  // Order is asked for where it matters; keeping it elsewhere costs memory and time.
  'SET preserve_insertion_order = false',
];

/** DuckDB's own words about a statement, for kinds of error that cannot quote a row. */
const SAFE_ERRORS = /^(Parser|Binder|Catalog) Error: .*/;
/** What the printed statements raise themselves with `error('…')`: fixed words, where Trino would stop as well. */
const RAISED = /^Invalid Input Error: (array subscript out of bounds|cannot cast text to [a-z]+|division by zero|key not present in map)$/;

/** A statement that was refused or given up on. The message quotes no row. */
export class StatementError extends LakeError {
  constructor(message: string) {
    super('local/statement', message);
  }

  /** DuckDB's errors often quote a row: only its words about names are kept, else the kind of the error. */
  static fromDuckDb(error: unknown): StatementError {
    const text = error instanceof Error ? error.message : '';
    const kind = /^[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)*(?= Error: )/.exec(text)?.[0];
    const own = SAFE_ERRORS.exec(text)?.[0] ?? RAISED.exec(text)?.[1];
    return new StatementError(own ?? (kind === undefined ? 'the statement failed' : `the statement failed while it ran: ${kind} Error`));
  }
}

/**
 * The lake's tables in one DuckDB file: a schema a Glue database, Iceberg tables as native tables, tables of objects as views.
 * Views name their files relative to the lake's folder, so that the folder can be moved and DuckDB's own client, started in it,
 * reads everything; here `file_search_path` stands for that.
 */
export class Warehouse {
  private readonly idle: DuckDBConnection[] = [];
  /** Views as they are defined now, so that only those that change are made again. */
  private readonly views = new Map<string, string>();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly folder: string,
    private readonly tables: readonly GlueTable[],
  ) {}

  static async open(folder: string, tables: readonly GlueTable[], databases: readonly string[]): Promise<Warehouse> {
    mkdirSync(folder, { recursive: true });
    const instance = await DuckDBInstance.create(join(folder, DATABASE_FILE)).catch((error: unknown) => {
      const locked = error instanceof Error && error.message.includes('lock');
      const why = locked ? 'another process has it open: close it first' : 'it is no DuckDB file of this version: start with a new folder';
      throw new LakeError('local/database', `cannot open ${DATABASE_FILE} in '${folder}': ${why}`);
    });
    const warehouse = new Warehouse(instance, folder, tables);
    try {
      for (const database of new Set([...databases, ...tables.map((table) => table.database)])) {
        await warehouse.execute(`CREATE SCHEMA IF NOT EXISTS ${q(database)}`);
      }
      for (const table of tables) if (table.objects === undefined) await warehouse.evolve(table);
    } catch (error) {
      await warehouse.close();
      throw error;
    }
    return warehouse;
  }

  /** Runs a statement for its effect. @throws StatementError */
  async execute(sql: string): Promise<void> {
    await this.borrow(async (connection) => void (await connection.run(sql)));
  }

  /** Runs a query and gives its rows as JSON values. @throws StatementError */
  async read(sql: string): Promise<QueryReport> {
    return await this.borrow((connection) => readAll(connection, sql));
  }

  /** Runs what a reader typed: one query, which cannot change the lake. Bare table names are looked for in `searchPath`. @throws LakeError */
  async readOnly(sql: string, searchPath: readonly string[]): Promise<QueryReport> {
    return await this.borrow(async (connection) => {
      const statements = await connection.extractStatements(sql);
      if (statements.count !== 1) throw new LakeError('local/query', `one query at a time, got ${statements.count} statements`);
      await connection.run(`SET search_path = ${stringLiteral(searchPath.join(','))}`);
      const prepared = await statements.prepare(0);
      const query = prepared.statementType === StatementType.SELECT || prepared.statementType === StatementType.EXPLAIN;
      prepared.destroySync();
      if (!query) throw new LakeError('local/query', 'only queries are run: SELECT, WITH, DESCRIBE, EXPLAIN');
      // EXPLAIN ANALYZE runs what it explains.
      await connection.run('BEGIN TRANSACTION READ ONLY');
      try {
        return await readAll(connection, sql);
      } finally {
        await connection.run('ROLLBACK');
      }
    });
  }

  /** Makes the views over objects say what the store holds: a table without objects is empty, and DuckDB refuses a pattern without files. */
  async refreshViews(store: ObjectStore): Promise<void> {
    for (const table of this.tables) {
      if (table.objects === undefined) continue;
      const text = viewOf(table, holdsObjects(store, table));
      const name = `${q(table.database)}.${q(table.name)}`;
      if (this.views.get(name) === text) continue;
      await this.execute(`CREATE OR REPLACE VIEW ${name} AS ${text}`);
      this.views.set(name, text);
    }
  }

  /** Drops tables that no template declares and whose names begin so: candidates that failed runs left. */
  async dropLeftovers(prefixes: readonly string[]): Promise<void> {
    const declared = new Set(this.tables.map(({ database, name }) => `${database}.${name}`));
    const { rows } = await this.read('SELECT schema_name, table_name FROM duckdb_tables()');
    for (const [database, name] of rows as readonly [string, string][]) {
      if (declared.has(`${database}.${name}`) || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
      await this.execute(`DROP TABLE ${q(database)}.${q(name)}`);
    }
  }

  /** Stored bytes of a native table, from the blocks it occupies. */
  async bytesOf(table: GlueTable): Promise<number> {
    const name = stringLiteral(`${q(table.database)}.${q(table.name)}`);
    const { rows } = await this.read(`SELECT count(DISTINCT block_id) * 262144 FROM pragma_storage_info(${name}) WHERE block_id >= 0`);
    return Number(rows[0]?.[0] ?? 0);
  }

  async close(): Promise<void> {
    // The log goes into the file, so that other clients find one file.
    await this.execute('CHECKPOINT').catch(() => {});
    for (const connection of this.idle) connection.closeSync();
    this.instance.closeSync();
  }

  private async borrow<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? (await this.connect());
    try {
      return await use(connection);
    } catch (error) {
      throw error instanceof LakeError ? error : StatementError.fromDuckDb(error);
    } finally {
      this.idle.push(connection);
    }
  }

  private async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect();
    for (const setting of [...SETTINGS, `SET file_search_path = ${stringLiteral(this.folder)}`]) await connection.run(setting);
    return connection;
  }

  /** Makes a table, or brings it to the template's columns as Iceberg would: added, dropped and widened columns; other changes are refused. */
  private async evolve(table: GlueTable): Promise<void> {
    const name = `${q(table.database)}.${q(table.name)}`;
    const columns = table.columns.map((column) => ({ ...column, duckdb: duckdbType(column.type) }));
    const definitions = columns.map((column) => `${q(column.name)} ${column.duckdb}${column.nullable ? '' : ' NOT NULL'}`);
    await this.execute(`CREATE TABLE IF NOT EXISTS ${name} (${definitions.join(', ')})`);
    const { rows } = await this.read(
      `SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ${stringLiteral(table.database)} AND table_name = ${stringLiteral(table.name)}`,
    );
    const present = new Map(rows.map(([column, type]) => [String(column), String(type)]));
    for (const column of columns) {
      const type = present.get(column.name);
      if (type === undefined) await this.execute(`ALTER TABLE ${name} ADD COLUMN ${q(column.name)} ${column.duckdb}`);
      else if (!sameType(type, column.duckdb)) await this.widen(table, column.name, type, column.duckdb);
    }
    for (const column of present.keys()) {
      if (!columns.some((declared) => declared.name === column)) await this.execute(`ALTER TABLE ${name} DROP COLUMN ${q(column)}`);
    }
  }

  private async widen(table: GlueTable, column: string, from: string, to: string): Promise<void> {
    if (!isWider(from, to)) {
      const what = `column '${column}' of ${table.database}.${table.name} is ${from} in this folder and ${to} in the template`;
      throw new LakeError('local/column-type', `${what}: Iceberg does not make that change either; start with a new folder`);
    }
    await this.execute(`ALTER TABLE ${q(table.database)}.${q(table.name)} ALTER COLUMN ${q(column)} SET DATA TYPE ${to}`);
  }
}

async function readAll(connection: DuckDBConnection, sql: string): Promise<QueryReport> {
  const result = await connection.runAndReadAll(sql);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
  return {
    columns,
    rows: result.getRowsJson().map((row) => row.map((value, index) => exactNumber(value as JsonValue, columns[index]!.type))),
  };
}

function sameType(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('"', '').replaceAll(' ', '').toUpperCase();
  return plain(a) === plain(b);
}

/** Iceberg's promotions: int to long, float to double, a decimal to more digits of the same scale. */
function isWider(from: string, to: string): boolean {
  if ((from === 'INTEGER' && to === 'BIGINT') || (from === 'FLOAT' && to === 'DOUBLE')) return true;
  const [a, b] = [from, to].map((type) => /^DECIMAL\((\d+),(\d+)\)$/.exec(type));
  return a != null && b != null && a[2] === b[2] && Number(b[1]) > Number(a[1]);
}

function holdsObjects(store: ObjectStore, table: GlueTable): boolean {
  const { bucket, prefix } = table.objects!;
  return store.holds(bucket, prefix);
}

function viewOf(table: GlueTable, filled: boolean): string {
  const { bucket, prefix, partition } = table.objects!;
  if (!filled)
    return `SELECT ${table.columns.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${q(name)}`).join(', ')} WHERE false`;
  const columns = table.columns.filter(({ name }) => name !== partition);
  const files = `${OBJECTS_FOLDER}/${bucket}/${prefix}${partition === undefined ? '**/*' : `${partition}=*/*`}`;
  const options = [
    `columns = {${columns.map(({ name, type }) => `${q(name)}: ${stringLiteral(duckdbType(type))}`).join(', ')}}`,
    "format = 'newline_delimited'",
    ...(partition === undefined ? [] : ['hive_partitioning = true', 'hive_types_autocast = false']),
  ];
  return `SELECT ${table.columns.map(({ name }) => q(name)).join(', ')} FROM read_json(${stringLiteral(files)}, ${options.join(', ')})`;
}

/** The JSON form writes every 64-bit number as text; one that a number holds exactly is a number. */
function exactNumber(value: JsonValue, type: string): JsonValue {
  if (typeof value !== 'string' || !/^(U?BIGINT|HUGEINT)$/.test(type)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
