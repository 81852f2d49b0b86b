import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'medallion-package-'));

/** As someone's own app would: the lake stands in that app's stack. */
const APP = readFileSync(join(root, 'README.md'), 'utf8').match(/<!-- run: smallest.ts -->\n```ts\n([\s\S]*?)```/)![1]!;
const ROW = { order_id: 'o1', amount: 12.5, ordered_at: '2026-01-30T09:15:00Z' };

function sh(cwd: string, command: string, ...args: string[]): string {
  const env = { ...process.env, CDK_VALIDATION: 'false', NODE_OPTIONS: '' };
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A folder with the packed package unpacked among its node_modules; what it depends on is linked. */
function install(tarball: string, name: string, type: 'module' | 'commonjs'): string {
  const cwd = join(home, name);
  const modules = join(cwd, 'node_modules');
  mkdirSync(join(modules, 'cdk-medallion'), { recursive: true });
  sh(cwd, 'tar', 'xzf', tarball, '-C', join(modules, 'cdk-medallion'), '--strip-components=1');
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (entry !== 'cdk-medallion' && entry !== '.bin') symlinkSync(join(root, 'node_modules', entry), join(modules, entry));
  }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'app', private: true, type }));
  writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ app: 'node --import tsx app.ts' }));
  writeFileSync(join(cwd, 'app.ts'), APP);
  writeFileSync(join(cwd, 'orders.ndjson'), `${JSON.stringify(ROW)}\n`);
  return cwd;
}

describe('the packed package, in an app elsewhere', () => {
  let tarball: string;

  beforeAll(() => {
    sh(root, process.execPath, '--import', 'tsx', 'scripts/build.ts');
    const [packed] = JSON.parse(sh(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', home));
    tarball = join(home, packed.filename);
  }, 300_000);

  it.each(['module', 'commonjs'] as const)(
    'synthesizes and runs from an entry of type %s',
    (type) => {
      const cwd = install(tarball, type, type);
      const cli = join(cwd, 'node_modules/cdk-medallion/dist/bin/medallion.js');
      sh(cwd, process.execPath, cli, 'run', '--input', 'orders=orders.ndjson');
      const rows = sh(cwd, process.execPath, cli, 'query', 'select day, revenue from gold.daily_revenue', '--json');
      expect(JSON.parse(rows)).toEqual([{ day: '2026-01-30', revenue: '12.50' }]);
    },
    120_000,
  );

  it('ships handlers, grammar and types, and neither tests nor examples', () => {
    const files = sh(home, 'tar', 'tzf', tarball).split('\n');
    for (const file of ['dist/lib/index.js', 'dist/lib/index.d.ts', 'dist/handlers/conform-stream/index.mjs', 'dist/grammar/trino.mjs']) {
      expect(files).toContain(`package/${file}`);
    }
    expect(files.filter((file) => /^package\/(?:dist\/)?(?:test|examples|bench)\//.test(file))).toEqual([]);
  });
});
