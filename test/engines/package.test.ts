/** The package as a stranger gets it: packed, installed in empty folders outside this checkout, type-checked, synthesized and run there. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, run } from '../../scripts/engines/command.js';

const ROOT = join(import.meta.dirname, '../..');
/** Nothing above it has packages, so what the package does not bring is missing. */
const place = mkdtempSync(join(tmpdir(), 'medallion-package-'));
const installed = join(place, 'node_modules/cdk-medallion');
const shared = { target: 'ES2022', lib: ['ES2022'], types: ['node'], strict: true, skipLibCheck: false };

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

let packed: { readonly filename: string; readonly size: number; readonly files: readonly PackedFile[] };

beforeAll(async () => {
  const out = await run('npm', ['pack', '--json', '--pack-destination', place], { cwd: ROOT });
  // The build that npm runs before may print in front of the list.
  [packed] = JSON.parse(out.slice(out.indexOf('[\n')));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'place', private: true }));
  // The peers and the tools of the app come from this checkout, to spare a download of hundreds of megabytes; the package's own dependencies do not.
  const install = ['install', `./${packed.filename}`, '--legacy-peer-deps', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', install, { cwd: place });
  for (const name of ['aws-cdk-lib', 'constructs', 'typescript', 'tsx', '@types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(place, 'node_modules', name));
  }
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A folder with the app, below the place of the installation. */
function appFolder(name: string, manifest: object, compilerOptions: object): string {
  const folder = join(place, name);
  mkdirSync(folder);
  copyFileSync(join(ROOT, 'test/engines/packaged-app.ts'), join(folder, 'app.ts'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...shared, ...compilerOptions }, files: ['app.ts'] }));
  return folder;
}

async function compile(folder: string): Promise<string> {
  const { stdout, stderr } = await attempt(process.execPath, [join(place, 'node_modules/typescript/lib/tsc.js')], { cwd: folder });
  return stdout + stderr;
}

/** Runs the app as `cdk` would, and gives its template. Whatever it prints would be in the way of tools that read its output. */
async function synthesize(folder: string, command: readonly string[]): Promise<string> {
  const outdir = join(folder, 'cdk.out');
  const result = await attempt(process.execPath, command, { cwd: folder, env: environment({ CDK_OUTDIR: outdir }) });
  expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
  return readFileSync(join(outdir, 'Till.template.json'), 'utf8');
}

