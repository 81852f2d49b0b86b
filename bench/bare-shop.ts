/**
 * The shop's transforms as a person would write them for DuckDB alone: a view a bronze table over the same objects, and a
 * `create table … as` a query. No audit, no run, nothing to repeat: the floor of a local run. With `keyed`, a row a key is kept, the
 * latest: without it silver holds every change and duplicate, and gold counts them all, so its rows are others than a run's.
 */
import { stringLiteral } from '../lib/sql/literal.js';

/** Those of the local runtime that change what an expression means or costs. */
export const BARE_SETTINGS = [
  "SET TimeZone = 'UTC'",
  'SET integer_division = true',
  'SET ieee_floating_point_ops = false',
  'SET preserve_insertion_order = false',
];

const BRONZE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: {
    customer_id: 'VARCHAR',
    name: 'VARCHAR',
    email: 'VARCHAR',
    region: 'VARCHAR',
    signed_up_on: 'DATE',
    updated_at: 'TIMESTAMP',
  },
  products: { product_id: 'VARCHAR', name: 'VARCHAR', category: 'VARCHAR', price: 'DECIMAL(10,2)', updated_at: 'TIMESTAMP' },
  order_events: {
    order_id: 'VARCHAR',
    customer_id: 'VARCHAR',
    channel: 'VARCHAR',
    status: 'VARCHAR',
    version: 'INTEGER',
    items: 'STRUCT(product_id VARCHAR, quantity INTEGER, unit_price DECIMAL(10,2))[]',
    amount: 'DECIMAL(12,2)',
    placed_at: 'TIMESTAMP',
    occurred_at: 'TIMESTAMP',
  },
  payments: {
    payment_id: 'VARCHAR',
    order_id: 'VARCHAR',
    method: 'VARCHAR',
    kind: 'VARCHAR',
    amount: 'DECIMAL(12,2)',
    paid_at: 'TIMESTAMP',
  },
};

const TABLES: Readonly<Record<string, string>> = {
  customers: 'select customer_id, name, lower(email) as email, region, signed_up_on, updated_at from bronze.customers',
  products: 'select product_id, name, category, price, updated_at from bronze.products',
  orders: `select order_id, customer_id, channel, status, version, len(items) as item_count, amount, placed_at, occurred_at as changed_at
    from bronze.order_events`,
  order_items: `select order_id, line, item.product_id, item.quantity, item.unit_price, placed_at
    from (select order_id, placed_at, unnest(items) as item, generate_subscripts(items, 1) as line from bronze.order_events)
    where item.product_id is not null and item.quantity is not null and item.unit_price is not null`,
  payments: 'select payment_id, order_id, method, kind, amount, paid_at from bronze.payments',
  daily_revenue: `select paid_at::date as day, count(*) as payments,
    sum(case when kind = 'capture' then amount else 0 end) as captured,
    sum(case when kind = 'refund' then -amount else 0 end) as refunded, sum(amount) as revenue
    from payments group by 1`,
  customer_value: `with paid as (select order_id, sum(amount) as amount from payments group by order_id)
    select c.customer_id, c.region, count(o.order_id) as orders, count(*) filter (where o.status = 'cancelled') as cancelled,
      coalesce(sum(p.amount), 0) as paid, max(o.placed_at) as last_order_at,
      case when count(o.order_id) >= 12 then 'regular' when count(o.order_id) >= 3 then 'occasional' else 'new' end as segment
    from customers c left join orders o on o.customer_id = c.customer_id left join paid p on p.order_id = o.order_id
    group by c.customer_id, c.region`,
  product_sales: `select i.placed_at::date as day, p.category, count(distinct i.order_id) as orders, sum(i.quantity) as units,
      sum(i.quantity * i.unit_price) as sales
    from order_items i join products p on p.product_id = i.product_id group by 1, 2`,
};

/** Gold's columns, to be compared with a run's. */
export const GOLD: Readonly<Record<string, readonly string[]>> = {
  daily_revenue: ['day', 'payments', 'captured', 'refunded', 'revenue'],
  customer_value: ['customer_id', 'region', 'orders', 'cancelled', 'paid', 'last_order_at', 'segment'],
  product_sales: ['day', 'category', 'orders', 'units', 'sales'],
};

/** Which of a key's rows stays. */
const KEPT: Readonly<Record<string, string>> = {
  customers: 'partition by customer_id order by updated_at desc',
  products: 'partition by product_id order by updated_at desc',
  orders: 'partition by order_id order by version desc',
  order_items: 'partition by order_id, line order by placed_at desc',
  payments: 'partition by payment_id order by paid_at desc',
};

/** Views over the objects, then the tables in order, by name. */
export function bareStatements(objects: string, keyed: boolean): readonly (readonly [string, string])[] {
  const views = Object.entries(BRONZE).map(([table, columns]): [string, string] => {
    const typed = Object.entries(columns).map(([name, type]) => `${name}: ${stringLiteral(type)}`);
    const files = stringLiteral(`${objects}/*bronze*/${table}/arrival=*/*`);
    return [
      `view ${table}`,
      `create view bronze.${table} as from read_json(${files}, columns = {${typed.join(', ')}}, format = 'newline_delimited')`,
    ];
  });
  const tables = Object.entries(TABLES).map(([name, query]): [string, string] => {
    const kept = keyed && KEPT[name] !== undefined ? ` qualify row_number() over (${KEPT[name]}) = 1` : '';
    return [`table ${name}`, `create table ${name} as select * from (${query})${kept}`];
  });
  return [['schema', 'create schema bronze'], ...views, ...tables];
}
