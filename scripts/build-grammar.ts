import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the Trino grammar to dist/grammar/trino.mjs, which lib/sql imports as `#trino-grammar`. */
export async function buildGrammar(): Promise<void> {
  await mkdir(`${ROOT}dist/grammar`, { recursive: true });
  await build({
    entryPoints: [`${ROOT}scripts/grammar-entry.ts`],
    outfile: `${ROOT}dist/grammar/trino.mjs`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    legalComments: 'eof',
    // The parser's .js files would resolve the runtime's CommonJS build and this file its ES build: two copies do not know each other's classes.
    alias: { antlr4ng: `${ROOT}node_modules/antlr4ng/dist/index.mjs` },
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildGrammar();
