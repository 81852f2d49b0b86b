import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, medallion } from './medallion.js';

describe('the command line', () => {
  it('teaches with examples when asked, on stdout and with exit code 0', async () => {
    const help = await medallion(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('medallion run --input orders=orders.csv');
    expect(help.stdout).toContain('Exit codes: 0 all well, 1 a finding');
    expect(help.stderr).toBe('');
  });

  it.each(['run', 'query', 'tables', 'show'])('explains %s by itself', async (command) => {
    const help = await medallion([command, '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('--folder <folder>');
  });

  it.each([
    { args: ['rnu'], says: 'Did you mean run?' },
    { args: ['run', '--inptu', 'x'], says: 'Did you mean --input?' },
    { args: ['run', '--input', 'orders'], says: 'must be <source>=<file>' },
    { args: ['run', '--as-of', '2026-01-31'], says: 'must be a time with its zone' },
    { args: ['run', '--seed', '-1'], says: 'must be a whole number' },
    { args: ['query', 'select 1', '--json', '--csv'], says: "'--json' cannot be used with option '--csv'" },
    { args: ['show', 'orders', '--rows', '0'], says: 'must be a whole number' },
    { args: ['query'], says: "missing required argument 'sql'" },
  ])('refuses $args with exit code 2, a remedy on stderr and nothing on stdout', async ({ args, says }) => {
    const refused = await medallion(args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(says);
  });

  it('says what to do where there is no app', async () => {
    const refused = await medallion(['run'], { cwd: folder() });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('no cdk.json in');
    expect(refused.stderr).toContain('--assembly <folder>');
    expect(refused.stderr).not.toContain('    at ');
  });

  it('says what to do where nothing has run yet', async () => {
    const refused = await medallion(['tables', '--json'], { cwd: folder() });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('fill it with: medallion run');
  });

  it('shows what the app said when it does not synthesize, without its stack', async () => {
    const app = `throw new Error('Orders/Cleaned: unknown column "emial"; did you mean "email"?')`;
    const cwd = folder({ 'cdk.json': JSON.stringify({ app: 'node app.mjs' }), 'app.mjs': app });
    const refused = await medallion(['run'], { cwd });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('unknown column "emial"; did you mean "email"?');
    expect(refused.stderr).not.toContain('    at ');
    expect((await medallion(['run', '--verbose'], { cwd })).stderr).toContain('    at ');
  });

  it('names a missing input file before it synthesizes', async () => {
    const cwd = folder({ 'cdk.json': JSON.stringify({ app: 'touch synthesized' }) });
    const refused = await medallion(['run', '--input', 'orders=nowhere.csv'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`no file ${join(cwd, 'nowhere.csv')}`);
    expect(existsSync(join(cwd, 'synthesized'))).toBe(false);
  });

  it('does not touch a folder that holds something else', async () => {
    const cwd = folder({ 'cdk.json': JSON.stringify({ app: 'true' }) });
    mkdirSync(join(cwd, 'precious'));
    writeFileSync(join(cwd, 'precious/file'), 'kept');
    const refused = await medallion(['run', '--fresh', '--folder', 'precious'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('was not made by medallion');
    expect(existsSync(join(cwd, 'precious/file'))).toBe(true);
  });
});
