/**
 * A local run of the shop on a million events, against bare DuckDB: what the state machine, the audit, the quarantine, the merge and
 * the reconciliation cost over a person's own `create table … as` of the same queries on the same files. Both sides start from the same
 * delivered bronze objects, write a DuckDB file and use the same settings and threads; each round takes both, in turn.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { App } from 'aws-cdk-lib/core';
import type { RunReport } from 'cdk-medallion/local';
import { LocalLake } from 'cdk-medallion/local';
import { SHOP_SOURCES, shopEvents } from '../examples/shop/events.js';
import { ShopStack } from '../examples/shop/shop-stack.js';
import { BARE_SETTINGS, bareStatements, GOLD } from './bare-shop.js';
import { type Figure, median } from './figure.js';

/** Three changes and one payment an order, duplicates and faults included: a million events on the streams. */
const ORDERS = Number(process.env['BENCH_ORDERS'] ?? 245_000);
const SIZE = { orders: ORDERS, customers: 20_000, products: 500 };
const ROUNDS = 3;
/** Deliveries arrive at one moment and the run looks a minute later, so that a round is a round's equal. */
const ARRIVED = new Date('2026-02-01T00:00:00Z');
const AS_OF = new Date('2026-02-01T00:01:00Z');
const OBJECTS = 's3';
const CHUNK = 10_000;
const NEWLINE = Uint8Array.of(0x0a);

interface Delivered {
  readonly events: number;
  readonly seconds: number;
  readonly rows: number;
}

interface Round {
  readonly seconds: number;
  /** Seconds of processor time: what other work on the machine disturbs least. */
  readonly cpu: number;
  /** Gold rows, as text, to be compared. */
  readonly gold: string;
  readonly states: ReadonlyMap<string, number>;
}

interface Rounds {
  readonly ours: Round;
  readonly plain: Round;
  readonly keyed: Round;
}

