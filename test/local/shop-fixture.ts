import { App, Stack } from 'aws-cdk-lib/core';
import {
  contract,
  DataLake,
  Delivery,
  date,
  decimal,
  FileSource,
  full,
  int,
  KinesisSource,
  Pipeline,
  replaceWindows,
  SqlTransform,
  sql,
  text,
  timestamp,
  upsert,
} from 'cdk-medallion';
import { LocalLake, type LocalLakeOptions } from '../../lib/local/index.js';
import { makeFolder } from './assembly-fixture.js';

export const AS_OF = new Date('2026-01-31T12:00:00Z');
/** Records arrive an hour before the run looks. */
export const ARRIVED = new Date('2026-01-31T11:00:00Z');

const Order = contract('orders', {
  order_id: text().key(),
  version: int().sequence(),
  email: text().nullable().pii('email'),
  amount: decimal(10, 2).min(0),
  ordered_at: timestamp().eventTime(),
});
const Product = contract('products', { product_id: text().key(), price: decimal(10, 2) });
const Revenue = contract('daily_revenue', { day: date().key(), revenue: decimal(38, 2) });

export interface ShopOptions {
  readonly firehose?: boolean;
  /** A silver query that every run fails on. */
  readonly failing?: boolean;
  /** Orders of 0 or less refuse the whole run. */
  readonly strict?: boolean;
  /** The orders of silver under a contract with one more column. */
  readonly evolved?: boolean;
}

const Strict = contract(
  'orders',
  {
    order_id: text().key(),
    version: int().sequence(),
    email: text().nullable().pii('email'),
    amount: decimal(10, 2),
    ordered_at: timestamp().eventTime(),
  },
  { rules: (t) => [t.amount.gt(0).named('paid').fail()] },
);

const Evolved = contract('orders', {
  order_id: text().key(),
  version: int().sequence(),
  email: text().nullable().pii('email'),
  amount: decimal(10, 2).min(0),
  ordered_at: timestamp().eventTime(),
  note: text().nullable(),
});

/** Synthesizes a small shop and gives the folder of its assembly. */
export function synthShop(options: ShopOptions = {}): string {
  const outdir = makeFolder();
  const app = new App({ outdir });
  const stack = new Stack(app, 'Shop');
  const lake = new DataLake(stack, 'Lake', { environment: { name: 'dev' } });
  const pipeline = new Pipeline(stack, 'Orders', { lake });
  const events = new KinesisSource(pipeline, 'Events', {
    contract: Order,
    ...(options.firehose === true ? { delivery: Delivery.firehose() } : { delivery: Delivery.lambda({ batchSize: 50 }) }),
  });
  const products = new FileSource(pipeline, 'Products', { contract: Product });
  const ordered = options.failing === true ? sql`coalesce(cast(email as timestamp(6)), ordered_at)` : sql`ordered_at`;
  const cleaned =
    options.evolved === true
      ? new SqlTransform(pipeline, 'Cleaned', {
          zone: 'silver',
          contract: Evolved,
          write: upsert(),
          query: sql`select order_id, version, lower(email) as email, amount, ordered_at, 'new' as note from ${events}`,
        })
      : new SqlTransform(pipeline, 'Cleaned', {
          zone: 'silver',
          contract: options.strict === true ? Strict : Order,
          write: upsert(),
          query: sql`select order_id, version, lower(email) as email, amount, ${ordered} as ordered_at from ${events}`,
        });
  new SqlTransform(pipeline, 'Catalog', {
    zone: 'silver',
    contract: Product,
    write: full(),
    query: sql`select product_id, price from ${products}`,
  });
  new SqlTransform(pipeline, 'DailyRevenue', {
    zone: 'gold',
    contract: Revenue,
    write: replaceWindows('day'),
    query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${cleaned} group by 1`,
  });
  app.synth();
  return outdir;
}

export async function openShop(assembly: string, options: Partial<LocalLakeOptions> = {}): Promise<LocalLake> {
  return await LocalLake.open({ assembly, folder: makeFolder(), clock: () => ARRIVED, ...options });
}

export interface OrderFields {
  readonly order_id: string;
  readonly version: number;
  readonly email?: string | null;
  readonly amount: number | string;
  readonly ordered_at: string;
}

/** One order event as a producer sends it. */
export function order(fields: Partial<OrderFields> = {}): string {
  return JSON.stringify({
    order_id: 'o1',
    version: 1,
    email: 'Ada@example.com',
    amount: 10.5,
    ordered_at: '2026-01-30T09:00:00Z',
    ...fields,
  });
}
