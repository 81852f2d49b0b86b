import { beforeAll, describe, expect, it } from 'vitest';
import { lineageOf } from '../../lib/sql/analyze/lineage.js';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { catalogOf, catalogTableOf } from '../../lib/sql/types/catalog.js';
import { TestDuckDb } from './duckdb.js';
import { Chance, RANDOM_TABLES, randomQuery } from './random-query.js';
import { customers, orders } from './shop-tables.js';

const shop = catalogOf([orders, customers].map((table) => catalogTableOf(table)));

/** `direct | deciding`, as words. */
function traced(text: string): Record<string, string> {
  const named = text.replaceAll(/\b(orders|customers)\b(?!\.)/g, '"shop_dev_silver"."$1"');
  const { output } = analyze(parseStatementText(named).ast, shop);
  return Object.fromEntries(
    output.map((column) => {
      const { direct, deciding } = lineageOf(column.name ?? '', column.lineage);
      const of = (base: { table: string; column: string }) => (base.table === 'orders' ? base.column : `c.${base.column}`);
      return [
        column.name ?? '',
        `${direct.map((one) => `${of(one)}:${one.kind}`).join(' ')} | ${deciding.map((one) => `${of(one)}:${one.kinds.join('+')}`).join(' ')}`,
      ];
    }),
  );
}

describe('lineage', () => {
  const cases: readonly (readonly [string, string, Record<string, string>])[] = [
    ['a column as it is', 'select amount as x from orders', { x: 'amount:identity | ' }],
    ['a computed column', 'select upper(status) || order_id as x from orders', { x: 'order_id:transformation status:transformation | ' }],
    ['a search in a text', "select strpos(status, 'x') as x from orders", { x: 'status:transformation | ' }],
    [
      'an aggregate and its group',
      'select status, sum(amount) as x from orders group by status',
      { status: 'status:identity | status:group', x: 'amount:aggregation | status:group' },
    ],
    ['a filter', "select amount as x from orders where status = 'a'", { x: 'amount:identity | status:filter' }],
    ["an aggregate's filter", "select count(*) filter (where status = 'a') as x from orders", { x: ' | status:filter' }],
    [
      'having',
      'select status from orders group by status having max(amount) > 1',
      { status: 'status:identity | amount:filter status:group' },
    ],
    [
      'a join',
      'select c.email from orders o join customers c on c.customer_id = o.customer_id',
      { email: 'c.email:identity | c.customer_id:join customer_id:join' },
    ],
    [
      'a join by using',
      'select customer_id from orders join customers using (customer_id)',
      { customer_id: 'c.customer_id:identity customer_id:identity | c.customer_id:join customer_id:join' },
    ],
    [
      'a condition',
      "select case when status = 'a' then amount else 0 end as x from orders",
      { x: 'amount:transformation | status:conditional' },
    ],
    [
      'a window',
      'select row_number() over (partition by status order by amount) as x from orders',
      { x: ' | amount:window status:window' },
    ],
    [
      'a window over a value',
      'select sum(visits) over (partition by status) as x from orders',
      { x: 'visits:aggregation | status:window' },
    ],
    ['a limit', 'select order_id as x from orders order by amount limit 3', { x: 'order_id:identity | amount:sort' }],
    ['an order that cuts nothing', 'select order_id as x from orders order by amount', { x: 'order_id:identity | ' }],
    [
      'distinct',
      'select distinct status, amount from orders',
      { status: 'status:identity | amount:group status:group', amount: 'amount:identity | amount:group status:group' },
    ],
    [
      'a common table expression',
      'with a as (select status as s, amount as v from orders where visits > 1) select s from a where v > 1',
      { s: 'status:identity | amount:filter visits:filter' },
    ],
    [
      'a subquery twice',
      'with a as (select max(amount) as m from orders) select x.m + y.m as z from a x cross join a y',
      { z: 'amount:aggregation | ' },
    ],
    [
      'unnest',
      'select i.sku from orders cross join unnest(items) as i (sku, quantity, note)',
      { sku: 'items:transformation | items:join' },
    ],
    [
      'what stands beside unnest',
      'select o.status from orders o cross join unnest(items) as i (sku, quantity, note)',
      { status: 'status:identity | items:join' },
    ],
    ['a struct field', 'select address.city as x from orders', { x: 'address:transformation | ' }],
    [
      'a star',
      'select c.* from customers c where c.region is null',
      {
        customer_id: 'c.customer_id:identity | c.region:filter',
        email: 'c.email:identity | c.region:filter',
        region: 'c.region:identity | c.region:filter',
        born_on: 'c.born_on:identity | c.region:filter',
      },
    ],
    ['a union', 'select status as x from orders union all select region from customers', { x: 'c.region:identity status:identity | ' }],
    [
      'a difference',
      'select status as x from orders except select region from customers',
      { x: 'c.region:identity status:identity | c.region:group status:group' },
    ],
    [
      'exists',
      'select email as x from customers c where exists (select 1 from orders o where o.customer_id = c.customer_id and amount > 1)',
      { x: 'c.email:identity | c.customer_id:filter amount:filter customer_id:filter' },
    ],
    [
      'in a query',
      'select email as x from customers where customer_id in (select customer_id from orders where amount > 1)',
      { x: 'c.email:identity | c.customer_id:filter amount:filter customer_id:filter' },
    ],
    [
      'a scalar subquery',
      "select (select max(amount) from orders where status = 'a') as x from customers",
      { x: 'amount:aggregation | status:filter' },
    ],
    [
      'a lambda',
      'select filter(split(status, order_id), e -> e <> customer_id) as x from orders',
      { x: 'customer_id:transformation order_id:transformation status:transformation | ' },
    ],
    [
      'an ordered list',
      "select listagg(order_id, ',') within group (order by amount) as x from orders",
      { x: 'order_id:aggregation | amount:sort' },
    ],
  ];

  it.each(cases)('of %s', (_, text, expected) => {
    expect(traced(text)).toEqual(expected);
  });
});