export async function run(): Promise<readonly Figure[]> {
  process.env['CDK_VALIDATION'] = 'false';
  const folder = mkdtempSync(join(tmpdir(), 'medallion-bench-'));
  try {
    const assembly = synthesize(join(folder, 'assembly'));
    const delivered = await deliver(assembly, join(folder, 'delivered'));
    const objects = join(folder, 'delivered', OBJECTS);
    const rounds: Rounds[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const ours = await ourRound(assembly, withObjects(folder, `ours-${n}`, objects));
      const plain = await bareRound(withObjects(folder, `plain-${n}`, objects), false);
      const keyed = await bareRound(withObjects(folder, `keyed-${n}`, objects), true);
      if (ours.gold !== keyed.gold) throw new Error('the run and bare DuckDB made different gold rows: they did not do the same work');
      rounds.push({ ours, plain, keyed });
    }
    const middle = rounds.toSorted((a, b) => a.ours.seconds - b.ours.seconds)[Math.floor(rounds.length / 2)]!;
    process.stderr.write(split('run', middle.ours) + split('plain', middle.plain) + split('keyed', middle.keyed));
    const speed = `delivered before at ${Math.round(delivered.events / delivered.seconds)} events/s`;
    return [
      figure(`local run of ${delivered.events} events, over bare DuckDB running its queries`, rounds, 'plain', speed),
      figure('the same, over bare DuckDB keeping one row a key, which gives the same gold rows', rounds, 'keyed', '8 tables'),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figure(name: string, rounds: readonly Rounds[], floor: 'plain' | 'keyed', more: string): Figure {
  const middle = (of: (round: Rounds) => number) => median(rounds.map(of));
  const [ours, bare] = [middle((round) => round.ours.seconds), middle((round) => round[floor].seconds)];
  const cpu = middle((round) => round.ours.cpu / round[floor].cpu);
  const detail = `${ours.toFixed(1)} s over ${bare.toFixed(1)} s; ${cpu.toFixed(2)} in processor time; ${more}`;
  return { name, ratio: middle((round) => round.ours.seconds / round[floor].seconds), budget: 2, detail };
}

function synthesize(outdir: string): string {
  const app = new App({ outdir });
  new ShopStack(app, 'Shop', { environment: { name: 'bench', disposable: true } });
  return app.synth().directory;
}

/** Feeds the shop's streams and files through the real handlers, once for all rounds. */
async function deliver(assembly: string, folder: string): Promise<Delivered> {
  const files = writeSample(`${folder}-sample`);
  const lake = await LocalLake.open({ assembly, folder, clock: () => ARRIVED });
  try {
    const total = { events: 0, seconds: 0, rows: 0 };
    for (const [source, file] of files) {
      const report = await lake.deliver(source, file);
      if (report.failed > 0) throw new Error(`${report.failed} records of ${source} could not be delivered`);
      total.rows += report.written;
      if (lake.sources().find(({ name }) => name === source)?.kind !== 'stream') continue;
      total.events += report.received;
      total.seconds += report.ms / 1000;
    }
    return total;
  } finally {
    await lake.close();
  }
}

/** The shop's records as files, line by line: a million records in one text would be too long a text. */
function writeSample(folder: string): ReadonlyMap<string, string> {
  mkdirSync(folder);
  const events = shopEvents(SIZE);
  const files = new Map<string, string>();
  for (const source of SHOP_SOURCES) {
    const path = join(folder, `${source}.${source === 'customers' ? 'csv' : 'ndjson'}`);
    const file = openSync(path, 'w');
    const { records } = events[source];
    for (let from = 0; from < records.length; from += CHUNK) {
      writeSync(file, Buffer.concat(records.slice(from, from + CHUNK).flatMap((record) => [record, NEWLINE])));
    }
    closeSync(file);
    files.set(source, path);
  }
  return files;
}

/** A folder of its own over the delivered objects. */
function withObjects(parent: string, name: string, objects: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  symlinkSync(objects, join(folder, OBJECTS));
  return folder;
}

async function ourRound(assembly: string, folder: string): Promise<Round> {
  const states = new Map<string, number>();
  const lake = await LocalLake.open({
    assembly,
    folder,
    clock: () => AS_OF,
    onEvent: (event) => {
      if (event.kind === 'state' && event.status === 'succeeded' && event.ms !== undefined) states.set(event.state, event.ms / 1000);
    },
  });
  try {
    const { seconds, cpu } = await timed(async () => refuseFailure(await lake.run({ asOf: AS_OF })));
    return { seconds, cpu, states, gold: await goldRows(async (sql) => (await lake.query(sql)).rows) };
  } finally {
    await lake.close();
  }
}

function refuseFailure(reports: readonly RunReport[]): void {
  const failed = reports.find(({ status }) => status === 'failed');
  if (failed !== undefined) throw new Error(`the run failed in '${failed.error?.state}': ${failed.error?.message}`);
}

async function bareRound(folder: string, keyed: boolean): Promise<Round> {
  const instance = await DuckDBInstance.create(join(folder, 'bare.duckdb'));
  const connection = await instance.connect();
  for (const setting of BARE_SETTINGS) await connection.run(setting);
  const states = new Map<string, number>();
  const { seconds, cpu } = await timed(async () => {
    for (const [name, statement] of bareStatements(join(folder, OBJECTS), keyed)) {
      const from = performance.now();
      await connection.run(statement);
      states.set(name, (performance.now() - from) / 1000);
    }
  });
  const gold = await goldRows(async (sql) => (await connection.runAndReadAll(sql)).getRowsJson());
  connection.closeSync();
  instance.closeSync();
  return { seconds, cpu, states, gold };
}

/** All gold rows as one text. Values that differ in type only, as a count, are written alike. */
async function goldRows(read: (sql: string) => Promise<readonly unknown[]>): Promise<string> {
  const all: unknown[] = [];
  for (const [table, columns] of Object.entries(GOLD)) {
    const texts = columns.map((column) => `cast(${column} as varchar)`).join(', ');
    all.push(await read(`select ${texts} from ${table} order by all`));
  }
  return JSON.stringify(all);
}

async function timed(work: () => Promise<void>): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function split(title: string, { seconds, states }: Round): string {
  const slowest = [...states].filter(([, each]) => each >= 0.05).sort((a, b) => b[1] - a[1]);
  return `${title}: ${seconds.toFixed(2)} s\n${slowest.map(([name, each]) => `  ${each.toFixed(2)} s  ${name}\n`).join('')}`;
}
