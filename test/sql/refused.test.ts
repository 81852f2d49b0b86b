import { describe, expect, it } from 'vitest';
import { LakeError } from '../../lib/contract/lake-error.js';
import type { ColumnSpec } from '../../lib/contract/spec.js';
import { checkQuery } from '../../lib/sql/check/check-query.js';
import { parseQuery } from '../../lib/sql/parse/read.js';
import { asOf, Sql, sql } from '../../lib/sql/sql.js';
import { column, contractOf, customers, decimal, nullable, orders } from './shop-tables.js';

const RESULT: readonly ColumnSpec[] = [column('order_id', 'text')];

/** The message of the error that a query gives. */
function refusal(query: Sql, columns: readonly ColumnSpec[] = RESULT): string {
  try {
    checkQuery({ query, contract: contractOf('result', columns), path: 'Orders/Result' });
  } catch (error) {
    expect(error).toBeInstanceOf(LakeError);
    return (error as Error).message;
  }
  throw new Error('the query was accepted');
}

function textRefusal(text: string): string {
  return refusal(new Sql([text]));
}

describe('a query that is no SQL', () => {
  it.each([
    ['select order_id form t', "Orders/Result/query 1:22  unexpected 't'"],
    ['select', 'the statement ends too early'],
    ['', 'the statement is empty'],
    ['   -- nothing', 'the statement is empty'],
    ['select 1; select 2', "unexpected ';': write one statement without it"],
    ['select 1;', "unexpected ';'"],
    ['select 1 select 2', "unexpected 'select'"],
    ['select `a` from t', 'names are quoted with "…"'],
    ['select 1a from t', 'must be quoted'],
    ["select 'abc", 'a string is not closed'],
    ['select "abc', 'a quoted name is not closed'],
    ['select a, from t', "unexpected 'from' after a comma: remove the comma"],
    ['select a::int from t', "'::' is not athena's sql: write cast(x as t)"],
    ["select a from t where b ilike 'x'", "'ilike': write lower(x) like lower(pattern)"],
    ['select a from t qualify row_number() over (order by a) = 1', 'filter row_number() in an outer query'],
    ['select a from t limit 3 offset 2', 'athena writes offset before limit'],
    ['delete from t', 'only a query may stand here'],
    ['drop table t', 'only a query may stand here'],
    ['insert into t select 1', 'only a query may stand here'],
    ['select * exclude (a) from t', "'exclude'"],
    ['select /* open', 'unexpected'],
    ['select 1 where a == 2', "'=='"],
    ['select 0x1F', 'another base'],
    ['select ?', "'?' is not in the portable subset"],
    ["select interval '3 days'", 'interval'],
    ['select a[1:2] from t', "unexpected ':'"],
    ['select (1 + 2', "1:8  this '(' is never closed"],
    ['select 1 + 2)', "1:13  unexpected ')': nothing opens it"],
  ])('%s', (text, message) => {
    expect(textRefusal(text)).toContain(message);
  });

  it('shows the line with the place marked', () => {
    expect(
      refusal(sql`select order_id,
  emial
from ${orders}`),
    ).toBe("Orders/Result/query 2:3  unknown column 'emial' in orders\n      emial\n      ^^^^^");
  });

  it('names the file when the query came from one', () => {
    expect(refusal(new Sql(['selec 1'], { file: 'sql/revenue.sql' }))).toMatch(/^sql\/revenue\.sql 1:1 {2}/);
  });
});

