import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from './compiler.js';

const PROLOGUE = `import {
    compiled, contract, date, decimal, bigint, int, full, KinesisSource, oneOf, sql, SqlTransform, text, timestamp, type DecimalText,
    type ITableRef, type PipelineScope,
  } from 'cdk-medallion';
  import { asOf, kysely, lakeDatabase, value } from 'cdk-medallion/kysely';
  const Order = contract('orders', {
    order_id: text().key(), customer_id: text(), status: oneOf('open', 'paid'), amount: decimal(10, 2), visits: int(), ordered_at: timestamp(),
  });
  const Customer = contract('customers', { customer_id: text().key(), email: text().nullable(), born_on: date() });
  const Sales = contract('sales', { customer_id: text().key(), email: text().nullable(), revenue: decimal(38, 2), orders: bigint() });
  declare const scope: PipelineScope;
  const orders = new SqlTransform(scope, 'O', { zone: 'silver', contract: Order, write: full(), query: sql\`q\` });
  const customers = new SqlTransform(scope, 'C', { zone: 'silver', contract: Customer, write: full(), query: sql\`q\` });
  const raw = new KinesisSource(scope, 'E', { contract: Order });
  const joined = kysely({ orders, customers }, (db) => db.selectFrom('orders as o').leftJoin('customers as c', 'c.customer_id', 'o.customer_id')
    .groupBy(['o.customer_id', 'c.email'])
    .select(({ fn }) => ['o.customer_id', 'c.email', fn.sum<DecimalText>('o.amount').as('revenue'), fn.countAll().as('orders')]));
`;

const transform = (contract: string, query: string) =>
  `new SqlTransform(scope, 'X', { zone: 'gold', contract: ${contract}, write: full(), query: ${query} });`;

/** A query, the contract it is given to, and what the editor must say. */
const MISTAKES: readonly (readonly [contract: string, query: string, sentence: string])[] = [
  ['Customer', 'joined', "the query has no column 'born_on' of contract 'customers'"],
  [
    'Customer',
    "kysely({ customers }, (db) => db.selectFrom('customers').selectAll().select('email as mail'))",
    "column 'mail' of the query is not in contract 'customers'",
  ],
  [
    'Customer',
    "kysely({ customers, orders }, (db) => db.selectFrom('orders').leftJoin('customers', 'customers.customer_id', 'orders.customer_id')" +
      ".select(['orders.customer_id', 'email', 'born_on']))",
    "column 'born_on' is never null in contract 'customers', the query's may be: filter it, coalesce it, or declare it nullable()",
  ],
  [
    'Customer',
    "kysely({ orders }, (db) => db.selectFrom('orders').select(['customer_id', 'status as email', 'amount as born_on']))",
    "column 'born_on' is date in contract 'customers', the query gives decimal",
  ],
  [
    'Customer',
    "lakeDatabase({ orders }).selectFrom('orders').select(['customer_id', 'visits as email', 'ordered_at as born_on'])",
    "column 'email' is text in contract 'customers', the query gives number",
  ],
  [
    'Sales',
    "kysely({ orders }, (db) => db.selectFrom('orders').select(['customer_id', 'status as email', 'ordered_at as revenue', 'visits as orders']))",
    "column 'revenue' is decimal in contract 'sales', the query gives timestamp",
  ],
  ['Order', "kysely({ raw }, (db) => db.selectFrom('raw').selectAll())", 'a gold table is made from silver or gold'],
  ['Order', "kysely({ orders }, (db) => db.selectFrom('orders').selectAll().where('amuont', '>', '1'))", '\'"amuont"\' is not assignable'],
  ['Order', "kysely({ orders }, (db) => db.selectFrom('order').selectAll())", '\'"order"\' is not assignable'],
  ['Order', "kysely({ orders }, (db) => db.selectFrom('orders').selectAll().where('status', '=', 'payed'))", `'"payed"' is not assignable`],
  ['Order', "kysely({ orders }, (db) => db.selectFrom('orders').selectAll().where('ordered_at', '<', 'yesterday'))", 'is not assignable'],
  ['Order', "kysely({ orders }, () => 'select 1')", "Type 'string' is not assignable"],
  ['Order', '{ sql: 1 }', "'sql' does not exist"],
];

describe('what the editor says of typed queries', () => {
  it('says nothing where all is right', () => {
    const right = [
      transform('Sales', 'joined'),
      transform('Order', "kysely({ orders }, (db) => db.selectFrom('orders').selectAll().where('ordered_at', '<', asOf))"),
      transform('Order', "lakeDatabase({ orders }).selectFrom('orders').selectAll().where('amount', '>', '10.50')"),
      transform('Order', "compiled({ orders }, lakeDatabase({ orders }).selectFrom('orders').selectAll())"),
      transform('Order', 'sql`select * from (${joined}) as j`'),
      transform('Order', "{ compile: () => ({ sql: 'select 1', parameters: [] }) }"),
      "const z: 'silver' = (null as never as typeof joined extends import('cdk-medallion').Sql<infer Z extends 'silver'> ? Z : never);",
      "const rows = lakeDatabase({ orders }).selectFrom('orders').select(value(decimal(3, 1), '1.5').as('x')); const n: Promise<{ x: DecimalText }[]> = rows.execute();",
      transform(
        'Sales',
        "kysely({ reference: null! as ITableRef<'silver'> }, (db) => db.selectFrom('reference').select(['customer_id', 'email', 'revenue', 'orders']))",
      ),
    ];
    expect(check(PROLOGUE + right.join('\n')).errors).toEqual([]);
  });

  it.each(MISTAKES)('of %s from %s', (contract, query, sentence) => {
    const { errors } = check(PROLOGUE + transform(contract, query));
    expect(errors.join('\n')).toContain(sentence);
  });
});

describe('docs/typed-queries.md', () => {
  const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/typed-queries.md'), 'utf8');
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

  it('compiles: its blocks, one after the other', () => {
    expect(blocks.length).toBeGreaterThan(2);
    expect(check(blocks.join('')).errors).toEqual([]);
  });
});
