import { describe, expect, it } from 'vitest';
import { lineageOf } from '../../lib/sql/analyze/lineage.js';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { catalogOf, catalogTableOf } from '../../lib/sql/types/catalog.js';
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

  const hard: readonly (readonly [string, string, Record<string, string>])[] = [
    [
      'a table expression that is read twice',
      `with a as (select order_id, amount, status from orders where visits > 1),
         b as (select order_id, sum(amount) as s from a group by order_id)
       select b.order_id, b.s / 2 as half, a.status from b join a on a.order_id = b.order_id`,
      {
        order_id: 'order_id:identity | order_id:join+group visits:filter+join+group',
        half: 'amount:aggregation | order_id:join+group visits:filter+join+group',
        status: 'status:identity | order_id:join+group visits:filter+join+group',
      },
    ],
    [
      'a renamed table expression under itself',
      `with a as (select customer_id as x from orders), b (k) as (select x from a) select k from b where k in (select x from a)`,
      { k: 'customer_id:identity | customer_id:filter' },
    ],
    [
      'a union in a subquery',
      `select s, x from (select status as s, amount as x from orders
       union all select region, cast(0 as decimal(10,2)) from customers where email is not null) u where x > 1`,
      {
        s: 'c.region:identity status:identity | c.email:filter amount:filter',
        x: 'amount:identity | c.email:filter amount:filter',
      },
    ],
    [
      'an intersection',
      'select status from orders intersect select region from customers where born_on is not null',
      { status: 'c.region:identity status:identity | c.born_on:filter+group c.region:group status:group' },
    ],
    [
      'a union with a limit in one half',
      '(select status as s from orders order by amount limit 3) union all (select region from customers)',
      { s: 'c.region:identity status:identity | amount:sort' },
    ],
    [
      'values that hold a subquery',
      'select x from (values (1, (select max(amount) from orders where visits > 1)), (2, 0)) as v (n, x) where n > 1',
      { x: 'amount:aggregation | visits:filter' },
    ],
    [
      'a list of rows with its positions',
      'select o.order_id, i.sku, i.n from orders o cross join unnest(o.items) with ordinality as i (sku, quantity, note, n) where i.quantity > 1',
      { order_id: 'order_id:identity | items:filter+join', sku: 'items:transformation | items:filter+join', n: ' | items:filter+join' },
    ],
    [
      'one list after another',
      'select i.sku, t.v from orders cross join unnest(items) as i (sku, quantity, note) cross join unnest(tags) as t (k, v)',
      { sku: 'items:transformation | items:join tags:join', v: 'tags:transformation | items:join tags:join' },
    ],
    [
      'lists beside each other: each lasts as long as the longest',
      "select a, b from orders cross join unnest(split(status, ','), split(order_id, ',')) as u (a, b)",
      { a: 'status:transformation | order_id:join status:join', b: 'order_id:transformation | order_id:join status:join' },
    ],
    [
      'elements, entries and fields',
      "select items[1].sku as x, tags['a'] as y, address.zip as z from orders",
      { x: 'items:transformation | ', y: 'tags:transformation | ', z: 'address:transformation | ' },
    ],
    [
      'a row that is made and opened again',
      'select r.row_.a as y from (select cast(row(status, visits) as row(a varchar, b integer)) as row_ from orders) r',
      { y: 'status:transformation visits:transformation | ' },
    ],
    [
      'lambdas that read other columns',
      'select reduce(items, 0, (s, i) -> s + i.quantity, s -> s + visits) as x, any_match(items, i -> i.note = status) as y from orders',
      { x: 'items:transformation visits:transformation | ', y: 'items:transformation status:transformation | ' },
    ],
    [
      'a window over an aggregate',
      'select status, sum(sum(amount)) over (order by status) as y from orders group by status',
      { status: 'status:identity | status:group', y: 'amount:aggregation | status:group+window' },
    ],
    [
      'a named window with a frame',
      'select max(amount) over w as x from orders window w as (partition by status order by ordered_at rows between 1 preceding and current row)',
      { x: 'amount:aggregation | ordered_at:window status:window' },
    ],
    [
      'the row before, and what stands in for it',
      'select lag(amount, 1, discount) over (partition by customer_id order by ordered_at, order_id) as x from orders',
      { x: 'amount:transformation discount:transformation | customer_id:window order_id:window ordered_at:window' },
    ],
    [
      'the newest row of each',
      `select x from (select order_id as x, row_number() over (partition by customer_id order by ordered_at desc, order_id) as place
       from orders) where place = 1`,
      { x: 'order_id:identity | customer_id:filter+window order_id:filter+window ordered_at:filter+window' },
    ],
    [
      'the value beside the greatest',
      'select max_by(status, ordered_at) as x, count(distinct customer_id) as n from orders',
      { x: 'ordered_at:aggregation status:aggregation | ', n: 'customer_id:aggregation | ' },
    ],
    [
      'grouping sets',
      "select sum(amount) filter (where status = 'a') as x, grouping(status) as g from orders group by grouping sets ((status), ())",
      { x: 'amount:aggregation | status:filter+group', g: ' | status:group' },
    ],
    [
      'a rollup with having',
      'select status, count(*) as n from orders group by rollup (status, visits) having max(amount) > 1',
      { status: 'status:identity | amount:filter status:group visits:group', n: ' | amount:filter status:group visits:group' },
    ],
    [
      'if, coalesce and nullif',
      "select if(status = 'a', order_id, customer_id) as x, coalesce(discount, 0.1) as y, nullif(visits, 3) as z from orders",
      {
        x: 'customer_id:transformation order_id:transformation | status:conditional',
        y: 'discount:transformation | ',
        z: 'visits:transformation | ',
      },
    ],
    [
      'a case over a value',
      'select case status when customer_id then order_id end as x from orders',
      { x: 'order_id:transformation | customer_id:conditional status:conditional' },
    ],
    [
      'a star over a star and a join',
      'select * from (select o.order_id, c.* from orders o left join customers c on c.customer_id = o.customer_id and o.visits > 1)',
      {
        order_id: 'order_id:identity | c.customer_id:join customer_id:join visits:join',
        customer_id: 'c.customer_id:identity | c.customer_id:join customer_id:join visits:join',
        email: 'c.email:identity | c.customer_id:join customer_id:join visits:join',
        region: 'c.region:identity | c.customer_id:join customer_id:join visits:join',
        born_on: 'c.born_on:identity | c.customer_id:join customer_id:join visits:join',
      },
    ],
    [
      'a table joined to itself',
      'select a.order_id as x from orders a join orders b on a.customer_id = b.customer_id and b.amount > a.amount',
      { x: 'order_id:identity | amount:join customer_id:join' },
    ],
    [
      'a join with a grouped subquery',
      `select o.status from orders o join (select customer_id, max(born_on) as b from customers group by customer_id) c
       on c.customer_id = o.customer_id`,
      { status: 'status:identity | c.customer_id:join+group customer_id:join' },
    ],
    [
      'exists, whatever its select says',
      'select email as x from customers c where not exists (select * from orders o where o.customer_id = c.customer_id and o.status = c.region)',
      { x: 'c.email:identity | c.customer_id:filter c.region:filter customer_id:filter status:filter' },
    ],
    [
      'exists over groups',
      'select email as x from customers where exists (select status from orders group by status having sum(amount) > 10)',
      { x: 'c.email:identity | amount:filter status:filter+group' },
    ],
    [
      'a correlated value',
      'select email, (select max(amount) from orders o where o.customer_id = c.customer_id) as m from customers c',
      { email: 'c.email:identity | ', m: 'amount:aggregation | c.customer_id:filter customer_id:filter' },
    ],
    [
      'a count in a condition',
      'select email as x from customers where (select count(*) from orders where visits > 3) > 1',
      { x: 'c.email:identity | visits:filter' },
    ],
    [
      'a test as a value',
      "select customer_id in (select email from customers where region = 'a') as z from orders",
      { z: 'customer_id:transformation | c.email:filter c.region:filter' },
    ],
    [
      'an order by what is not selected',
      'select status, count(*) as n from orders group by status order by sum(amount) limit 3',
      { status: 'status:identity | amount:sort status:group', n: ' | amount:sort status:group' },
    ],
    [
      'an offset',
      'select order_id as x from orders order by amount desc, visits offset 1',
      { x: 'order_id:identity | amount:sort visits:sort' },
    ],
    ['a constant beside a filter', 'select 1 as n from orders where amount > 1', { n: ' | amount:filter' }],
    ['what reads no column', 'select count(*) as n, 1 as one from orders', { n: ' | ', one: ' | ' }],
  ];

  it.each(hard)('of %s', (_, text, expected) => {
    expect(traced(text)).toEqual(expected);
  });

  it.each([
    ['an unknown column', 'select emial from customers', "unknown column 'emial'"],
    ['an unknown column of a struct', 'select address.town from orders', "unknown field 'town'"],
    ['a column of two tables', 'select customer_id from orders o cross join customers c', "column 'customer_id' is ambiguous"],
    ['a column that a subquery hides', 'select s.amount from (select order_id from orders) s', "unknown column 'amount' in s"],
    ['a table that is not there', 'select x from "shop_dev_silver"."nowhere"', "unknown table 'shop_dev_silver.nowhere'"],
    ['a function that is not known', 'select soundex(status) as x from orders', "function 'soundex' is not in the portable list"],
    [
      'a lateral subquery',
      'select x from orders o cross join lateral (select o.amount as x) l',
      'a lateral subquery is not in the portable subset',
    ],
    [
      'recursion',
      'with recursive r (n) as (select 1 union all select n + 1 from r) select n from r',
      'with recursive is not in the portable subset',
    ],
  ])('is never empty by accident: %s is an error', (_, text, message) => {
    expect(() => traced(text)).toThrow(message);
  });
});
