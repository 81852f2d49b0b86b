import { LakeError } from '../contract/lake-error.js';
import type { LakeTable, LocalLake, QueryReport } from '../local/index.js';

/** The answer, and a note when the query was not Athena's. */
export interface Answer {
  readonly report: QueryReport;
  readonly note?: string;
}

/**
 * Runs a query as Athena would read it. What is outside the portable subset is run as DuckDB's own SQL, with a note; where DuckDB
 * refuses it as well, Athena's reading says better what is wrong.
 */
export async function ask(lake: LocalLake, sql: string): Promise<Answer> {
  let text: string;
  try {
    text = lake.translate(sql);
  } catch (problem) {
    if (!(problem instanceof LakeError)) throw problem;
    try {
      const report = await lake.query(namedByDatabase(sql, await lake.tables()));
      return { report, note: `read as DuckDB's SQL, not Athena's: ${problem.message.split('\n')[0]}` };
    } catch {
      throw problem;
    }
  }
  return { report: await lake.query(text) };
}

/** Puts databases in the place of zones, outside of texts, quoted names and comments. */
export function namedByDatabase(sql: string, tables: readonly LakeTable[]): string {
  const databases = new Map(tables.map((table) => [table.zone as string, table.database]));
  const pieces = sql.split(/('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/)/);
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : zonesToDatabases(piece, databases))).join('');
}

function zonesToDatabases(sql: string, databases: ReadonlyMap<string, string>): string {
  return sql.replace(
    /(?<![\w.])(bronze|silver|gold|quarantine|operations)(?=\s*\.)/gi,
    (zone) => databases.get(zone.toLowerCase()) ?? zone,
  );
}
