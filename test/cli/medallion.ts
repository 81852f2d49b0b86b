import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as its own process, from source, in a folder. */
export function medallion(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Finished> {
  // tsx by its own path: the folder of a test has no node_modules.
  const tsx = import.meta.resolve('tsx');
  const flags = ['--import', tsx, '--conditions=medallion-source', join(root, 'bin/medallion.ts')];
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [...flags, ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: '1', CDK_VALIDATION: 'false', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}

/** An empty folder of its own for a test, with these files. */
export function folder(files: Record<string, string> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'medallion-cli-'));
  for (const [name, body] of Object.entries(files)) writeFileSync(join(made, name), body);
  return made;
}

/** A folder with these files and what `npm install cdk-medallion aws-cdk-lib` would have put there, from source. */
export function userFolder(files: Record<string, string>): string {
  const made = folder({ 'package.json': JSON.stringify({ type: 'module' }), ...files });
  const modules = join(made, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(root, join(modules, 'cdk-medallion'));
  for (const name of ['aws-cdk-lib', 'constructs', 'tsx']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  symlinkSync(join(root, 'node_modules/.bin/tsx'), join(modules, '.bin/tsx'));
  const script = `#!/bin/sh\nexec node --import tsx "${join(root, 'bin/medallion.ts')}" "$@"\n`;
  writeFileSync(join(modules, '.bin/medallion'), script);
  chmodSync(join(modules, '.bin/medallion'), 0o755);
  return made;
}
