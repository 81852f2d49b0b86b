import { beforeAll, describe, expect, it } from 'vitest';
import { catalogTableOf } from '../../lib/sql/types/catalog.js';
import { TestDuckDb } from './duckdb.js';
import { customers, orders } from './shop-tables.js';

/** Values that Trino gives, worked out from its documentation; the conformance suite asks Trino itself. */
let duckdb: TestDuckDb;
beforeAll(async () => {
  duckdb = await TestDuckDb.create([orders, customers].map((table) => catalogTableOf(table)));
  await duckdb.raw(`insert into shop_dev_silver.orders values
    ('o1', 'c1', 'paid', 10.50, '2026-01-31 23:59:59.999999', 0.125, [{sku: 'a', quantity: 2, note: null}, {sku: 'b', quantity: 1, note: 'n'}], map {'k': 'v'}, {city: 'X', zip: '1'}, 3),
    ('o2', 'c1', 'paid', 20.00, '2026-02-01 00:00:00', null, [], null, null, 7),
    ('o3', 'c9', 'open', 0.01, '2026-02-28 12:00:00', 0.5, [{sku: 'c', quantity: 5, note: null}], map {}, {city: null, zip: '2'}, -7),
    ('o4', null, 'open', 5.00, '2026-03-01 00:00:00.000001', null, [], null, null, 0)`);
  await duckdb.raw(`insert into shop_dev_silver.customers values ('c1', 'a@x', 'EU', '1990-02-28'), ('c2', null, null, null)`);
});

