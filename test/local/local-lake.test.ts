import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEvent, LocalLake } from '../../lib/local/index.js';
import { makeFolder } from './assembly-fixture.js';
import { AS_OF, openShop, order, synthShop } from './shop-fixture.js';

let shop: string;
let failing: string;
let evolved: string;
let strict: string;
let firehose: string;

beforeAll(() => {
  shop = synthShop();
  failing = synthShop({ failing: true });
  strict = synthShop({ strict: true });
  evolved = synthShop({ evolved: true });
  firehose = synthShop({ firehose: true });
}, 120_000);

const open: LocalLake[] = [];
afterEach(async () => {
  for (const lake of open.splice(0)) await lake.close();
});

async function lakeOf(assembly: string, options: Parameters<typeof openShop>[1] = {}): Promise<LocalLake> {
  const lake = await openShop(assembly, options);
  open.push(lake);
  return lake;
}

/** Every object of a bucket whose folder's name holds `zone`, by key. */
function objects(folder: string, zone: string): Record<string, string> {
  const bucket = readdirSync(join(folder, 's3')).find((name) => name.includes(zone))!;
  const files = readdirSync(join(folder, 's3', bucket), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const byKey = files.map((entry) => [
    join(entry.parentPath, entry.name).slice(join(folder, 's3', bucket).length + 1),
    join(entry.parentPath, entry.name),
  ]);
  return Object.fromEntries(byKey.map(([key, path]) => [key!, readFileSync(path!).toString('base64')]));
}

function lines(objectsOfZone: Record<string, string>): Record<string, unknown>[] {
  return Object.values(objectsOfZone).flatMap((body) =>
    gunzipSync(Buffer.from(body, 'base64'))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}

describe('a local lake', () => {
  it('delivers events and runs the pipeline: from records to gold', async () => {
    const lake = await lakeOf(shop);
    expect(lake.sources().map(({ name, kind }) => [name, kind])).toEqual([
      ['orders', 'stream'],
      ['products', 'file'],
    ]);
    expect(lake.pipelines()).toEqual(['Orders']);
    const records = [
      order(),
      order({ version: 2, amount: 12 }),
      order({ version: 1 }),
      order({ order_id: 'o2', amount: 'much' }),
      'not json',
    ];
    expect(await lake.deliver('orders', records)).toMatchObject({ received: 5, written: 3, rejected: 2, repeated: 0, failed: 0 });
    const [report] = await lake.run({ asOf: AS_OF });
    expect(report).toMatchObject({ pipeline: 'Orders', status: 'succeeded', asOf: '2026-01-31T12:00:00.000Z' });
    expect(
      report!.tables.map(({ zone, table, rowsIn, written, rejected, deduplicated }) => [
        zone,
        table,
        rowsIn,
        written,
        rejected,
        deduplicated,
      ]),
    ).toEqual([
      ['silver', 'orders', 3, 1, 0, 2],
      ['silver', 'products', 0, 0, 0, 0],
      ['gold', 'daily_revenue', 1, 1, 0, 0],
    ]);
    expect((await lake.query('select day, revenue from daily_revenue')).rows).toEqual([['2026-01-30', '12.00']]);
    expect(
      (await lake.query('select order_id, version, email, amount, ordered_at from shop_dev_silver.orders'.replace('shop', 'lake'))).rows,
    ).toEqual([['o1', 2, 'ada@example.com', '12.00', '2026-01-30 09:00:00']]);
  });

  it('F-42 runs on nothing at all', async () => {
    const lake = await lakeOf(shop);
    expect(await lake.deliver('orders', [])).toMatchObject({ received: 0, written: 0, batches: 0 });
    const [report] = await lake.run({ asOf: AS_OF });
    expect([report!.status, report!.tables.map(({ rowsIn, written }) => [rowsIn, written])]).toEqual([
      'succeeded',
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ]);
  });

  it('IM-14 a second run over the same records changes nothing', async () => {
    const lake = await lakeOf(shop);
    await lake.deliver('orders', [order(), order({ order_id: 'o2' })]);
    const table = async () => (await lake.query('select * from lake_dev_silver.orders order by 1')).rows;
    await lake.run({ asOf: AS_OF });
    const before = await table();
    const [again] = await lake.run({ asOf: AS_OF });
    expect(again!.status).toBe('succeeded');
    expect(await table()).toEqual(before);
  });

  it('F-16 KI-1 counts a redelivered record once, however it is batched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(19), { maxLength: 30 }), async (repeated) => {
        const lake = await openShop(shop);
        try {
          const at = (n: number) => ({
            data: order({ order_id: `o${n}` }),
            shardId: 'shardId-000000000000',
            sequenceNumber: String(1000 + n),
            partitionKey: 'k',
          });
          await lake.deliver(
            'orders',
            Array.from({ length: 20 }, (_, n) => at(n)),
          );
          await lake.deliver('orders', repeated.toSorted((a, b) => a - b).map(at));
          const [report] = await lake.run({ asOf: AS_OF });
          const { rowsIn, written, deduplicated } = report!.tables[0]!;
          expect([written, rowsIn - deduplicated]).toEqual([20, 20]);
          expect((await lake.query('select count(*), count(distinct order_id) from lake_dev_silver.orders')).rows).toEqual([[20, 20]]);
        } finally {
          await lake.close();
        }
      }),
      { numRuns: 5 },
    );
  });

  it('F-25 a batch that is delivered again as it was adds no object and no row', async () => {
    const lake = await lakeOf(shop);
    const record = { data: order(), shardId: 'shardId-000000000000', sequenceNumber: '1', partitionKey: 'k' };
    await lake.deliver('orders', [record, { ...record, data: 'broken', sequenceNumber: '2' }]);
    const again = await lake.deliver('orders', [record, { ...record, data: 'broken', sequenceNumber: '2' }]);
    expect(again).toMatchObject({ received: 2, written: 0, rejected: 0, repeated: 2 });
  });

  it('gives the same bytes for the same input, clock and seed, and other positions for another seed', async () => {
    const written = async (seed: number) => {
      const folder = makeFolder();
      const lake = await openShop(shop, { folder, seed });
      await lake.deliver('orders', [...Array.from({ length: 300 }, (_, n) => order({ order_id: `o${n}` })), 'broken']);
      await lake.deliver('orders', [order({ order_id: 'later' })]);
      await lake.close();
      return { bronze: objects(folder, 'bronze'), refused: objects(folder, 'quarantine') };
    };
    const first = await written(1);
    expect(Object.keys(first.bronze).length).toBeGreaterThan(4);
    expect(await written(1)).toEqual(first);
    expect(Object.keys((await written(2)).bronze)).not.toEqual(Object.keys(first.bronze));
  });

  it('F-1 to F-5 keeps every refused record with its reason and its bytes', async () => {
    const folder = makeFolder();
    const lake = await lakeOf(shop, { folder });
    const bad = [
      '',
      '  ',
      'null',
      '[]',
      '7',
      '{"order_id":',
      '{}',
      `${order()}${order()}`,
      order({ amount: 'much' }),
      Buffer.from([0x7b, 0xff, 0x7d]),
    ];
    const sent = bad.map((data) => Buffer.from(data));
    const report = await lake.deliver('orders', sent);
    expect([report.received, report.written + report.rejected, report.rejected]).toEqual([bad.length, bad.length, bad.length]);
    const refused = lines(objects(folder, 'quarantine'));
    expect(refused.map((row) => row['payload_base64']).toSorted()).toEqual(sent.map((data) => data.toString('base64')).toSorted());
    expect(refused.every((row) => (row['reasons'] as { rule: string }[]).length > 0)).toBe(true);
  });

  it('reads files: once whole, the same one again without effect', async () => {
    const lake = await lakeOf(shop);
    const file = join(makeFolder(), 'products.csv');
    writeFileSync(file, 'product_id,price\np1,9.99\np2,cheap\n');
    expect(await lake.deliver('products', file)).toMatchObject({ received: 2, written: 1, rejected: 1, failed: 0 });
    expect(await lake.deliver('products', file)).toMatchObject({ written: 0, rejected: 0, repeated: 2 });
    const [report] = await lake.run({ asOf: AS_OF });
    expect(report!.tables[1]).toMatchObject({ table: 'products', rowsIn: 1, written: 1 });
  });

  it('delivers through Firehose with the same rows and refusals', async () => {
    const lake = await lakeOf(firehose);
    expect(lake.sources()[0]).toMatchObject({ name: 'orders', kind: 'firehose' });
    const records = [...Array.from({ length: 30 }, (_, n) => order({ order_id: `o${n}` })), 'broken'];
    expect(await lake.deliver('orders', records)).toMatchObject({ received: 31, written: 30, rejected: 1, failed: 0 });
    const [report] = await lake.run({ asOf: AS_OF });
    expect(report!.tables[0]).toMatchObject({ rowsIn: 30, written: 30 });
  });

  it('F-34 a run that fails says which state did, is told to the topic, publishes nothing, and quotes no row', async () => {
    const folder = makeFolder();
    const events: LocalEvent[] = [];
    const lake = await lakeOf(failing, { folder, onEvent: (event) => events.push(event) });
    await lake.deliver('orders', [order({ email: 'sentinel@example.com' })]);
    const [report] = await lake.run({ asOf: AS_OF });
    expect(report).toMatchObject({
      status: 'failed',
      error: { state: expect.stringMatching(/^Build .*orders/i), name: 'States.TaskFailed' },
    });
    expect((await lake.query('select * from lake_dev_silver.orders')).rows).toEqual([]);
    const told = readFileSync(join(folder, 'notifications.ndjson'), 'utf8');
    expect(JSON.parse(told)).toMatchObject({ message: `Pipeline Orders failed in run ${report!.runId}: States.TaskFailed` });
    expect(JSON.stringify([report, events, told]).toLowerCase()).not.toContain('sentinel');
  });

  it('F-41 publishes nothing of a table that is refused, and keeps its candidate to be looked at until a run succeeds', async () => {
    const folder = makeFolder();
    const lake = await openShop(strict, { folder });
    const candidates = async (lake: LocalLake): Promise<unknown> =>
      (await lake.query("select count(*) from duckdb_tables() where schema_name = 'lake_dev_operations'")).rows[0]![0];
    await lake.deliver('orders', [order(), order({ order_id: 'o2', amount: 0 })]);
    const [refused] = await lake.run({ asOf: AS_OF });
    expect(refused).toMatchObject({ status: 'failed', error: { state: 'silver.orders', name: 'TableRefused' } });
    expect(refused!.error!.message).toContain('paid');
    expect(refused!.tables[0]).toMatchObject({ table: 'orders', rowsIn: 2, written: 0 });
    expect((await lake.query('select count(*) from lake_dev_silver.orders')).rows).toEqual([[0]]);
    expect(await candidates(lake)).toBe(1);
    await lake.close();
    const corrected = await lakeOf(shop, { folder });
    const [passed] = await corrected.run({ asOf: AS_OF });
    expect([passed!.status, await candidates(corrected)]).toEqual(['succeeded', 0]);
  });

  it('takes deliveries that were started together one after the other', async () => {
    const lake = await lakeOf(shop);
    const parts = Array.from({ length: 5 }, (_, part) => Array.from({ length: 20 }, (_, n) => order({ order_id: `o${part}-${n}` })));
    const reports = await Promise.all(parts.map((records) => lake.deliver('orders', records)));
    expect(reports.map(({ written, repeated }) => [written, repeated])).toEqual(parts.map(() => [20, 0]));
  });

  it('adds a column to a table that exists', async () => {
    const folder = makeFolder();
    const before = await openShop(shop, { folder });
    await before.deliver('orders', [order()]);
    await before.run({ asOf: AS_OF });
    await before.close();
    const lake = await lakeOf(evolved, { folder });
    await lake.deliver('orders', [order({ order_id: 'o2' })]);
    expect((await lake.run({ asOf: AS_OF }))[0]!.status).toBe('succeeded');
    expect((await lake.query('select order_id, note from lake_dev_silver.orders order by 1')).rows).toEqual([
      ['o1', 'new'],
      ['o2', 'new'],
    ]);
  });

  it('leaves one folder that DuckDB reads by itself', async () => {
    const folder = makeFolder();
    const lake = await openShop(shop, { folder });
    await lake.deliver('orders', [order(), 'broken']);
    await lake.run({ asOf: AS_OF });
    await lake.close();
    const script = `
      const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))});
      const connection = await (await DuckDBInstance.create('lake.duckdb')).connect();
      const rows = [];
      for (const table of ['lake_dev_bronze.orders', 'lake_dev_quarantine.bronze_orders', 'lake_dev_silver.orders', 'lake_dev_operations.runs'])
        rows.push((await connection.runAndReadAll('select count(*)::int from ' + table)).getRowsJson()[0][0]);
      console.log(JSON.stringify(rows));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual([1, 1, 1, 1]);
  });

  it('lists its tables with rows, bytes, storage and last run', async () => {
    const lake = await lakeOf(shop);
    await lake.deliver('orders', [order()]);
    await lake.run({ asOf: AS_OF });
    const tables = await lake.tables();
    const bronze = tables.find(({ zone, name }) => zone === 'bronze' && name === 'orders');
    expect(bronze).toMatchObject({ database: 'lake_dev_bronze', storage: 'objects', rows: 1, lastRun: '2026-01-31T11:00:00.000Z' });
    expect(bronze!.bytes).toBeGreaterThan(0);
    const gold = tables.find(({ zone }) => zone === 'gold');
    expect(gold).toMatchObject({ name: 'daily_revenue', storage: 'simulated Iceberg', rows: 1, lastRun: '2026-01-31T11:00:00.000Z' });
    expect(tables.find(({ zone, name }) => zone === 'silver' && name === 'products')).toMatchObject({ rows: 0 });
  });

  it('shows rows of a table by any of its names', async () => {
    const lake = await lakeOf(shop);
    await lake.deliver('orders', [order(), order({ order_id: 'o2' })]);
    await lake.run({ asOf: AS_OF });
    for (const name of ['silver.orders', 'orders', 'lake_dev_silver.orders']) expect((await lake.show(name, 1)).rows).toHaveLength(1);
    await expect(lake.show('nope')).rejects.toThrow("no table 'nope': this lake has lake_dev_");
  });

  it('lets a reader change nothing', async () => {
    const lake = await lakeOf(shop);
    for (const sql of [
      'drop table lake_dev_silver.orders',
      'delete from lake_dev_silver.orders',
      "copy (select 1) to 'x.csv'",
      'set threads = 1',
    ]) {
      await expect(lake.query(sql)).rejects.toThrow('only queries are run');
    }
    await expect(lake.query('explain analyze delete from lake_dev_silver.orders')).rejects.toThrow();
    await expect(lake.query('select 1; select 2')).rejects.toThrow('one query at a time, got 2 statements');
  });

  it('F-34 quotes no value in what it says about a query', async () => {
    const lake = await lakeOf(shop);
    await lake.deliver('orders', [order({ email: 'sentinel@example.com' })]);
    await expect(lake.query('select cast(email as int) from lake_dev_bronze.orders')).rejects.toThrow(
      /^the statement failed while it ran: Conversion Error$/,
    );
    await expect(lake.query('select emial from lake_dev_bronze.orders')).rejects.toThrow('Binder Error');
  });

  it('says what it was not given right', async () => {
    const lake = await lakeOf(shop);
    await expect(lake.deliver('nope', [])).rejects.toThrow("no source 'nope': this lake has orders, products");
    await expect(lake.run({ pipeline: 'Nope' })).rejects.toThrow("no pipeline 'Nope': this lake has Orders");
    await expect(lake.deliver('orders', '/no/such/file')).rejects.toThrow("no file '/no/such/file' to deliver");
    await expect(lake.deliver('products', ['{}'])).rejects.toThrow("the source 'products' takes files: give the path of one");
    await expect(lake.deliver('orders', [{ data: '{}', shardId: 'shardId-000000000000' }])).rejects.toThrow(
      'shardId and sequenceNumber together or neither',
    );
  });

  it('keeps two processes out of one folder', async () => {
    const folder = makeFolder();
    await lakeOf(shop, { folder });
    const script = `
      const { LocalLake } = await import('cdk-medallion/local');
      await LocalLake.open({ assembly: ${JSON.stringify(shop)}, folder: ${JSON.stringify(folder)} }).catch((error) => console.log(error.message));`;
    const run = ['--import', 'tsx', '--conditions=medallion-source', '--input-type=module', '-e', script];
    expect(execFileSync(process.execPath, run, { encoding: 'utf8' })).toContain('another process has it open: close it first');
  });

  it('lists what it only records', async () => {
    const types = new Set((await lakeOf(shop)).recorded().map(({ type }) => type));
    expect(types).toContain('AWS::IAM::Role');
    expect(types).toContain('AWS::KMS::Key');
  });
});
