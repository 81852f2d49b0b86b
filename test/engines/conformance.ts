import { DuckDBInstance } from '@duckdb/node-api';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { printAnalyzedDuckDb } from '../../lib/sql/print/duckdb.js';
import { printAnalyzedSpark } from '../../lib/sql/print/spark.js';
import { type Catalog, catalogOf } from '../../lib/sql/types/catalog.js';
import { typeText } from '../../lib/sql/types/sql-type.js';
import { duckdbValue } from '../../scripts/engines/duckdb-value.js';
import { canonical, EngineError } from '../../scripts/engines/result.js';
import { spark, trino } from './engines.js';

/** What one engine makes of a query of one value: the value as text, or why there is none. */
export type Outcome = { readonly value: string | null; readonly type?: string } | { readonly problem: string };

const EMPTY = catalogOf([]);

/** How many queries go to Trino as one: its time is in planning and scheduling, not in values. */
const BATCH = 40;

/** The queries on Trino, as they stand. One that fails takes its batch with it, and so is looked for by halves. */
export async function onTrino(queries: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < queries.length; at += BATCH) outcomes.push(...(await batchOnTrino(queries.slice(at, at + BATCH))));
  return outcomes;
}

async function batchOnTrino(queries: readonly string[]): Promise<Outcome[]> {
  const sql = queries.length === 1 ? queries[0]! : `SELECT ${queries.map((query, n) => `(${query}) AS r${n}`).join(', ')}`;
  try {
    const { types, rows } = await (await trino()).query(sql);
    return rows[0]!.map((value, n) => ({ value, type: types[n]! }));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (queries.length === 1) return [{ problem: error.message }];
    const middle = Math.ceil(queries.length / 2);
    return [...(await batchOnTrino(queries.slice(0, middle))), ...(await batchOnTrino(queries.slice(middle)))];
  }
}

/** The queries by the library's own reading of them, printed for DuckDB. `type` is what the analyzer says. */
export async function onDuckDb(queries: readonly string[], catalog: Catalog = EMPTY): Promise<Outcome[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const setting of DUCKDB_SETTINGS) await connection.run(setting);
  const outcomes: Outcome[] = [];
  for (const query of queries) {
    try {
      const analyzed = analyze(parseStatementText(query).ast, catalog);
      const reader = await connection.runAndReadAll(printAnalyzedDuckDb(analyzed));
      outcomes.push({ value: canonical(duckdbValue(reader.getRows()[0]![0]!)), type: typeText(analyzed.output[0]!.type) });
    } catch (error) {
      outcomes.push({ problem: (error as Error).message.split('\n')[0]! });
    }
  }
  return outcomes;
}

/** The queries by the library's own reading of them, printed for Spark; `ansi` as Spark 4 has it by default. */
export async function onSpark(queries: readonly string[], ansi: boolean, catalog: Catalog = EMPTY): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < queries.length; at += BATCH) outcomes.push(...(await batchOnSpark(queries.slice(at, at + BATCH), ansi, catalog)));
  return outcomes;
}

async function batchOnSpark(queries: readonly string[], ansi: boolean, catalog: Catalog): Promise<Outcome[]> {
  try {
    const analyzed = queries.map((query) => analyze(parseStatementText(query).ast, catalog));
    const texts = analyzed.map(printAnalyzedSpark);
    const sql = texts.length === 1 ? texts[0]! : `SELECT ${texts.map((text, n) => `(${text}) AS r${n}`).join(', ')}`;
    const { rows } = await (await spark()).query(sql, { ansi });
    return rows[0]!.map((value, n) => ({ value, type: typeText(analyzed[n]!.output[0]!.type) }));
  } catch (error) {
    if (queries.length === 1) return [{ problem: (error as Error).message.split('\n')[0]! }];
    const middle = Math.ceil(queries.length / 2);
    const halves = [queries.slice(0, middle), queries.slice(middle)];
    return [...(await batchOnSpark(halves[0]!, ansi, catalog)), ...(await batchOnSpark(halves[1]!, ansi, catalog))];
  }
}

/** As the local runtime sets it. */
export const DUCKDB_SETTINGS = [
  "SET TimeZone = 'UTC'",
  'SET integer_division = true',
  'SET ieee_floating_point_ops = false',
  "SET default_null_order = 'nulls_last'",
];

/** Whether two engines gave the same value. The last digits of a double may differ: sums have no order. */
export function agree(a: Outcome, b: Outcome): boolean {
  if ('problem' in a || 'problem' in b) return false;
  if (a.value === b.value) return true;
  if (a.value === null || b.value === null || a.type !== 'double') return false;
  const [x, y] = [Number(a.value), Number(b.value)];
  return Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
}

/** Trino's name of a type as the library writes it: texts have no length, moments have microseconds. */
export function trinoType(type: string): string {
  return type
    .replaceAll(/varchar\(\d+\)/g, 'varchar')
    .replaceAll(/timestamp\(\d+\)/g, 'timestamp(6)')
    .replaceAll(/decimal\((\d+), (\d+)\)/g, 'decimal($1,$2)');
}