describe('a query outside the subset', () => {
  it.each([
    ['with recursive t (n) as (select 1 union all select n + 1 from t) select n from t', 'with recursive'],
    ['select * from t natural join u', 'natural join'],
    ['select * from t tablesample bernoulli (10)', 'tablesample'],
    ['select a from t order by a fetch first 3 rows only', 'use limit'],
    ['select a from t where a > any (select b from u)', 'any, all or some'],
    ['table t', 'select * from t'],
    ["select json_value(a, 'lax $.x') from t", 'json_value'],
    ['select cast(a as varchar(3)) from t', 'substr(x, 1, n)'],
    ['select cast(a as timestamp) from t', 'write timestamp(6)'],
    ['select cast(a as char(3)) from t', "type 'char' is not on the list"],
    ['select cast(a as uuid) from t', "type 'uuid' is not on the list"],
    ['select cast(a as decimal) from t', 'precision and scale'],
    ['select a from cat.db.t', 'a table with a catalog'],
    ['select current_timestamp', '${asOf}'],
    ['select current_date', '${asOf}'],
    ['select localtimestamp', '${asOf}'],
    ["select timestamp '2026-01-01 00:00:00 UTC'", 'UTC moment'],
    ["select date '2026-02-30'", 'must be a day'],
    ["select x'FF'", 'a binary literal'],
    ["select interval '1' day to second", 'from … to …'],
    ['select a from t group by all a', "'group by all'"],
  ])('%s', (text, message) => {
    expect(textRefusal(text)).toContain(message);
  });

  it.each([
    [sql`select now() as order_id from ${orders}`, "function 'now' is not in the portable list: use ${asOf}"],
    [sql`select uuid() as order_id from ${orders}`, 'gives other values on every run'],
    [sql`select order_id from ${orders} where random() < 0.5`, 'gives other values on every run'],
    [sql`select order_id from ${orders} limit 3`, 'limit without order by takes other rows on every run'],
    [sql`select array_agg(order_id) as order_id from ${orders}`, 'array_agg without an order gives another result on every run'],
    [sql`select order_id, row_number() over (partition by status) as n from ${orders}`, 'without order by in its window'],
    [sql`select datediff(ordered_at, ordered_at) as order_id from ${orders}`, "use date_diff('day', a, b)"],
    [sql`select lowr(order_id) as order_id from ${orders}`, "function 'lowr' is not in the portable list; did you mean 'lower'?"],
    [sql`select lower(order_id, status) as order_id from ${orders}`, 'lower takes 1 argument, found 2'],
    [sql`select lower(amount) as order_id from ${orders}`, 'lower does not take (decimal(10,2)): it is lower(varchar)'],
    [sql`select date_trunc('dai', ordered_at) as order_id from ${orders}`, "did you mean 'day'?"],
    [sql`select date_trunc(status, ordered_at) as order_id from ${orders}`, 'must be a literal'],
    [sql`select regexp_like(order_id, '(?=a)') as order_id from ${orders}`, 'look-around'],
    [sql`select regexp_extract(order_id, '(a)\1') as order_id from ${orders}`, "'\\1' is not read alike"],
    [sql`select regexp_like(order_id, 'a$') as order_id from ${orders}`, 'write \\z for the end of the text'],
    [sql`select date_format(ordered_at, '%W') as order_id from ${orders}`, 'takes %Y %m %d %H %i %s'],
    [sql`select x -> x as order_id from ${orders}`, 'a lambda may stand only as the argument'],
    [sql`select json_format(cast(order_id as json)) as order_id from ${orders}`, 'not in the portable list'],
    [sql`select cast(visits as json) as order_id from ${orders}`, 'json'],
    [sql`select order_id from ${orders} o, lateral (select o.amount as a) x`, 'lateral'],
    [sql`select cast(cast(amount as double) as varchar) as order_id from ${orders}`, 'text of a double differs'],
    [sql`select ordered_at - ordered_at as order_id from ${orders}`, "date_diff('day', a, b)"],
    [sql`select amount * interval '1' day as order_id from ${orders}`, "date_add('day', n, x)"],
    [sql`select born_on + interval '1' hour as order_id from ${customers}`, 'cast it to timestamp(6) first'],
    [sql`select order_id from ${orders} where items = items`, 'is distinct from'],
    [sql`select sum(distinct amount) over (order by order_id) as order_id from ${orders}`, 'over a window'],
    [sql`select order_id from ${orders} intersect all select order_id from ${orders}`, "'intersect all'"],
  ])('%#', (query, message) => {
    expect(refusal(query)).toContain(message);
  });
});

describe('a query with wrong names', () => {
  it.each([
    [sql`select order_id from ordres`, "unknown table 'ordres'"],
    [sql`select oder_id from ${orders}`, "unknown column 'oder_id' in orders; did you mean 'order_id'?"],
    [sql`select o.oder_id from ${orders} o`, "unknown column 'oder_id' in o; did you mean 'order_id'?"],
    [sql`select x.order_id from ${orders} o`, "unknown table or column 'x'"],
    [sql`select orders.order_id from ${orders} o`, 'orders has the alias o here: write o.order_id'],
    [
      sql`select customer_id as order_id from ${orders} o join ${customers} c on true`,
      "column 'customer_id' is ambiguous: o.customer_id, c.customer_id",
    ],
    [sql`select o.order_id from ${orders} o join ${orders} o on true`, "table 'o' is named twice"],
    [sql`select address.town as order_id from ${orders}`, "unknown field 'town': the row has city, zip"],
    [sql`select order_id.x as order_id from ${orders}`, "'.x' needs a row, got varchar"],
    [sql`with a as (select order_id from ${orders}), a as (select 1 as x) select order_id from a`, "'a' is named twice"],
    [sql`with a (x, y) as (select order_id from ${orders}) select x as order_id from a`, "'a' has 1 columns, and 2 names are given"],
    [sql`select order_id from ${orders} as o (a, b)`, 'names are given'],
    [sql`select sum(amount) over w as order_id from ${orders} window v as (order by order_id)`, "unknown window 'w'"],
    [sql`select order_id from ${orders} join ${customers} using (customer)`, "unknown column 'customer' in using"],
    [sql`select u.* from ${orders} o`, "unknown table 'u'"],
    [sql`select 1 as order_id order by 2`, 'order by 2: there are 1 columns'],
    [sql`select order_id from ${orders} group by 3`, 'group by 3: there are 1 columns'],
  ])('%#', (query, message) => {
    expect(refusal(query)).toContain(message);
  });
});

