/**
 * Builds what a checkout and the package need: every Lambda handler in one esbuild call, the SQL grammar bundle, and the compiled library.
 * In this order, because tests and synth need the first two even while some room does not compile.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Bundles `lambdas/<name>/handler.ts` to `<outdir>/<name>/index.mjs`, all in one call. */
export async function buildHandlers(outdir = join(ROOT, 'dist', 'handlers')): Promise<string[]> {
  const rooms = join(ROOT, 'lambdas');
  const names = readdirSync(rooms).filter((name) => existsSync(join(rooms, name, 'handler.ts')));
  // Only what is no handler any more: a synth in another process may be reading the rest.
  const stale = existsSync(outdir) ? readdirSync(outdir).filter((name) => !names.includes(name)) : [];
  for (const name of stale) rmSync(join(outdir, name), { recursive: true });
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(rooms, name, 'handler.ts')])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // ES module builds of dependencies load several times faster than the CommonJS ones that `node` picks by default.
    mainFields: ['module', 'main'],
    conditions: ['medallion-source'],
    logLevel: 'warning',
  });
  return names;
}

async function buildGrammar(): Promise<void> {
  const script = join(ROOT, 'scripts', 'build-grammar.ts');
  if (!existsSync(script)) return;
  const grammar = (await import(pathToFileURL(script).href)) as { buildGrammar(): Promise<unknown> };
  await grammar.buildGrammar();
}

/** Compiles the library; files are written even when types do not hold, but the build then fails. */
function compileLibrary(): number {
  // Nothing of an earlier build may be imported or packed.
  for (const room of ['bin', 'lib']) rmSync(join(ROOT, 'dist', room), { recursive: true, force: true });
  // The compiler does not carry declarations that were written by hand, and compiled ones import this one.
  const grammar = join('lib', 'sql', 'grammar', 'trino-grammar.d.ts');
  mkdirSync(dirname(join(ROOT, 'dist', grammar)), { recursive: true });
  copyFileSync(join(ROOT, grammar), join(ROOT, 'dist', grammar));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'lib', 'tsc.js');
  return spawnSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit', cwd: ROOT }).status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildHandlers();
  await buildGrammar();
  // A checkout runs from its sources; only the package needs them compiled.
  if (!process.argv.includes('--bundles')) process.exitCode = compileLibrary();
}
