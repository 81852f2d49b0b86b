import { LakeError } from '../../contract/lake-error.js';
import type { Zone } from '../../model/zone.js';
import { analyze } from '../../sql/analyze/statement-analyzer.js';
import { parseQuery } from '../../sql/parse/read.js';
import { printAnalyzedDuckDb } from '../../sql/print/duckdb.js';
import { didYouMean, reported } from '../../sql/sql-error.js';
import type { Catalog } from '../../sql/types/catalog.js';
import type { GlueTable } from './lake-tables.js';

/**
 * A query that a person typed in Athena's SQL, as DuckDB's text. Tables are named by database or by zone, or alone: then the first in
 * the order of zones is meant.
 * @throws LakeError with the place of what is wrong, or of what is outside the portable subset
 */
export function athenaToDuckDb(sql: string, tables: readonly GlueTable[], order: readonly Zone[]): string {
  const query = parseQuery(sql);
  return reported(sql, 'query', () => printAnalyzedDuckDb(analyze(query, catalogOfPeople(tables, order))));
}

function catalogOfPeople(tables: readonly GlueTable[], order: readonly Zone[]): Catalog {
  const sorted = tables.toSorted((a, b) => order.indexOf(a.zone) - order.indexOf(b.zone));
  const made = sorted.filter(({ zone }) => /^(gold|silver|bronze)$/.test(zone)).map(({ zone, name }) => `${zone}.${name}`);
  const known = tables.flatMap(({ zone, name }) => [name, `${zone}.${name}`]);
  return {
    tables,
    find(database, name) {
      const lower = database?.toLowerCase();
      const found = sorted.find(
        (table) => table.name === name.toLowerCase() && (lower === undefined || lower === table.database || lower === table.zone),
      );
      if (found !== undefined) return found;
      const asked = database === undefined ? name : `${database}.${name}`;
      const meant = didYouMean(asked, known);
      throw new LakeError('local/table', `no table '${asked}'${meant === '' ? `: this lake has ${made.join(', ')}` : meant}`);
    },
  };
}
