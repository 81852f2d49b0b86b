import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where engines are installed: ignored by git, safe to delete. `MEDALLION_ENGINES` moves it, so that checkouts can share one. */
export const CACHE = process.env['MEDALLION_ENGINES'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../.engines');

export interface Piece {
  readonly name: string;
  /** Everything that decides what is installed. A changed recipe installs again. */
  readonly recipe: string;
  /** Installs into the folder, which exists and is empty. */
  readonly install: (folder: string) => Promise<void>;
}

export function folderOf(name: string): string {
  return join(CACHE, name);
}

/**
 * Makes a piece present: nothing to do when its stamp holds this recipe. An install that was cut off has no stamp, and starts over.
 * It is installed in its final place, because virtual environments hold absolute paths.
 */
export async function ensure(piece: Piece, log: (line: string) => void): Promise<void> {
  const folder = folderOf(piece.name);
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === piece.recipe) return;
  const began = Date.now();
  log(`${piece.name}: installing (${piece.recipe})`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await piece.install(folder);
  writeFileSync(`${stamp}.new`, piece.recipe);
  renameSync(`${stamp}.new`, stamp);
  log(`${piece.name}: installed in ${Math.round((Date.now() - began) / 1000)} s`);
}
