import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { userFolder } from './cli/medallion.js';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly code: string;
  /** File name from a `<!-- run: … -->` above the block. */
  readonly name?: string;
}

const blocks: Block[] = [...readme.matchAll(/(?:<!-- (?:check|run: (?<name>\S+)) -->\n)?```(?<language>\w+)\n(?<code>[\s\S]*?)```/g)].map(
  ({ groups }) => ({
    language: groups!['language']!,
    code: groups!['code']!,
    ...(groups!['name'] === undefined ? {} : { name: groups!['name'] }),
  }),
);

function named(name: string): string {
  const block = blocks.find((each) => each.name === name);
  if (block === undefined) throw new Error(`README.md has no block ${name}`);
  return block.code;
}

/** What the compiler says of the blocks, as files of this package. */
function diagnose(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile.call(host, file);
  host.fileExists = (file) => sources.has(file) || fileExists.call(host, file);
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter((found) => found.file === undefined || sources.has(found.file.fileName))
    .map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'));
}

describe('README.md', () => {
  it('M-16 compiles: every block of TypeScript', { timeout: 120_000 }, () => {
    const sources = new Map(
      blocks.filter((block) => block.language === 'ts').map((block, i) => [join(root, `readme-block-${i}.ts`), block.code]),
    );
    expect(sources.size).toBeGreaterThan(2);
    expect(diagnose(sources)).toEqual([]);
  });

  it('runs: its smallest pipeline on its own rows', { timeout: 120_000 }, () => {
    const cwd = userFolder({
      'cdk.json': JSON.stringify({ app: 'npx tsx smallest.ts' }),
      'smallest.ts': named('smallest.ts'),
      'smallest.sh': named('smallest.sh'),
    });
    const env = { ...process.env, NODE_OPTIONS: '--conditions=medallion-source', NO_COLOR: '1', CDK_VALIDATION: 'false' };
    const ran = spawnSync('bash', ['-e', 'smallest.sh'], { cwd, env, encoding: 'utf8' });
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/bronze +orders +3 +2 +1 +0/);
    expect(ran.stdout).toMatch(/2026-01-30 +19\.75/);
  });

  it('points at files that exist', () => {
    for (const page of ['README.md', 'docs/README.md', 'examples/flights/README.md']) {
      const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1]!);
      expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
    }
  });

  it('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const known = new Set([...Object.keys(scripts), 'ci', 'install']);
    const mentioned = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map((match) => match[1]!);
    expect(mentioned.filter((name) => !known.has(name))).toEqual([]);
  });
});