describe('a query with wrong types', () => {
  it.each([
    [sql`select order_id from ${orders} where amount = '3'`, 'cannot compare decimal(10,2) and varchar: cast one of them'],
    [sql`select order_id from ${orders} where amount`, 'a where clause must be boolean, got decimal(10,2)'],
    [sql`select order_id from ${orders} where status and true`, 'a condition must be boolean'],
    [sql`select order_id || amount as order_id from ${orders}`, 'cast to varchar'],
    [sql`select order_id + 1 as order_id from ${orders}`, "'+' needs two numbers"],
    [sql`select - order_id as order_id from ${orders}`, "'-' needs a number"],
    [sql`select case when amount > 1 then 'a' else 1 end as order_id from ${orders}`, 'cannot give both varchar and integer'],
    [sql`select coalesce(order_id, 1) as order_id from ${orders}`, 'coalesce does not take (varchar, integer)'],
    [sql`select array['a', 1] as order_id from ${orders}`, 'cannot put into one array varchar and integer'],
    [sql`select order_id from ${orders} where order_id in (1, 2)`, 'cannot compare varchar and integer'],
    [sql`select order_id from ${orders} where order_id in (select visits from ${orders})`, 'cannot compare varchar and integer'],
    [sql`select order_id from ${orders} where order_id in (select order_id, status from ${orders})`, 'a query of one column, got 2'],
    [sql`select (select order_id, status from ${orders}) as order_id`, 'must have one column, got 2'],
    [sql`select order_id from ${orders} union select visits from ${orders}`, 'is varchar on one side and integer on the other'],
    [
      sql`select order_id from ${orders} union select order_id, status from ${orders}`,
      'the same number of columns on both sides, got 1 and 2',
    ],
    [sql`select cast(ordered_at as integer) as order_id from ${orders}`, 'there is no cast from timestamp(6) to integer'],
    [sql`select cast(items as varchar) as order_id from ${orders}`, 'there is no cast from array'],
    [sql`select order_id from ${orders} cross join unnest(status) as u (x)`, 'unnest needs an array or a map, got varchar'],
    [sql`select order_id from ${orders} where ordered_at like 'x'`, 'like must be varchar'],
    [sql`select 99999999999999999999 as order_id`, '64 bits'],
    [sql`select x as order_id from (values (1), ('a')) as t (x)`, 'values mix integer and varchar'],
    [sql`select x as order_id from (values (1), (1, 2)) as t (x)`, 'the same number of columns'],
    [sql`select null as order_id from ${orders}`, 'always null and has no type'],
    [sql`select transform(items, x -> 1, 2) as order_id from ${orders}`, 'transform takes 2 arguments, found 3'],
    [sql`select filter(items, x -> 1) as order_id from ${orders}`, 'the lambda must give boolean, got integer'],
    [sql`select filter(items, (x, y) -> true) as order_id from ${orders}`, 'a lambda of 1 parameter'],
  ])('%#', (query, message) => {
    expect(refusal(query)).toContain(message);
  });
});

describe('a grouped query', () => {
  it.each([
    [sql`select order_id, amount from ${orders} group by order_id`, "column 'amount' must be in group by, or inside an aggregate"],
    [sql`select order_id, sum(amount) as s from ${orders}`, "column 'order_id' must be in group by"],
    [sql`select * from ${orders} group by order_id`, 'must be in group by'],
    [sql`select lower(order_id) as o, sum(amount) as s from ${orders} group by upper(order_id)`, "column 'order_id' must be in group by"],
    [sql`select order_id from ${orders} where sum(amount) > 1`, 'an aggregate cannot stand in a where clause'],
    [sql`select sum(count(*)) as order_id from ${orders}`, 'an aggregate cannot stand in the argument of sum'],
    [sql`select order_id from ${orders} group by sum(amount)`, 'an aggregate cannot stand in group by'],
    [
      sql`select order_id from ${orders} where row_number() over (order by order_id) = 1`,
      'a window function cannot stand in a where clause',
    ],
    [
      sql`select lower(status) as state from ${orders} group by state`,
      "group by cannot use the name 'state' that select gives: repeat the expression, or write its position, 1",
    ],
    [sql`select order_id from ${orders} group by order_id having amount > 1`, "column 'amount' must be in group by"],
    [sql`select status from ${orders} group by status order by amount`, "column 'amount' must be in group by"],
  ])('%#', (query, message) => {
    expect(refusal(query)).toContain(message);
  });
});

