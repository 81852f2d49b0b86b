/** What a cold start of the ingest handler costs over an empty one: each is imported in fresh processes, in turn, and the best time counts: a busy machine only adds. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildHandlers } from '../scripts/build.js';
import type { Figure } from './figure.js';

const BUDGET_MS = 10;
const ROUNDS = 25;

const CONTRACT = {
  name: 'orders',
  version: '0123456789ab',
  columns: [
    { name: 'order_id', type: { kind: 'text' }, nullable: false, key: true },
    { name: 'amount', type: { kind: 'decimal', precision: 12, scale: 2 }, nullable: false },
    { name: 'ordered_at', type: { kind: 'timestamp' }, nullable: false, eventTime: true },
  ],
  rules: [],
};

const ENVIRONMENT = {
  MEDALLION_TABLE: 'orders',
  MEDALLION_BRONZE_BUCKET: 'bronze',
  MEDALLION_QUARANTINE_BUCKET: 'quarantine',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

/** Milliseconds that importing a module takes in a new process. */
export function loadMs(module: string): number {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(module).href)}); process.stdout.write(String(performance.now() - start));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, ...ENVIRONMENT } });
  return Number(out.toString());
}

/** Handlers in a folder of their own with a contract beside them, as they are deployed. */
async function stage(folder: string): Promise<{ readonly empty: string; readonly handlers: ReadonlyMap<string, string> }> {
  const dist = fileURLToPath(new URL('../dist/handlers/', import.meta.url));
  if (!existsSync(dist)) await buildHandlers();
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export async function handler() { return { batchItemFailures: [] }; }\n');
  const handlers = new Map<string, string>();
  for (const name of ['conform-stream', 'conform-firehose', 'conform-file']) {
    mkdirSync(join(folder, name));
    copyFileSync(join(dist, name, 'index.mjs'), join(folder, name, 'index.mjs'));
    writeFileSync(join(folder, name, 'contract.json'), JSON.stringify(CONTRACT));
    handlers.set(name, join(folder, name, 'index.mjs'));
  }
  return { empty, handlers };
}

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'medallion-load-'));
  try {
    const { empty, handlers } = await stage(folder);
    const times = new Map<string, number[]>([[empty, []], ...[...handlers.values()].map((path) => [path, []] as [string, number[]])]);
    for (let round = 0; round < ROUNDS; round++) for (const [path, all] of times) all.push(loadMs(path));
    const base = Math.min(...(times.get(empty) as number[]));
    return [...handlers].map(([name, path]) => {
      const over = Math.min(...(times.get(path) as number[])) - base;
      return {
        name: `load ${name} over an empty handler / ${BUDGET_MS} ms`,
        ratio: over / BUDGET_MS,
        budget: 1,
        detail: `${over.toFixed(1)} ms over ${base.toFixed(1)} ms`,
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