const cases: readonly (readonly [string, unknown])[] = [
  ['7 / 2', 3],
  ['cast(1.005e0 as decimal(3, 2))', '1.01'],
  ["try_cast('2026-01-01 24:00:00' as timestamp(6))", null],
  ["upper('straße')", 'STRAßE'],
  ["regexp_like('ab', '^a.\\z')", true],
  ["cast(timestamp '2026-01-01 00:00:00' + interval '1' day as varchar)", '2026-01-02 00:00:00.000'],
  ["cast(date_add('day', 1, timestamp '2026-01-01 00:00:00') as varchar)", '2026-01-02 00:00:00'],
  ['-7 / 2', -3],
  ['-7 % 3', -1],
  ['7e0 / 2', 3.5],
  ["decimal '7.00' / 3", '2.33'],
  ["decimal '-7.00' / 3", '-2.33'],
  ["decimal '0.10' / decimal '0.80'", '0.13'],
  ['1.5 + 1', '2.5'],
  ['0.1 + 0.2', '0.3'],
  ['cast(2.5e0 as integer)', 3],
  ['cast(-2.5e0 as integer)', -3],
  ["cast(decimal '2.5' as bigint)", '3'],
  ["cast(decimal '1.005' as decimal(10,2))", '1.01'],
  ["cast('12' as integer)", 12],
  ["try_cast(' 12' as integer)", 12],
  ["try_cast('1.5' as integer)", null],
  ["try_cast('yes' as boolean)", null],
  ["cast('t' as boolean)", true],
  ['cast(true as varchar)', 'true'],
  ["cast(timestamp '2026-01-31 09:05:07.123456' as varchar)", '2026-01-31 09:05:07.123456'],
  ["cast(date '2026-01-31' as varchar)", '2026-01-31'],
  ["cast(bigint '12' as varchar)", '12'],
  ["cast('2026-01-31 10:00:00.5' as timestamp(6))", '2026-01-31 10:00:00.5'],
  ["try_cast('2026-01-31T10:00:00Z' as timestamp(6))", null],
  ["date '2026-01-31' + interval '1' month", '2026-02-28'],
  ["date '2026-03-01' - interval '1' day", '2026-02-28'],
  ["timestamp '2026-03-29 01:30:00' + interval '1' hour", '2026-03-29 02:30:00'],
  ["cast(with_timezone(timestamp '2026-07-01 12:00:00', 'UTC') at time zone 'Europe/Berlin' as timestamp(6))", '2026-07-01 14:00:00'],
  ["cast(with_timezone(timestamp '2026-07-01 12:00:00', 'Europe/Berlin') at time zone 'UTC' as timestamp(6))", '2026-07-01 10:00:00'],
  ["date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')", '0'],
  ["day_of_week(date '2026-02-01')", '7'],
  ["extract(quarter from date '2026-05-01')", '2'],
  ["substr('abc', 0, 2)", ''],
  ["trim(both 'x' from 'xxaxx')", 'a'],
  ["position('b' in 'abc')", '2'],
  ["'a' || 'b'", 'ab'],
  ["concat('a', null)", null],
  ["'abc' like 'a%'", true],
  ["'a_c' like 'a!_c' escape '!'", true],
  ["'abc' not like 'b%'", true],
  ['null is distinct from 1', true],
  ['null is not distinct from null', true],
  ['1 in (2, null)', null],
  ['1 not in (2, null)', null],
  ['3 between 1 and 3', true],
  ["case 2 when 1 then 'a' when 2 then 'b' end", 'b'],
  ["if(1 > 2, 'a', 'b')", 'b'],
  ['array[1, 2][2]', 2],
  ["map(array['a'], array[1])['a']", 1],
  ["cast(row(1, 'x') as row(a integer, b varchar)).b", 'x'],
  ['transform(array[1, 2], x -> x * 2)', [2, 4]],
  ["filter(array['a', null], x -> x is not null)", ['a']],
  ['reduce(array[1, 2, 3], 0, (s, x) -> s + x, s -> s * 10)', 60],
  ["reduce(array[1, 2], 'a', (s, x) -> s || cast(x as varchar), s -> upper(s))", 'A12'],
  ['reduce(cast(null as array(integer)), 0, (s, x) -> s + x, s -> coalesce(s, 7))', null],
  ['reduce(array[array[1, 2], array[3]], 0, (s, x) -> reduce(x, s, (p, q) -> p * 2 + q, p -> p), s -> s)', 11],
  ['greatest(1, null)', null],
  ['true and null', null],
  ['false and null', false],
  ["to_hex(sha256(to_utf8('abc')))", 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD'],
  ['json_extract_scalar(\'{"a": {"b": [1, "x"]}}\', \'$.a.b[1]\')', 'x'],
  ['1e0 / 0', 'Infinity'],
  ['cast(null as bigint) / 0', null],
];

describe('the DuckDB rendering of an expression', () => {
  it.each(cases)('%s', async (expression, value) => {
    expect(await duckdb.values(expression)).toEqual([value]);
  });

  it('reads the columns of its own row in every step of reduce', async () => {
    const rows = await duckdb.run(`
      select v, reduce(l, 0, (s, x) -> s + x + v, s -> s + v)
      from (values (array[1], 10), (array[1, 2], 30), (array[3], 40), (cast(array[] as array(integer)), 50), (null, 60)) as t (l, v)
      where v > 10 order by v`);
    expect(rows).toEqual([
      [30, 93],
      [40, 83],
      [50, 50],
      [60, null],
    ]);
  });

  it.each([
    '1 / 0',
    "decimal '1.0' / 0",
    '5 % 0',
    "cast('x' as integer)",
    'array[1][2]',
    "map(array['a'], array[1])['b']",
    "cast('99999999999' as integer)",
  ])('%s stops the query', async (expression) => {
    await expect(duckdb.values(expression)).rejects.toThrow();
  });
});

describe('the DuckDB rendering of a query', () => {
  const queries: readonly (readonly [string, string, unknown[][]])[] = [
    [
      'joins',
      'select o.order_id, c.email from orders o left join customers c on c.customer_id = o.customer_id order by 1',
      [
        ['o1', 'a@x'],
        ['o2', 'a@x'],
        ['o3', null],
        ['o4', null],
      ],
    ],
    [
      'full joins by using',
      'select customer_id, count(order_id) as n from orders full join customers using (customer_id) group by customer_id order by 1',
      [
        ['c1', '2'],
        ['c2', '0'],
        ['c9', '1'],
        [null, '1'],
      ],
    ],
    [
      'groups by position',
      'select status, sum(amount) as s, avg(amount) as a, count(*) filter (where amount > 1) as n from orders group by 1 order by 1',
      [
        ['open', '5.01', '2.51', '1'],
        ['paid', '30.50', '15.25', '2'],
      ],
    ],
    [
      'groups by an expression',
      "select date_trunc('month', ordered_at) as m, count(*) as n from orders group by date_trunc('month', ordered_at) order by m",
      [
        ['2026-01-01 00:00:00', '1'],
        ['2026-02-01 00:00:00', '2'],
        ['2026-03-01 00:00:00', '1'],
      ],
    ],
    [
      'grouping sets',
      'select status, customer_id, count(*) as n, grouping(status, customer_id) as g from orders group by grouping sets ((status, customer_id), (status), ()) order by 4, 1, 2',
      [
        ['open', 'c9', '1', 0],
        ['open', null, '1', 0],
        ['paid', 'c1', '2', 0],
        ['open', null, '2', 1],
        ['paid', null, '2', 1],
        [null, null, '4', 3],
      ],
    ],
    ['having', 'select status from orders group by status having sum(amount) > 10', [['paid']]],
    [
      'windows',
      'select order_id, row_number() over (partition by status order by amount desc) as n, sum(amount) over (partition by status order by ordered_at rows between unbounded preceding and current row) as s from orders order by 1',
      [
        ['o1', '2', '10.50'],
        ['o2', '1', '30.50'],
        ['o3', '2', '0.01'],
        ['o4', '1', '5.01'],
      ],
    ],
    [
      'lag over nulls',
      'select order_id, lag(customer_id) ignore nulls over (order by order_id) as p from orders order by 1',
      [
        ['o1', null],
        ['o2', 'c1'],
        ['o3', 'c1'],
        ['o4', 'c9'],
      ],
    ],
    ['nulls last in both directions', 'select customer_id from orders order by customer_id desc', [['c9'], ['c1'], ['c1'], [null]]],
    [
      'unnest of rows with ordinality',
      'select order_id, i.sku, i.n from orders cross join unnest(items) with ordinality as i (sku, quantity, note, n) order by 1, 3',
      [
        ['o1', 'a', '1'],
        ['o1', 'b', '2'],
        ['o3', 'c', '1'],
      ],
    ],
    [
      'left join unnest',
      'select order_id, i.sku from orders left join unnest(items) as i (sku, quantity, note) on true order by 1, 2',
      [
        ['o1', 'a'],
        ['o1', 'b'],
        ['o2', null],
        ['o3', 'c'],
        ['o4', null],
      ],
    ],
    ['unnest of a map', 'select order_id, t.k, t.v from orders cross join unnest(tags) as t (k, v)', [['o1', 'k', 'v']]],
    [
      'unnest of several arrays',
      'select a, b from unnest(array[1, 2, 3], array[4, 5]) as t (a, b) order by 1',
      [
        [1, 4],
        [2, 5],
        [3, null],
      ],
    ],
    [
      'common table expressions',
      'with a (x) as (select amount from orders), b as (select x from a where x > 1) select count(*) as n from b',
      [['3']],
    ],
    ['set operations', "select status from orders union select 'gone' except select 'open' order by 1", [['gone'], ['paid']]],
    [
      'unions of different numbers',
      "select visits as x from orders where order_id = 'o1' union all select amount from orders where order_id = 'o1' order by 1",
      [['3.00'], ['10.50']],
    ],
    [
      'correlated exists',
      'select customer_id from customers c where exists (select 1 from orders o where o.customer_id = c.customer_id)',
      [['c1']],
    ],
    [
      'in a query',
      "select order_id from orders where customer_id in (select customer_id from customers where region = 'EU') order by 1",
      [['o1'], ['o2']],
    ],
    ['not in with a null', 'select order_id from orders where order_id not in (select customer_id from orders)', []],
    ['a scalar subquery', 'select order_id from orders where amount = (select max(amount) from orders)', [['o2']]],
    ['struct fields', "select address.city, address.zip from orders where order_id = 'o1'", [['X', '1']]],
    ['stars', "select c.* from customers c where c.customer_id = 'c2'", [['c2', null, null, null]]],
    [
      'array_agg and listagg in order',
      "select array_agg(order_id order by amount desc) as a, listagg(order_id, ',') within group (order by order_id) as l from orders",
      [[['o2', 'o1', 'o4', 'o3'], 'o1,o2,o3,o4']],
    ],
    ['count_if of no row', "select count_if(amount > 1) as n, sum(amount) as s from orders where status = 'none'", [['0', null]]],
    ['offset and limit', 'select order_id from orders order by 1 offset 1 limit 2', [['o2'], ['o3']]],
    ['distinct', 'select distinct status from orders order by status', [['open'], ['paid']]],
    [
      'order by an expression of the table',
      'select order_id from orders order by length(status), amount',
      [['o3'], ['o4'], ['o1'], ['o2']],
    ],
    ['names that shadow', 'select o.amount as order_id from orders o order by o.order_id limit 1', [['10.50']]],
    ['an alias that is a column of the table', "select lower(status) as customer_id from orders where customer_id = 'c9'", [['open']]],
    [
      'values',
      "select x, y from (values (1, 'a'), (2, null)) as t (x, y) order by x",
      [
        [1, 'a'],
        [2, null],
      ],
    ],
  ];

  it.each(queries)('%s', async (_, text, rows) => {
    expect(await duckdb.run(text.replaceAll(/\b(orders|customers)\b(?!\.)/g, '"shop_dev_silver"."$1"'))).toEqual(rows);
  });
});

describe("the DuckDB rendering of the library's own statements", () => {
  it('makes, fills, merges, deletes and drops', async () => {
    const own = await TestDuckDb.create([
      {
        database: 'ops',
        name: 'x',
        columns: [
          { name: 'k', type: { kind: 'integer' }, nullable: true },
          { name: 'v', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true },
        ],
      },
      { database: 'ops', name: 'made', columns: [{ name: 'k', type: { kind: 'integer' }, nullable: true }] },
    ]);
    await own.run('insert into ops.x (k, v) select * from (values (1, 1.00), (2, 2.00), (3, 3.00)) as t (k, v)');
    await own.run(
      "merge into ops.x t using (select * from (values (1, 'd'), (2, 'u'), (4, 'i')) as v (k, op)) s on t.k = s.k when matched and s.op = 'd' then delete when matched then update set v = cast(t.v * 2 as decimal(10, 2)) when not matched and s.op = 'i' then insert (k, v) values (s.k, decimal '0.00')",
    );
    expect(await own.run('select k, v from ops.x order by k')).toEqual([
      [2, '4.00'],
      [3, '3.00'],
      [4, '0.00'],
    ]);
    await own.run('delete from ops.x where k > 3');
    expect(await own.run('select count(*) from ops.x')).toEqual([['2']]);
    await own.run('drop table if exists ops.made');
    await own.run("create table if not exists ops.made with (format = 'PARQUET') as select k from ops.x");
    expect(await own.run('select k from ops.made order by 1')).toEqual([[2], [3]]);
  });
});
