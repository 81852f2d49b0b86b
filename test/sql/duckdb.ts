import { DuckDBInstance } from '@duckdb/node-api';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { quoteIdentifier } from '../../lib/sql/literal.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { duckDbType, printAnalyzedDuckDb } from '../../lib/sql/print/duckdb.js';
import { type Catalog, type CatalogTable, catalogOf } from '../../lib/sql/types/catalog.js';

/** A DuckDB with the given tables, which takes the library's SQL. */
export class TestDuckDb {
  readonly catalog: Catalog;
  private readonly connection;

  private constructor(tables: readonly CatalogTable[], connection: Awaited<ReturnType<DuckDBInstance['connect']>>) {
    this.catalog = catalogOf(tables);
    this.connection = connection;
  }

  static async create(tables: readonly CatalogTable[] = []): Promise<TestDuckDb> {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    await connection.run("set TimeZone = 'UTC'");
    for (const table of tables) {
      const columns = table.columns.map((column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`);
      await connection.run(`create schema if not exists ${quoteIdentifier(table.database)}`);
      await connection.run(`create table ${quoteIdentifier(table.database)}.${quoteIdentifier(table.name)} (${columns.join(', ')})`);
    }
    return new TestDuckDb(tables, connection);
  }

  /** Runs one of the library's statements; rows as JSON-like values. */
  async run(text: string): Promise<unknown[][]> {
    const sql = printAnalyzedDuckDb(analyze(parseStatementText(text).ast, this.catalog));
    return (await this.connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
  }

  /** Runs DuckDB's own SQL. */
  async raw(sql: string): Promise<unknown[][]> {
    return (await this.connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
  }

  /** The values of one row of expressions. */
  async values(...expressions: readonly string[]): Promise<unknown[]> {
    return (await this.run(`select ${expressions.join(', ')}`))[0] ?? [];
  }
}
