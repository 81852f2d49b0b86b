import type { ColumnSpec, TypeSpec } from '../lib/contract/spec.js';
import type { ITableRef } from '../lib/model/table.js';
import type { CheckQueryProps } from '../lib/sql/check/check-query.js';
import { sql } from '../lib/sql/sql.js';

const column = (name: string, type: TypeSpec, nullable = false): ColumnSpec => ({ name, type, nullable });
const text = { kind: 'text' } as const;
const bigint = { kind: 'bigint' } as const;
const timestamp = { kind: 'timestamp' } as const;
const decimal = (precision: number): TypeSpec => ({ kind: 'decimal', precision, scale: 2 });

function table(name: string, columns: readonly ColumnSpec[]): ITableRef<'silver'> {
  return { zone: 'silver', database: 'bench_dev_silver', tableName: name, spec: { name, version: '000000000000', columns, rules: [] } };
}

const orders = table('orders', [
  column('order_id', text),
  column('customer_id', text, true),
  column('status', text),
  column('amount', decimal(10)),
  column('ordered_at', timestamp),
  column('visits', { kind: 'int' }),
  column('tags', { kind: 'array', element: text }),
  ...Array.from({ length: 12 }, (_, n) => column(`extra_${n}`, text, true)),
]);
const customers = table('customers', [column('customer_id', text), column('email', text, true), column('region', text)]);

/** Fifty transforms as lakes have them: projections, groups, joins, windows, unnests. No two are equal. */
export function fiftyTransforms(): CheckQueryProps[] {
  return Array.from({ length: 50 }, (_, n) => ({ ...KINDS[n % KINDS.length]!(n), path: `Bench/T${n}` })).map(
    ({ query, columns, path }) => ({
      query,
      path,
      contract: { name: 'result', version: '000000000000', columns, rules: [] },
    }),
  );
}

type Kind = (n: number) => { readonly query: CheckQueryProps['query']; readonly columns: readonly ColumnSpec[] };

const KINDS: readonly Kind[] = [
  (n) => ({
    query: sql`select order_id, upper(status) as status, amount, ordered_at from ${orders} where amount > ${n} and extra_1 is not null`,
    columns: [column('order_id', text), column('status', text), column('amount', decimal(10)), column('ordered_at', timestamp)],
  }),
  (n) => ({
    query: sql`select date(ordered_at) as day, sum(amount) as revenue, count(*) as orders, count_if(status = 'paid') as paid from ${orders} where visits <> ${n} group by 1`,
    columns: [column('day', { kind: 'date' }), column('revenue', decimal(38)), column('orders', bigint), column('paid', bigint)],
  }),
  (n) => ({
    query: sql`
      with ranked as (
        select order_id, customer_id, amount, row_number() over (partition by customer_id order by ordered_at desc, order_id) as place from ${orders}
      )
      select r.order_id, coalesce(c.email, 'none') as email, case when r.amount > ${n} then 'large' else 'small' end as size
      from ranked r left join ${customers} c on c.customer_id = r.customer_id
      where r.place = 1`,
    columns: [column('order_id', text), column('email', text), column('size', text)],
  }),
  (n) => ({
    query: sql`select o.order_id, t.tag, t.n from ${orders} o cross join unnest(o.tags) with ordinality as t (tag, n) where t.n < ${n + 1}`,
    columns: [column('order_id', text), column('tag', text), column('n', bigint)],
  }),
  (n) => ({
    query: sql`
      select c.region, date_trunc('month', o.ordered_at) as month, sum(o.amount) as total, avg(o.amount) as mean, max(o.ordered_at) as latest
      from ${orders} o join ${customers} c on c.customer_id = o.customer_id
      where o.visits > ${n} and o.status in ('paid', 'open')
      group by c.region, date_trunc('month', o.ordered_at)
      having count(*) > 1`,
    columns: [
      column('region', text),
      column('month', timestamp),
      column('total', decimal(38)),
      column('mean', decimal(10)),
      column('latest', timestamp),
    ],
  }),
];
