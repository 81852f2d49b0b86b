import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP_SOURCES, type ShopSource, shopEvents } from '../../examples/shop/events.js';
import type { SourceInput } from '../../lib/local/index.js';
import { runFolder } from '../../scripts/engines/server.js';
import { assemblyOf } from './examples.js';
import { TwinLake } from './lake-on-trino.js';

const NOW = new Date('2026-02-01T12:00:00Z');
const DATA = join(import.meta.dirname, '../../node_modules/vega-datasets/data');
const folder = runFolder('exports');
const AS_OF = new Date('2026-02-01T13:00:00Z');

/** Runs the pipeline here and on Trino, and compares what both say and every table that both made. */
async function expectTwins(lake: TwinLake): Promise<void> {
  const { local, trino } = await lake.runBoth(AS_OF);
  expect(lake.statements.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(trino.status).toBe('succeeded');
  expect(trino.tables.map(({ ms: _, ...counts }) => counts)).toEqual(local.tables.map(({ ms: _, ...counts }) => counts));
  for (const table of await lake.icebergTables()) {
    expect([table.name, await lake.trinoRows(table)]).toEqual([table.name, await lake.localRows(table)]);
  }
}

describe('the flights on Trino with Iceberg', () => {
  it('are the tables that the local run makes', async () => {
    const lake = await TwinLake.open(assemblyOf('flights').directory, () => NOW);
    await lake.deliver('flights', await someFlights());
    await lake.deliver('airports', join(DATA, 'airports.csv'));
    await expectTwins(lake);
    await lake.local.close();
  });
});

describe('the shop on Trino with Iceberg', () => {
  let lake: TwinLake;

  beforeAll(async () => {
    lake = await TwinLake.open(assemblyOf('shop in dev').directory, () => NOW);
  });
  afterAll(() => lake?.local.close());

  it.each([1, 2])('takes every statement of run %d as Athena would get it, and makes the tables that the local run makes', async (seed) => {
    // The second delivery overlaps the first: updates, repeats and late events meet a table that is not empty.
    const events = shopEvents({ seed, customers: 50, products: 20, orders: 300 });
    for (const source of SHOP_SOURCES) await lake.deliver(source, asInput(source, seed, events[source].records));
    await expectTwins(lake);
  });

  it('leaves tables that Spark and DuckDB read as Trino does', async () => {
    for (const table of await lake.icebergTables()) {
      // Each reads through its own Iceberg; one of the many quarantine tables would say no more than the others.
      if (table.zone === 'quarantine') continue;
      const rows = await lake.trinoRows(table);
      expect(rows.length).toBeGreaterThan(0);
      expect([table.name, await lake.sparkRows(table)]).toEqual([table.name, rows]);
      expect([table.name, await lake.duckdbRows(table)]).toEqual([table.name, rows]);
    }
  });
});

/** Two days of the public file: enough for every route to have several flights. */
async function someFlights(): Promise<string> {
  const file = join(folder, 'flights.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `COPY (SELECT * FROM '${join(DATA, 'flights-3m.parquet')}' WHERE date < '2001-01-03') TO '${file}' (FORMAT parquet)`,
  );
  return file;
}

/** Streams take the records one by one, the other sources their export as a file. */
function asInput(source: ShopSource, seed: number, records: readonly Uint8Array[]): SourceInput {
  if (source === 'order_events' || source === 'payments') return records;
  const file = join(folder, `${source}-${seed}.${source === 'customers' ? 'csv' : 'ndjson'}`);
  writeFileSync(file, Buffer.concat(records.flatMap((record) => [record, Uint8Array.of(0x0a)])));
  return file;
}
