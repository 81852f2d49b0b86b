/** How long a stranger waits for gold rows: a clone of the last commit in a new folder, `npm ci && npm start`. Takes the network. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';

const BUDGET_S = 60;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The head of the table that the run ends with. */
const GOLD = /^gold\.\w+: \d+ of \d+ rows/m;

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'medallion-bench-'));
  try {
    const clone = join(folder, 'clone');
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    const start = performance.now();
    await command(clone, 'npm', ['ci', '--no-audit', '--no-fund']);
    const installed = performance.now();
    const rows = await command(clone, 'npm', ['start']);
    const end = performance.now();
    if (!GOLD.test(rows)) throw new Error('npm start showed no gold rows');
    const [install, show] = [(installed - start) / 1000, (end - installed) / 1000];
    const detail = `npm ci ${install.toFixed(1)} s with this machine's npm cache, npm start ${show.toFixed(1)} s`;
    return [{ name: `fresh clone to gold rows / ${BUDGET_S} s`, ratio: (install + show) / BUDGET_S, budget: 1, detail }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function command(cwd: string, name: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(name, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: bareEnvironment() });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      all += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (all += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${name} ${args[0]} ended with ${code}:\n${all.slice(-2000)}`)),
    );
  });
}

/** Without what `npm run` and tsx put in for this process. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|INIT_CWD$)/.test(name)));
}
