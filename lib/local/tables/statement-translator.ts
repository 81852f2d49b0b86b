import { LakeError } from '../../contract/lake-error.js';
import { type Analyzed, analyze } from '../../sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../sql/parse/parse.js';
import { printAnalyzedDuckDb } from '../../sql/print/duckdb.js';
import { SqlProblem } from '../../sql/sql-error.js';
import { type CatalogTable, catalogOf } from '../../sql/types/catalog.js';
import type { QueryReport } from '../report.js';
import type { GlueTable } from './lake-tables.js';
import { StatementError, type Warehouse } from './warehouse.js';

/** Turns the statements of a run into DuckDB's and runs them; remembers the candidates that they make. */
export class StatementTranslator {
  private readonly declared: readonly CatalogTable[];
  private readonly candidates = new Map<string, CatalogTable>();

  constructor(tables: readonly GlueTable[]) {
    this.declared = tables.map(({ database, name, columns }) => ({ database, name, columns }));
  }

  /**
   * Runs one statement of Athena's, its parameters filled in: the rows of a query, nothing for the rest.
   * @throws LakeError `local/statement` when the statement is outside the subset or DuckDB refuses it; the message holds no data
   */
  async run(warehouse: Warehouse, text: string): Promise<QueryReport | undefined> {
    const analyzed = this.read(text);
    const { statement, output } = analyzed;
    const sql = printAnalyzedDuckDb(analyzed);
    switch (statement.kind) {
      case 'query':
        return await warehouse.read(sql);
      case 'createTableAs': {
        await warehouse.execute(sql);
        const { database, name } = statement.table;
        const table = {
          database: database?.text ?? '',
          name: name.text,
          columns: output.map((column) => ({ name: column.name ?? '', type: column.type, nullable: true, canonical: true as const })),
        };
        this.candidates.set(keyOf(table), table);
        return undefined;
      }
      case 'dropTable': {
        const key = keyOf({ database: statement.table.database?.text ?? '', name: statement.table.name.text });
        if (this.declared.some((table) => keyOf(table) === key))
          throw new LakeError('local/drop', `a run may drop its candidates only, not ${key}`);
        await warehouse.execute(sql);
        this.candidates.delete(key);
        return undefined;
      }
      default:
        await warehouse.execute(sql);
        return undefined;
    }
  }

  private read(text: string): Analyzed {
    const catalog = catalogOf([...this.declared, ...this.candidates.values()]);
    try {
      return analyze(parseStatementText(text).ast, catalog);
    } catch (error) {
      // Ours: names of the statement, never data.
      if (error instanceof SqlProblem) throw new StatementError(error.message);
      throw error;
    }
  }
}

function keyOf({ database, name }: { readonly database: string; readonly name: string }): string {
  return `${database}.${name}`.toLowerCase();
}
