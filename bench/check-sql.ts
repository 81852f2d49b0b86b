/** What checking SQL costs a synth, and how large the parser is that is shipped. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Figure, median } from './figure.js';

export async function run(): Promise<readonly Figure[]> {
  const runs = Array.from({ length: 3 }, cold);
  const total = median(runs.map((one) => one.total));
  const warm = median(runs.flatMap((one) => one.last));
  const packed = gzipSync(readFileSync(join(import.meta.dirname, '../dist/grammar/trino.mjs')), { level: 9 }).length / 1024;
  return [
    {
      name: '50 transforms checked, cold process, seconds',
      ratio: total / 1000,
      budget: 2,
      detail: `${total.toFixed(0)} ms of processor time, with loading and DuckDB's start`,
    },
    { name: 'a transform after the first thirty, milliseconds', ratio: warm, budget: 10, detail: 'parsed, analyzed, printed, bound' },
    { name: 'the shipped parser, KB gzipped', ratio: packed, budget: 200, detail: 'no runtime dependency' },
  ];
}

function cold(): { readonly total: number; readonly last: readonly number[] } {
  const script = join(import.meta.dirname, 'check-sql-cold.ts');
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--conditions=medallion-source', script], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(`the bench did not run: ${stderr}`);
  return JSON.parse(stdout) as { total: number; last: number[] };
}
