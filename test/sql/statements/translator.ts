import { analyze } from '../../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../../lib/sql/parse/parse.js';
import { printAnalyzedDuckDb } from '../../../lib/sql/print/duckdb.js';
import { type CatalogTable, catalogOf } from '../../../lib/sql/types/catalog.js';

/** Prints statements for DuckDB, as the local runtime does; remembers the candidates that they make. */
export class Translator {
  private readonly candidates = new Map<string, CatalogTable>();
  private readonly known = new Map<string, string>();

  constructor(private readonly declared: readonly CatalogTable[]) {}

  /** Reading a statement takes longer than running it on a handful of rows. */
  toDuckDb(text: string): string {
    const known = this.known.get(text) ?? this.print(text);
    this.known.set(text, known);
    return known;
  }

  private print(text: string): string {
    const analyzed = analyze(parseStatementText(text).ast, catalogOf([...this.declared, ...this.candidates.values()]));
    const { statement, output } = analyzed;
    if (statement.kind === 'createTableAs') {
      const { database, name } = statement.table;
      const columns = output.map((column) => ({ name: column.name ?? '', type: column.type, nullable: true, canonical: true as const }));
      this.candidates.set(name.text, { database: database?.text ?? '', name: name.text, columns });
    }
    return printAnalyzedDuckDb(analyzed);
  }
}