/** Without what vitest and this repository's own scripts put in. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { ...env, CDK_VALIDATION: 'false', NO_COLOR: '1', ...extra };
}

const TSX = join(ROOT, 'node_modules/tsx/dist/cli.mjs');

describe('the packed package', () => {
  it('holds the built library, its licence and its README, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/bin/medallion.js', 'dist/grammar/trino.mjs']),
    );
    const built = /^dist\/(bin\/medallion\.(js|d\.ts)|lib\/.+\.(js|d\.ts)|handlers\/[a-z-]+\/index\.mjs|grammar\/trino\.mjs)$/;
    expect(paths.filter((path) => !built.test(path) && !['LICENSE', 'README.md', 'package.json'].includes(path))).toEqual([]);
  });

  it('holds no module whose source is gone', () => {
    const modules = packed.files.map(({ path }) => path).filter((path) => /^dist\/(bin|lib)\/.+\.js$/.test(path));
    expect(modules.filter((path) => !existsSync(join(ROOT, path.replace(/^dist\//, '').replace(/\.js$/, '.ts'))))).toEqual([]);
  });

  it('holds a handler for every Lambda, each bundled whole', () => {
    const rooms = readdirSync(join(ROOT, 'lambdas')).filter((name) => existsSync(join(ROOT, 'lambdas', name, 'handler.ts')));
    expect(rooms.length).toBeGreaterThan(0);
    for (const room of rooms) {
      const bundle = readFileSync(join(installed, 'dist/handlers', room, 'index.mjs'), 'utf8');
      expect(importsOf(bundle).filter((name) => !isBuiltin(name))).toEqual([]);
    }
  });

  it('stays small enough to be installed without a thought', () => {
    expect(packed.size).toBeLessThan(1_000_000);
  });

  it('imports what it brings and no more: its own files, its dependencies, every one of them, and its peers', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const known = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const missing: string[] = [];
    const imported = new Set<string>();
    for (const { path } of packed.files.filter((file) => /^dist\/(bin|lib)\//.test(file.path))) {
      for (const name of importsOf(readFileSync(join(installed, path), 'utf8'))) {
        imported.add(name);
        const target = join(installed, dirname(path), path.endsWith('.d.ts') ? name.replace(/\.js$/, '.d.ts') : name);
        const there = name.startsWith('.')
          ? existsSync(target)
          : isBuiltin(name) || name === '#trino-grammar' || known.has(packageOf(name));
        if (!there) missing.push(`${path}: ${name}`);
      }
    }
    expect(missing).toEqual([]);
    expect([...Object.keys(dependencies), '#trino-grammar'].filter((name) => !imported.has(name))).toEqual([]);
  });

  it('exports nothing that it does not hold', () => {
    const { exports, main, types, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const entries: string[] = [main, types, ...Object.values<string>(bin)];
    for (const entry of Object.values<string | Record<string, string>>(exports)) {
      // The condition of a checkout: nobody who installs the package sets it.
      if (typeof entry === 'string') entries.push(entry);
      else entries.push(...Object.entries(entry).flatMap(([condition, path]) => (condition === 'medallion-source' ? [] : [path])));
    }
    expect(entries.filter((entry) => !existsSync(join(installed, entry)))).toEqual([]);
  });
});

describe('in an app of its own that has installed the package', () => {
  let template: string;

  it('an ES module type-checks against the shipped types and synthesizes', async () => {
    const folder = appFolder('esm', { type: 'module' }, { module: 'NodeNext', noEmit: true });
    expect(await compile(folder)).toBe('');
    template = await synthesize(folder, [TSX, 'app.ts']);
    expect(template).toContain('AWS::StepFunctions::StateMachine');
    expect(template).toContain('OurOwn');
  });

  it('an ES module for a bundler type-checks', async () => {
    const folder = appFolder('bundler', { type: 'module' }, { module: 'ESNext', moduleResolution: 'bundler', noEmit: true });
    expect(await compile(folder)).toBe('');
  });

  it('a CommonJS app under NodeNext type-checks, and synthesizes the same by tsx and compiled', async () => {
    const folder = appFolder('cjs-nodenext', {}, { module: 'NodeNext', outDir: 'out' });
    expect(await compile(folder)).toBe('');
    expect(readFileSync(join(folder, 'out/app.js'), 'utf8')).toContain('require("cdk-medallion")');
    expect(await synthesize(folder, [TSX, 'app.ts'])).toBe(template);
    expect(await synthesize(folder, ['out/app.js'])).toBe(template);
  });

  it('a CommonJS app of the old module resolution type-checks and synthesizes the same', async () => {
    // It sees `main` and `types` only, no `exports`: so no subpath imports.
    const folder = appFolder('cjs-node10', {}, { module: 'CommonJS', moduleResolution: 'node10', outDir: 'out' });
    const source = readFileSync(join(folder, 'app.ts'), 'utf8');
    writeFileSync(join(folder, 'app.ts'), withoutSubpaths(source));
    expect(await compile(folder)).toBe('');
    expect(await synthesize(folder, ['out/app.js'])).toBe(template);
  });

  it.each(['esm', 'cjs-nodenext'])('the command line runs the %s app on a file and answers questions about it', async (name) => {
    const folder = join(place, name);
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: `node ${TSX} app.ts` }));
    writeFileSync(join(folder, 'sales.ndjson'), SALES.map((sale) => `${JSON.stringify(sale)}\n`).join(''));
    const options = { cwd: folder, env: environment() };
    const ran = await run('npx', ['--no', 'medallion', 'run', '--input', 'sales=sales.ndjson'], options);
    expect(ran).toMatch(/bronze +sales +4 +3 +1 +0/);
    expect(ran).toMatch(/gold +daily_takings +2 +2 +0 +0/);
    const asked = await run('npx', ['--no', 'medallion', 'query', 'select * from gold.daily_takings order by day', '--json'], options);
    expect(JSON.parse(asked)).toEqual([
      expect.objectContaining({ day: '2026-01-30', takings: '19.75' }),
      expect.objectContaining({ day: '2026-01-31', takings: '3.00' }),
    ]);
  });
});

const SALES = [
  { sale_id: 's1', amount: 12.5, sold_at: '2026-01-30T09:15:00Z' },
  { sale_id: 's2', amount: 7.25, sold_at: '2026-01-30T23:59:59.5Z' },
  { sale_id: 's3', amount: 3, sold_at: '2026-01-31T00:00:00Z' },
  { sale_id: 's4', amount: 'free', sold_at: '2026-01-31T08:00:00Z' },
];

function withoutSubpaths(source: string): string {
  const lines = source.split('\n').filter((line) => !line.includes('cdk-medallion/') && !/^(\/\/ |export const )/.test(line));
  return lines.join('\n').replace('const stack = new Till', 'new Till');
}

/** What a module imports, types and `import()` included. */
function importsOf(code: string): string[] {
  return ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
