import type { LakeTable } from '../local/index.js';

/** Puts databases in the place of zones, outside of texts, quoted names and comments. */
export function translate(sql: string, tables: readonly LakeTable[]): string {
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