describe('lineage, proven by running', () => {
  let duckdb: TestDuckDb;

  beforeAll(async () => {
    duckdb = await TestDuckDb.create(RANDOM_TABLES);
  });

  const column = ['id', 'a', 'b', 'c', 'd', 'l', 'r'];

  /** Fills both tables; columns that are not kept get other values than those that `seed` alone gives. */
  async function fill(seed: number, kept: (table: string, column: string) => boolean): Promise<void> {
    for (const table of ['t', 'u']) {
      const rows = Array.from({ length: 6 }, (_, row) =>
        column
          .map((name, at) => {
            const chance = new Chance(seed * 1009 + row * 97 + at * 13 + (table === 't' ? 0 : 5) + (kept(table, name) ? 0 : 500_000));
            const number = () => (chance.yes(20) ? 'null' : String(chance.below(4)));
            if (name === 'id') return kept(table, name) ? String(row) : String(row + 100);
            if (name === 'l') return chance.yes(20) ? 'null' : `[${Array.from({ length: chance.below(3) }, number).join(', ')}]`;
            if (name === 'r') return `{p: ${number()}, q: ${number()}}`;
            return number();
          })
          .join(', '),
      );
      await duckdb.raw(`delete from x.${table}`);
      await duckdb.raw(`insert into x.${table} values ${rows.map((row) => `(${row})`).join(', ')}`);
    }
  }

  async function columnsOf(text: string): Promise<string[]> {
    const rows = await duckdb.run(text);
    return (rows[0] ?? []).map((_, at) =>
      rows
        .map((row) => JSON.stringify(row[at]))
        .sort()
        .join(),
    );
  }

  it('changing columns that an output column does not have in its lineage never changes it', async () => {
    let compared = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const text = randomQuery(new Chance(seed));
      const { output } = analyze(parseStatementText(text).ast, duckdb.catalog);
      await fill(seed, () => true);
      const before = await columnsOf(text);
      for (const [at, one] of output.entries()) {
        const involved = new Set(
          [...one.lineage.direct.keys(), ...one.lineage.deciding.keys()].map((base) => `${base.table}.${base.column}`),
        );
        await fill(seed, (table, name) => involved.has(`${table}.${name}`));
        expect((await columnsOf(text))[at], `seed ${seed}, column ${one.name}: ${text}`).toBe(before[at]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(600);
  }, 120_000);
});
