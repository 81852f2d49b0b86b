import { Stack, type StackProps } from 'aws-cdk-lib/core';
import {
  bigint,
  contract,
  DataLake,
  type DecimalText,
  decimal,
  type Environment,
  full,
  KinesisSource,
  oneOf,
  Pipeline,
  SqlTransform,
  text,
  timestamp,
  upsert,
} from 'cdk-medallion';
import { kysely } from 'cdk-medallion/kysely';
import type { Construct } from 'constructs';

const Order = contract('orders', {
  order_id: text().key(),
  customer_id: text(),
  status: oneOf('open', 'paid'),
  amount: decimal(10, 2),
  ordered_at: timestamp().sequence(),
});
const Customer = contract('customers', {
  customer_id: text().key(),
  region: text().nullable(),
  changed_at: timestamp().sequence(),
});
const Sales = contract('sales', { region: text().key(), orders: bigint(), revenue: decimal(38, 2) });
const LastOrder = contract('last_orders', {
  customer_id: text().key(),
  region: text().nullable(),
  order_id: text(),
  amount: decimal(10, 2),
});

export interface SalesProps extends StackProps {
  readonly environment: Environment;
}

/** Queries that the editor checks while they are typed: built with Kysely over the contracts' own row types. */
export class SalesStack extends Stack {
  constructor(scope: Construct, id: string, { environment, ...props }: SalesProps) {
    super(scope, id, props);
    const lake = new DataLake(this, 'Lake', { name: 'sales', environment });
    const pipeline = new Pipeline(this, 'Sales', { lake });
    const orderEvents = new KinesisSource(pipeline, 'OrderEvents', { contract: Order });
    const customerEvents = new KinesisSource(pipeline, 'CustomerEvents', { contract: Customer });

    const orders = new SqlTransform(pipeline, 'Orders', {
      zone: 'silver',
      contract: Order,
      write: upsert(),
      query: kysely({ orderEvents }, (db) => db.selectFrom('orderEvents').selectAll()),
    });
    const customers = new SqlTransform(pipeline, 'Customers', {
      zone: 'silver',
      contract: Customer,
      write: upsert(),
      query: kysely({ customerEvents }, (db) => db.selectFrom('customerEvents').selectAll()),
    });

    new SqlTransform(pipeline, 'Sales', {
      zone: 'gold',
      contract: Sales,
      write: full(),
      query: kysely({ orders, customers }, (db) =>
        db
          .selectFrom('orders as o')
          .leftJoin('customers as c', 'c.customer_id', 'o.customer_id')
          .where('o.status', '=', 'paid')
          .where('o.amount', '>=', '1.00')
          .select(({ fn, val }) => [
            fn.coalesce('c.region', val('unknown')).as('region'),
            fn.countAll().as('orders'),
            fn.sum<DecimalText>('o.amount').as('revenue'),
          ])
          .groupBy(({ fn, val }) => fn.coalesce('c.region', val('unknown'))),
      ),
    });

    new SqlTransform(pipeline, 'LastOrders', {
      zone: 'gold',
      contract: LastOrder,
      write: full(),
      query: kysely({ orders, customers }, (db) =>
        db
          .with('ranked', (q) =>
            q
              .selectFrom('orders')
              .select(['customer_id', 'order_id', 'amount'])
              .select(({ fn }) =>
                fn
                  .agg<bigint>('row_number')
                  .over((w) => w.partitionBy('customer_id').orderBy('ordered_at', 'desc'))
                  .as('place'),
              ),
          )
          .selectFrom('ranked as r')
          .leftJoin('customers as c', 'c.customer_id', 'r.customer_id')
          .where('r.place', '=', 1n)
          .select(['r.customer_id', 'c.region', 'r.order_id', 'r.amount']),
      ),
    });
  }
}