describe('a correlated subquery outside the subset', () => {
  it.each([
    [sql`select (select o.amount) as order_id from ${orders} o`, 'only in the where clause of a subquery'],
    [sql`select order_id from ${orders} o where exists (select 1 from ${customers} c group by o.status)`, 'only in the where clause'],
    [
      sql`select (select c.email from ${customers} c where c.customer_id = o.customer_id) as order_id from ${orders} o`,
      'must be an aggregate without group by',
    ],
  ])('%#', (query, message) => {
    expect(refusal(query)).toContain(message);
  });
});

describe('a query that does not give what its contract declares', () => {
  const declared = [column('day', 'date'), column('revenue', decimal(38, 2))];

  it('shows declared and found side by side', () => {
    expect(
      refusal(sql`select date(ordered_at) as day, sum(amount) / 3 as revenue from ${orders} group by 1`, [
        column('day', 'date'),
        column('revenue', decimal(10, 2)),
      ]),
    ).toBe(
      [
        "Orders/Result/query 1:33  column 'revenue' is declared decimal(10,2) and found decimal(38,2): narrowing is said, never silent: cast(… as decimal(10,2))",
        '    declared                         found',
        '    day date not null                day date not null',
        '    revenue decimal(10,2) not null   revenue decimal(38,2) not null',
        '    select date(ordered_at) as day, sum(amount) / 3 as revenue from ${orders} group by 1',
        '                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^',
      ].join('\n'),
    );
  });

  it.each([
    [sql`select date(ordered_at) as day from ${orders}`, "the result lacks 'revenue' of contract result"],
    [sql`select date(ordered_at) as day, amount as revenue, status from ${orders}`, "column 'status' is not declared in contract result"],
    [
      sql`select date(ordered_at) as day, amount as revenu from ${orders}`,
      "column 'revenu' is not declared in contract result; did you mean 'revenue'?",
    ],
    [
      sql`select amount as revenue, date(ordered_at) as day from ${orders}`,
      "the columns stand in another order than in contract result: 'day' belongs here",
    ],
    [sql`select date(ordered_at) as day, amount as day from ${orders}`, "column 'day' stands twice in the result"],
    [sql`select date(ordered_at), amount as revenue from ${orders}`, "column 1 of the result has no name: add 'as name'"],
    [
      sql`select date(ordered_at) as day, cast(discount as decimal(5, 2)) as revenue from ${orders}`,
      "column 'revenue' is declared not null and can be null here",
    ],
    [
      sql`select date(ordered_at) as day, status as revenue from ${orders}`,
      'declared decimal(38,2) and found varchar: cast it, as cast(… as decimal(38,2))',
    ],
    [sql`select * from ${orders}`, "column 'order_id' is not declared"],
  ])('%#', (query, message) => {
    expect(refusal(query, declared)).toContain(message);
  });

  it.each([
    ['a left join', sql`select c.region as order_id from ${orders} o left join ${customers} c on c.customer_id = o.customer_id`],
    ['a right join', sql`select o.order_id from ${orders} o right join ${customers} c on c.customer_id = o.customer_id`],
    [
      'a full join',
      sql`select coalesce(o.order_id, c.email) as order_id from ${orders} o full join ${customers} c on c.customer_id = o.customer_id`,
    ],
    ['an aggregate over nothing', sql`select max(order_id) as order_id from ${orders}`],
    ['an aggregate with a filter', sql`select max(order_id) filter (where amount > 1) as order_id from ${orders} group by status`],
    ['a case without else', sql`select case when amount > 1 then order_id end as order_id from ${orders}`],
    ['try_cast', sql`select cast(try_cast(order_id as integer) as varchar) as order_id from ${orders}`],
    ['element_at', sql`select element_at(split(order_id, '-'), 1) as order_id from ${orders}`],
    ['nullif', sql`select nullif(order_id, '') as order_id from ${orders}`],
    ['a scalar subquery', sql`select (select order_id from ${orders} order by 1 limit 1) as order_id`],
    ['lag', sql`select lag(order_id) over (order by order_id) as order_id from ${orders}`],
    ['a struct that can be null', sql`select address.zip as order_id from ${orders}`],
    ['rollup', sql`select status as order_id from ${orders} group by rollup (status)`],
  ])('knows that %s can give null', (_, query) => {
    expect(refusal(query)).toContain("column 'order_id' is declared not null and can be null here");
  });

  it.each([
    ['where … is not null', sql`select customer_id as order_id from ${orders} where customer_id is not null`],
    ['a comparison in where', sql`select customer_id as order_id from ${orders} where customer_id <> ''`],
    ['an inner join on it', sql`select o.customer_id as order_id from ${orders} o join ${customers} c on c.customer_id = o.customer_id`],
    ['coalesce', sql`select coalesce(customer_id, 'none') as order_id from ${orders}`],
    ['an aggregate of each group', sql`select max(order_id) as order_id from ${orders} group by status`],
    ['elements of an array', sql`select i.sku as order_id from ${orders} cross join unnest(items) as i (sku, quantity, note)`],
    ['lag with a default', sql`select lag(order_id, 1, '') over (order by order_id) as order_id from ${orders}`],
    ['is null', sql`select cast(customer_id is null as varchar) as order_id from ${orders}`],
  ])('knows that %s cannot', (_, query) => {
    expect(() => checkQuery({ query, contract: contractOf('result', RESULT), path: 'p' })).not.toThrow();
  });

  it('takes a narrower value for a wider column', () => {
    const query = sql`select visits as n, amount, date(ordered_at) as at from ${orders}`;
    const contract = contractOf('result', [column('n', 'bigint'), column('amount', decimal(12, 2)), column('at', 'timestamp')]);
    expect(() => checkQuery({ query, contract, path: 'p' })).not.toThrow();
  });
});

