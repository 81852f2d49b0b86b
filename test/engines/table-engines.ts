import { DuckDBInstance } from '@duckdb/node-api';
import { type Analyzed, analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { quoteIdentifier as q } from '../../lib/sql/literal.js';
import { parseQueryText } from '../../lib/sql/parse/parse.js';
import { duckDbType, printAnalyzedDuckDb } from '../../lib/sql/print/duckdb.js';
import { printAnalyzedSpark } from '../../lib/sql/print/spark.js';
import { rewriteTables } from '../../lib/sql/rewrite.js';
import { type Catalog, type CatalogTable, catalogOf } from '../../lib/sql/types/catalog.js';
import { typeText } from '../../lib/sql/types/sql-type.js';
import { duckdbValue } from '../../scripts/engines/duckdb-value.js';
import { canonical } from '../../scripts/engines/result.js';
import { runFolder } from '../../scripts/engines/server.js';
import { DUCKDB_SETTINGS, trinoType } from './conformance.js';
import { spark, trino } from './engines.js';

/** A query's rows with every value as text, and why there are none where the engine refused it. */
export interface TableOutcome {
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly problem?: string;
}

/** One query as each engine gets it. */
export interface Texts {
  readonly types: readonly string[];
  readonly trino: string;
  readonly duckdb: string;
  readonly spark: string;
}

/** A query's outcome on each engine, by its name. */
export type Outcomes = ReadonlyMap<string, TableOutcome>;

/** The same typed tables on Trino, DuckDB and Spark, and queries over them: on Trino as written, on the others as the library prints them. */
export class TableEngines {
  private constructor(
    readonly catalog: Catalog,
    private readonly connection: Connection,
    private readonly folder: string,
  ) {}

  static async open(tables: readonly CatalogTable[]): Promise<TableEngines> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const setting of DUCKDB_SETTINGS) await connection.run(setting);
    for (const database of new Set(tables.map((table) => table.database))) {
      await connection.run(`create schema ${q(database)}`);
      await (await trino()).query(`create schema if not exists memory.${q(database)}`);
      await (await spark()).query(`create database if not exists \`spark_catalog\`.\`${database}\``);
    }
    return new TableEngines(catalogOf(tables), connection, runFolder('tables'));
  }

  /** Fills a table: Trino and DuckDB by queries of their own, Spark from a file of DuckDB's. */
  async load(table: CatalogTable, from: { readonly trino: readonly string[]; readonly duckdb: string }): Promise<void> {
    const name = `${q(table.database)}.${q(table.name)}`;
    const columns = (typeOf: (column: CatalogTable['columns'][number]) => string) =>
      table.columns.map((column) => `${q(column.name)} ${typeOf(column)}`).join(', ');
    await this.connection.run(`create table ${name} (${columns(({ type }) => duckDbType(type))})`);
    await this.connection.run(`insert into ${name} ${from.duckdb}`);
    const file = `${this.folder}/${table.database}.${table.name}.parquet`;
    await this.connection.run(`copy ${name} to '${file}' (format parquet)`);
    const server = await trino();
    await server.query(`create table memory.${name} (${columns(({ type }) => typeText(type))})`);
    for (const query of from.trino) await server.query(`insert into memory.${name} ${query}`);
    await (await spark()).query(
      `create table \`spark_catalog\`.\`${table.database}\`.\`${table.name}\` using parquet location 'file://${file}'`,
    );
  }

  /** The gate and the printers. Throws `SqlProblem`. */
  texts(sql: string): Texts {
    const parsed = parseQueryText(sql);
    const analyzed: Analyzed = analyze(parsed.ast, this.catalog);
    const spark = printAnalyzedSpark(analyzed);
    return {
      types: analyzed.output.map(({ type }) => typeText(type)),
      trino: rewriteTables(sql, analyzed, (table) => `memory.${q(table.database)}.${q(table.name)}`, parsed).sample(),
      duckdb: printAnalyzedDuckDb(analyzed),
      // Spark finds the tables in the catalog that is its own.
      spark,
    };
  }

  async run(texts: Texts, ansi: readonly boolean[] = [false, true]): Promise<Outcomes> {
    // Trino names fields without quotes.
    const types = texts.types.map((type) => type.replaceAll('"', ''));
    const outcomes = new Map<string, TableOutcome>();
    const [onTrino, onDuckDb, onSpark] = await Promise.all([
      attempt(async () => (await trino()).query(texts.trino)),
      attempt(() => this.duckdb(texts.duckdb)),
      Promise.all(ansi.map((on) => attempt(async () => (await spark()).query(texts.spark, { ansi: on })))),
    ]);
    outcomes.set('Trino', { ...onTrino, types: onTrino.types.map(trinoType) });
    outcomes.set('DuckDB', { ...onDuckDb, types });
    for (const [n, outcome] of onSpark.entries()) outcomes.set(ansi[n] ? 'Spark, ANSI' : 'Spark', { ...outcome, types });
    return outcomes;
  }

  private async duckdb(sql: string): Promise<TableOutcome> {
    const rows = (await this.connection.runAndReadAll(sql)).getRows();
    return { types: [], rows: rows.map((row) => row.map((value) => canonical(duckdbValue(value)))) };
  }
}

type Connection = Awaited<ReturnType<DuckDBInstance['connect']>>;

async function attempt(run: () => Promise<TableOutcome>): Promise<TableOutcome> {
  try {
    const { types, rows } = await run();
    return { types, rows };
  } catch (error) {
    return { types: [], rows: [], problem: (error as Error).message.slice(0, 300) };
  }
}

/** What differs from Trino, one sentence an engine; nothing when all agree. Without `ordered` rows are compared as multisets. */
export function disagreements(outcomes: Outcomes, { ordered = false }: { readonly ordered?: boolean } = {}): string[] {
  const [, reference] = [...outcomes][0]!;
  if (reference.problem !== undefined) return [`Trino: ${reference.problem}`];
  return [...outcomes].slice(1).flatMap(([engine, outcome]) => {
    if (outcome.problem !== undefined) return [`${engine}: ${outcome.problem}`];
    if (reference.types.join() !== outcome.types.join())
      return [`${engine}: types ${outcome.types.join()}, on Trino ${reference.types.join()}`];
    const [want, got] = ordered ? [reference.rows, outcome.rows] : [sorted(reference), sorted(outcome)];
    const at = Array.from({ length: Math.max(want.length, got.length) }, (_, n) => n).find((n) => !sameRow(want[n], got[n], outcome.types));
    if (at === undefined) return [];
    return [`${engine}: row ${at} of ${got.length} is ${JSON.stringify(got[at])}, on Trino of ${want.length} ${JSON.stringify(want[at])}`];
  });
}

type Row = readonly (string | null)[];

/** Rows in one order. Doubles stand last in the key and short: their last digits may differ. */
function sorted({ rows, types }: TableOutcome): readonly Row[] {
  const key = (row: Row) =>
    JSON.stringify([
      row.filter((_, n) => types[n] !== 'double'),
      row.filter((_, n) => types[n] === 'double').map((value) => (value === null ? null : Number(value).toPrecision(9))),
    ]);
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

/** The last digits of a double may differ: sums have no order. Everything else is equal to the letter. */
function sameRow(a: Row | undefined, b: Row | undefined, types: readonly string[]): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.every((value, n) => {
    const other = b[n]!;
    if (value === other) return true;
    if (value === null || other === null || types[n] !== 'double') return false;
    const [x, y] = [Number(value), Number(other)];
    return Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
  });
}
