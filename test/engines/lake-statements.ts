/** What people write over a lake, by what it does. One that ends in `order by` orders its rows wholly. */
export const STATEMENTS: Readonly<Record<string, string>> = {
  // Every type as it is, so that the rest compares queries and not tables.
  'all events': 'select * from events order by id',
  'all customers': 'select * from customers order by id',
  'all prices': 'select * from prices order by sku, valid_from',
  'all lines': 'select * from lines order by event_id, n',

  // Windows: duplicates, sessions, totals.
  'the newest row of each customer': `select id, customer, at from (select id, customer, at, row_number() over (partition by customer order by at desc, id desc) as r from events) as e where r = 1`,
  'duplicates by business key': `select customer, kind, at, count(*) as copies, min(id) as first_id from events group by customer, kind, at having count(*) > 1`,
  'distinct rows': 'select distinct kind, customer from events',
  'sessions by a gap of 30 minutes': `with gaps as (
      select id, customer, at, case when lag(at) over (partition by customer order by at, id) is null
          or at - interval '30' minute > lag(at) over (partition by customer order by at, id) then 1 else 0 end as starts
      from events where customer is not null),
    sessions as (select id, customer, at, sum(starts) over (partition by customer order by at, id rows between unbounded preceding and current row) as session from gaps)
    select customer, session, count(*) as events, min(at) as began, max(at) as ended, date_diff('second', min(at), max(at)) as seconds
    from sessions group by customer, session order by customer, session`,
  'running total': `select id, sum(coalesce(amount, 0)) over (order by at, id rows between unbounded preceding and current row) as total from events order by id`,
  'running total by range, ties together': `select id, customer, sum(amount) over (partition by customer order by at) as total from events order by id`,
  'moving average of three': `select id, avg(amount) over (order by at, id rows between 2 preceding and current row) as moving from events order by id`,
  'share of total': `select id, kind, amount, cast(amount as double) / nullif(cast(sum(abs(amount)) over (partition by kind) as double), 0e0) as share from events order by id`,
  'share of total as decimal': `select kind, count(*) as n, cast(100 * count(*) as decimal(10,4)) / (select count(*) from events) as percent from events group by kind`,
  'top two of each kind with ties': `select kind, id, amount, r from (select kind, id, amount, rank() over (partition by kind order by amount desc nulls last) as r from events) as t where r <= 2`,
  'dense rank and row number beside rank': `select id, rank() over (order by kind) as a, dense_rank() over (order by kind) as b, row_number() over (order by kind, id) as c, ntile(4) over (order by id) as d from events order by id`,
  'previous and next': `select id, lag(amount, 1, 0) over (order by id) as before, lead(kind) over (order by id) as after, lead(amount, 2) over (partition by kind order by id) as two_on from events order by id`,
  'first and last of a window': `select id, first_value(kind) over (partition by customer order by at, id) as began, last_value(kind) over (partition by customer order by at, id rows between unbounded preceding and unbounded following) as ended from events order by id`,
  'last known value carried forward': `select id, last_value(amount) ignore nulls over (order by id rows between unbounded preceding and current row) as known from events order by id`,
  'percent rank and cume dist': `select id, percent_rank() over (order by amount, id) as p, cume_dist() over (order by amount, id) as c from events order by id`,
  'gaps in a sequence': `select id + 1 as gap_from, next_id - 1 as gap_to from (select event_id as id, lead(event_id) over (order by event_id, n) as next_id from lines) as t where next_id - id > 1`,
  'islands of equal kind': `select kind, min(id) as from_id, max(id) as to_id, count(*) as n from (
      select id, kind, row_number() over (order by id) - row_number() over (partition by kind order by id) as island from events) as t group by kind, island order by from_id`,
  'islands of days': `with days as (select distinct cast(at as date) as day from events),
    grouped as (select day, date_add('day', -cast(row_number() over (order by day) as integer), day) as island from days)
    select min(day) as began, max(day) as ended, count(*) as days from grouped group by island order by began`,

  // Joins.
  'lines with the price of their day': `select l.event_id, l.n, p.price, l.quantity * p.price as worth from lines as l
    join events as e on e.id = l.event_id and l.sku <> 's2'
    left join prices as p on p.sku = l.sku and cast(e.at as date) >= p.valid_from and (p.valid_to is null or cast(e.at as date) < p.valid_to) order by l.event_id, l.n`,
  'history from changes': `select id, customer, at as valid_from, lead(at) over (partition by customer order by at, id) as valid_to, lead(at) over (partition by customer order by at, id) is null as is_current from events where customer is not null order by id`,
  'left join keeps, filter in on': `select c.id, e.id as event_id from customers as c left join events as e on e.customer = c.id and e.kind = 'buy' order by c.id, event_id`,
  'full join of keys': `select coalesce(c.id, e.customer) as id, c.name is null as no_name, count(e.id) as n from customers as c full join events as e on c.id = e.customer group by coalesce(c.id, e.customer), c.name is null`,
  'self join to referrers': `select c.id, r.name, g.id as grand from customers as c left join customers as r on r.id = c.referrer left join customers as g on g.id = r.referrer order by c.id`,
  'join using': `select id, l.kinds from customers join (select customer as id, count(distinct kind) as kinds from events group by customer) as l using (id) order by id`,
  'cross join of values': `select k.kind, c.id, count(e.id) as n from (values ('view'), ('cart'), ('buy')) as k (kind) cross join customers as c left join events as e on e.customer = c.id and e.kind = k.kind group by k.kind, c.id`,
  'inequality join': `select a.id, count(*) as earlier from events as a join events as b on b.at < a.at group by a.id order by a.id`,
  'customers without events': `select id from customers as c where not exists (select 1 from events as e where e.customer = c.id) order by id`,
  'customers with two buys': `select id from customers as c where (select count(*) from events as e where e.customer = c.id and e.kind = 'buy') >= 2 order by id`,
  'in with nulls': `select id from events where customer in (select referrer from customers) order by id`,
  'not in without nulls': `select id from customers where id not in (select customer from events where customer is not null) order by id`,
  'not in with nulls': `select id from customers where id not in (select customer from events) order by id`,
  'correlated latest': `select c.id, (select max(e.at) from events as e where e.customer = c.id) as last_at from customers as c order by c.id`,
  'exists or': `select id from events as e where amount < 0 or exists (select 1 from lines as l where l.event_id = e.id and l.gift) order by id`,

  // Set operations.
  'union of two shapes': `select id, cast(amount as decimal(18,4)) as x from events union select event_id, unit from lines`,
  'union all with a tag': `select 'event' as source, id from events union all select 'line', event_id from lines`,
  intersect: `select customer from events intersect select id from customers`,
  except: `select id from customers except select customer from events`,
  'union of nulls is one': `select customer from events where customer is null union select referrer from customers where referrer is null`,
  'set operations in order': `(select kind from events except select 'view') union all select 'view'`,

  // Grouping.
  rollup: `select kind, customer, count(*) as n, sum(amount) as total, grouping(kind, customer) as level from events group by rollup (kind, customer)`,
  cube: `select kind, unknown, count(*) as n from (select kind, amount is null as unknown from events) as e group by cube (kind, unknown)`,
  'grouping sets': `select kind, customer, count(*) as n from events group by grouping sets ((kind), (customer), ())`,
  pivot: `select customer, count_if(kind = 'view') as views, sum(case when kind = 'buy' then amount end) as bought, max(case kind when 'cart' then at end) as carted from events group by customer`,
  'filtered aggregates': `select kind, count(*) filter (where amount > 0) as positive, sum(amount) filter (where customer = 'c1') as c1 from events group by kind`,
  'aggregates over nothing': `select count(*) as n, sum(amount) as s, avg(amount) as a, max(kind) as m, count_if(amount > 0) as p, bool_or(amount > 0) as b from events where id < 0`,
  'averages of decimals': `select kind, avg(amount) as a, sum(amount) as s, min(amount) as lo, max(amount) as hi from events group by kind`,
  'statistics of doubles': `select stddev_samp(score) as sd, var_pop(score) as vp, avg(score) as a, sum(score) as s from customers where score < 1000`,
  'the value at the maximum': `select kind, max_by(at, id) as last_at, min_by(customer, id) as first_customer from events where id <> 10 group by kind`,
  'collected in order': `select kind, array_agg(id order by at, id) as ids, listagg(customer, '|') within group (order by id) as names from events where customer is not null group by kind`,
  'distinct counts': `select count(distinct customer) as c, count(distinct amount) as a, count(distinct kind) as k, count(customer) as n from events`,
  'having on a share': `select kind from events group by kind having sum(amount) > (select avg(amount) from events)`,
  'grouped by an expression': `select date_trunc('hour', at) as hour, year(at) as y, count(*) as n from events group by date_trunc('hour', at), year(at)`,
  'group by position': `select upper(kind) as k, cast(at as date) as day, count(*) as n from events group by 1, 2`,

  // Funnel and cohort.
  funnel: `with steps as (select customer, min(case when kind = 'view' then at end) as viewed, min(case when kind = 'cart' then at end) as carted, min(case when kind = 'buy' then at end) as bought from events where customer is not null group by customer)
    select count(viewed) as viewed, count_if(carted > viewed) as carted, count_if(bought > carted and carted > viewed) as bought from steps`,
  cohort: `with firsts as (select customer, min(cast(at as date)) as first_day from events group by customer)
    select date_trunc('month', f.first_day) as cohort, date_diff('month', f.first_day, cast(e.at as date)) as age, count(distinct e.customer) as customers
    from events as e join firsts as f on f.customer = e.customer group by date_trunc('month', f.first_day), date_diff('month', f.first_day, cast(e.at as date))`,
  retention: `select c.id, count(e.id) as later, sum(case when e.at >= cast(c.since as timestamp(6)) + interval '365' day then 1 else 0 end) as after_a_year from customers as c left join events as e on e.customer = c.id group by c.id order by c.id`,

  // Time.
  'local hours on days of clock changes': `select id, cast(with_timezone(at, 'UTC') at time zone 'Europe/Berlin' as timestamp(6)) as berlin, cast(with_timezone(at, 'UTC') at time zone 'America/New_York' as timestamp(6)) as new_york from events order by id`,
  'local days': `select cast(cast(with_timezone(at, 'UTC') at time zone 'Asia/Kolkata' as timestamp(6)) as date) as day, count(*) as n from events group by 1`,
  'truncated moments': `select id, date_trunc('day', at) as d, date_trunc('week', at) as w, date_trunc('quarter', at) as q, date_trunc('minute', at) as m from events order by id`,
  'parts of moments': `select id, extract(year from at) as y, month(at) as m, day(at) as d, hour(at) as h, second(at) as s, day_of_week(at) as dow, day_of_year(at) as doy, week(at) as w, quarter(at) as q from events order by id`,
  intervals: `select id, at + interval '1' day as a, at - interval '90' minute as b, cast(at as date) + interval '1' month as c, cast(at as date) - interval '1' year as d from events order by id`,
  'month ends': `select id, since, last_day_of_month(since) as last, date_add('month', 1, since) as next, date_add('year', -1, since) as before from customers order by id`,
  'differences of moments': `select e.id, date_diff('day', c.since, cast(e.at as date)) as days, date_diff('month', c.since, cast(e.at as date)) as months, date_diff('hour', cast(c.since as timestamp(6)), e.at) as hours from events as e join customers as c on c.id = e.customer order by e.id`,
  'a calendar with no gaps': `select d.day, count(e.id) as n from (select date_add('day', cast(s.n as integer), date '2026-03-27') as day from unnest(sequence(0, 4)) as s (n)) as d left join events as e on cast(e.at as date) = d.day group by d.day order by d.day`,
  'formatted moments': `select id, cast(at as varchar) as text, date_format(at, '%Y-%m-%d %H:%i:%s') as formatted from events order by id`,
  'unix seconds': `select id, to_unixtime(at) as s from events order by id`,

  // JSON, arrays, maps, rows.
  'fields of JSON': `select id, json_extract_scalar(payload, '$.page') as page, try_cast(json_extract_scalar(payload, '$.ms') as integer) as ms, json_extract_scalar(payload, '$.user.id') as user_id, json_extract_scalar(payload, '$.deep.a.b') as deep from events order by id`,
  'JSON of another kind': `select id, json_extract_scalar(payload, '$.items') as items, json_extract_scalar(payload, '$.ok') as ok, json_extract_scalar(payload, '$.total') as total from events order by id`,
  'tags in rows': `select id, t.tag from events cross join unnest(tags) as t (tag) order by id, t.tag`,
  'tags in rows, empty ones kept': `select id, t.tag, t.n from events left join unnest(tags) with ordinality as t (tag, n) on true`,
  'tag counts': `select t.tag, count(*) as n, count(distinct e.customer) as customers from events as e cross join unnest(e.tags) as t (tag) group by t.tag`,
  'map in rows': `select id, m.k, m.v from events cross join unnest(attrs) as m (k, v) order by id, m.k`,
  'rows in rows': `select event_id, n, p.name, p.qty from lines cross join unnest(parts) as p (name, qty)`,
  'fields of rows': `select event_id, n, element_at(parts, 1).name as first_name, cardinality(parts) as size from lines order by event_id, n`,
  'lambdas over arrays': `select id, transform(tags, t -> upper(t)) as upper_tags, filter(tags, t -> t <> 'a') as others, any_match(tags, t -> t = 'a') as has_a, reduce(tags, 0, (s, t) -> s + coalesce(length(t), 0), s -> s) as letters from events order by id`,
  'array functions': `select id, array_distinct(tags) as d, contains(tags, 'a') as c, array_position(tags, 'b') as p, cardinality(tags) as n, array_join(tags, ',') as j, slice(tags, 1, 2) as s, array_max(tags) as m from events order by id`,
  'map access': `select id, element_at(attrs, 'k') as k, map_keys(attrs) as keys from events order by id`,
  'lambda with a column': `select event_id, n, filter(parts, p -> p.qty > quantity) as larger, transform(parts, p -> coalesce(p.qty, 0) * n) as scaled from lines order by event_id, n`,

  // Text.
  'cleaned names': `select id, trim(name) as trimmed, lower(name) as lowered, length(name) as n, regexp_replace(trim(name), '\\s+', ' ') as single, nullif(trim(name), '') as known from customers order by id`,
  'cut text': `select id, substr(name, 1, 3) as a, substr(name, -2) as b, split_part(name, ' ', 1) as first, strpos(name, 'e') as e, reverse(name) as r from customers order by id`,
  patterns: `select id, regexp_like(name, '^[A-Z]') as capital, regexp_extract(name, '(\\w+), (\\w+)', 2) as second, name like '%o%' as has_o, replace(name, '''', '') as plain from customers order by id`,
  'joined text': `select id, concat(id, '-', city) as a, id || coalesce('/' || city, '') as b, concat_ws('|', id, name, city) as c, lpad(id, 5, '0') as d from customers order by id`,
  'hashed keys': `select id, to_hex(sha256(to_utf8(coalesce(name, '') || '|' || coalesce(city, '')))) as h, to_hex(md5(to_utf8(id))) as m from customers order by id`,
  'sorted by text': `select name from customers where name is not null order by name desc`,

  // Numbers.
  'integer division and remainder': `select event_id, n, quantity / 2 as half, quantity % 3 as rest, -quantity / 2 as negative, mod(quantity, 2) as m from lines order by event_id, n`,
  'decimal arithmetic': `select event_id, n, unit * 3 as a, unit / 3 as b, round(unit, 2) as c, cast(unit as decimal(18,2)) as d, cast(unit as integer) as e, unit - 0.5 as f, abs(unit) as g from lines where unit < 1000 order by event_id, n`,
  'decimal limits': `select sku, valid_from, price, price - 1 as less, cast(price as varchar) as text, sign(price) as s from prices order by sku, valid_from`,
  'sum of limits': `select sum(amount) as s, sum(cast(quantity as bigint)) as q from events join lines on lines.event_id = events.id`,
  'large integers': `select event_id, n, big, cast(big as varchar) as text, big / 10 as tenth, big % 1000 as rest from lines order by event_id, n`,
  'nulls in comparisons': `select event_id, n, gift is distinct from true as a, gift = true or quantity > 1 as b, not gift as c, coalesce(gift, false) as d, greatest(quantity, n) as e, nullif(quantity, 2) as f from lines order by event_id, n`,
  'rounded doubles': `select id, round(score) as r, round(score, 1) as s, floor(score) as f, ceiling(score) as c, cast(score as decimal(20,3)) as d, cast(score as bigint) as b, truncate(score) as t from customers order by id`,
  'bands by case': `select case when amount is null then 'none' when amount < 0 then 'refund' when amount between 0 and 5.5 then 'small' else 'large' end as band, count(*) as n, sum(amount) as total from events group by 1`,
  'nulls first and last': `select id, amount from events order by amount desc nulls first, id`,
  'page of rows': `select id, kind from events order by kind, id offset 3 limit 5`,
  'top and rest': `with ranked as (select kind, count(*) as n, row_number() over (order by count(*) desc, kind) as r from events group by kind) select case when r <= 1 then kind else 'rest' end as kind, sum(n) as n from ranked group by 1`,
};