describe('a query that is too much', () => {
  function timed<T>(run: () => T): { readonly result: T; readonly milliseconds: number } {
    const start = performance.now();
    const result = run();
    return { result, milliseconds: performance.now() - start };
  }

  it.each([
    ['1 MB of text', `select '${'x'.repeat(1_000_000)}'`, 'athena takes at most 262144'],
    ['500 brackets', `select ${'('.repeat(500)}1${')'.repeat(500)}`, 'nested more than 64 deep'],
    ['500 subqueries', `${'select * from ('.repeat(500)}select 1${')'.repeat(500)}`, 'nested more than 64 deep'],
    ['500 arrays', `select ${'array['.repeat(500)}1${']'.repeat(500)}`, 'nested more than 64 deep'],
    ['brackets that never close', `select ${'('.repeat(60)}`, "this '(' is never closed"],
    ['20,000 minus signs', `select ${'- '.repeat(20_000)}1`, 'nested too deep'],
  ])('%s', (_, text, message) => {
    const { result } = timed(() => textRefusal(text));
    expect(result).toContain(message);
  });

  it('takes conditions of thousands of parts', () => {
    const query = parseQuery(`select 1 as x where ${Array.from({ length: 3000 }, (_, n) => `1 = ${n}`).join(' or ')}`);
    expect(query.kind).toBe('query');
  });
});

describe('text that tries to leave its place', () => {
  it('is one value whatever it holds', () => {
    const attack = "'; drop table orders; --";
    const checked = checkQuery({
      query: sql`select order_id from ${orders} where status = ${attack} and ordered_at < ${asOf}`,
      contract: contractOf('result', RESULT),
      path: 'p',
    });
    expect(checked.rewrite(() => 't').textWith(() => 'NOW')).toBe(
      `select order_id from t AS "orders" where status = '''; drop table orders; --' and ordered_at < NOW`,
    );
  });

  it('loses its comments, which could swallow what is put around it', () => {
    const checked = checkQuery({
      query: sql`select order_id /* a */ from ${orders} -- the end`,
      contract: contractOf('result', RESULT),
      path: 'p',
    });
    expect(checked.rewrite(() => 't').sample()).toBe('select order_id   from t AS "orders"  ');
  });

  it('takes names with quotes in them as names', () => {
    const odd = { ...orders, tableName: 'or"ders', spec: contractOf('or"ders', [column('a"; drop table x; --', 'text')]) };
    const checked = checkQuery({
      query: sql`select * from ${odd}`,
      contract: contractOf('result', [column('a"; drop table x; --', 'text')]),
      path: 'p',
    });
    expect(checked.output[0]?.name).toBe('a"; drop table x; --');
    expect(nullable(odd.spec.columns[0] as ColumnSpec).nullable).toBe(true);
  });
});
