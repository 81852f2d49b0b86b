import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP_SOURCES, type ShopSource, shopEvents } from '../../examples/shop/events.js';
import type { ShopSize } from '../../examples/shop/facts.js';
import { ShopStack } from '../../examples/shop/shop-stack.js';
import type { DeliveryReport, LocalLake, RunReport, TableReport } from '../../lib/local/index.js';
import { openLake, rowsOf, synthesize } from './run.js';
import { shopTruth } from './shop-truth.js';

const SIZE: ShopSize = { seed: 7, customers: 60, products: 20, orders: 500 };
const truth = shopTruth(SIZE);
const events = shopEvents(SIZE);

let assembly: string;
let lake: LocalLake;
let run: RunReport;
const delivered = new Map<ShopSource, DeliveryReport>();

beforeAll(async () => {
  assembly = synthesize((app) => new ShopStack(app, 'Shop', { environment: { name: 'dev' } }));
  lake = await openLake(assembly);
  await deliverAll();
  run = (await lake.run())[0]!;
}, 120_000);

afterAll(() => lake?.close());

/** Streams get the records one by one, the others their export as a file. */
async function deliverAll(): Promise<void> {
  for (const source of SHOP_SOURCES) {
    const { records } = events[source];
    const stream = source === 'order_events' || source === 'payments';
    delivered.set(source, await lake.deliver(source, stream ? records : fileOf(source, records)));
  }
}

const exports = mkdtempSync(join(tmpdir(), 'medallion-shop-'));

function fileOf(source: ShopSource, records: readonly Uint8Array[]): string {
  const file = join(exports, `${source}.${source === 'customers' ? 'csv' : 'ndjson'}`);
  writeFileSync(file, Buffer.concat(records.flatMap((record) => [record, Buffer.from('\n')])));
  return file;
}

function report(table: string): TableReport {
  const found = run.tables.find((each) => each.table === table && each.zone !== 'bronze');
  if (found === undefined) throw new Error(`the run reports no table ${table}`);
  return found;
}

describe('the shop, from its events to gold', () => {
  it.each(SHOP_SOURCES)('accounts for every record of %s: kept, or in quarantine', (source) => {
    const { truth: sent } = events[source];
    const got = delivered.get(source)!;
    expect(got).toMatchObject({ received: sent.sent, written: sent.kept, rejected: sent.refused, repeated: 0, failed: 0 });
  });

  it('succeeds', () => {
    expect(run.error).toBeUndefined();
    expect(run.status).toBe('succeeded');
  });

  it('loses no row between two tables: in = written + rejected + deduplicated', () => {
    expect(run.tables.length).toBeGreaterThanOrEqual(8);
    for (const { table, rowsIn, written, rejected, deduplicated } of run.tables) {
      expect({ table, rowsIn }).toEqual({ table, rowsIn: written + rejected + deduplicated });
    }
  });

  it('makes one row of an order in its last status, whatever the order of its events', async () => {
    const rows = await rowsOf(lake, 'select order_id, status, version, amount, item_count from orders');
    const found = new Map(rows.map(({ order_id, ...rest }) => [order_id!, rest]));
    const expected = new Map([...truth.orders].map(([id, { version, ...rest }]) => [id, { ...rest, version: String(version) }]));
    expect(found).toEqual(expected);
    expect(report('orders')).toMatchObject({ rowsIn: events.order_events.truth.kept, written: truth.orders.size });
  });

  it('counts duplicates as deduplicated, not as rows', async () => {
    expect(report('payments')).toMatchObject({
      rowsIn: events.payments.truth.kept,
      written: truth.payments,
      deduplicated: events.payments.truth.duplicates,
    });
    expect(report('order_items').written).toBe(truth.orderItems);
  });

  it('reaches the revenue of each day to the cent', async () => {
    expect(await rowsOf(lake, 'select day, payments, captured, refunded, revenue from daily_revenue order by day')).toEqual(
      truth.dailyRevenue,
    );
  });

  it('knows what each customer paid, in the region of their last change', async () => {
    const rows = await rowsOf(lake, 'select customer_id, region, orders, cancelled, paid, segment from customer_value');
    expect(new Map(rows.map(({ customer_id, ...rest }) => [customer_id!, rest]))).toEqual(truth.customerValue);
  });

  it('sums the sales of each category and day', async () => {
    const rows = await rowsOf(lake, 'select day, category, orders, units, sales from product_sales order by day, category');
    expect(rows).toEqual(truth.productSales);
  });

  it('keeps fields that nobody declared, beside the row', async () => {
    const [row] = await rowsOf(lake, `select count(*) as n from order_events where _extra like '%coupon%'`);
    expect(row).toEqual({ n: String(events.order_events.truth.unknownFields) });
  });

  it('changes no table when everything is delivered and run again', async () => {
    const before = await everyTable();
    await deliverAll();
    const again = (await lake.run())[0]!;
    expect(again.status).toBe('succeeded');
    expect(await everyTable()).toEqual(before);
  }, 60_000);
});

async function everyTable(): Promise<unknown[]> {
  const tables = (await lake.tables()).filter((table) => table.zone === 'silver' || table.zone === 'gold');
  const contents = tables.map(async ({ database, name }) => {
    const rows = await rowsOf(lake, `select * exclude (_run_id) from ${database}.${name} order by all`);
    return { name, rows };
  });
  return Promise.all(contents);
}
