import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../lib/contract/spec.js';
import { checkQuery } from '../../lib/sql/check/check-query.js';
import { parseQuery } from '../../lib/sql/parse/read.js';
import { asOf, parameter, type Sql, sql, sqlText } from '../../lib/sql/sql.js';
import { column, contractOf, customers, events, orders } from './shop-tables.js';

function rewritten(query: Sql, columns: readonly ColumnSpec[]): string {
  const checked = checkQuery({ query, contract: contractOf('r', columns), path: 'p' });
  return checked
    .rewrite((table) =>
      table.zone === 'bronze' ? sqlText`(SELECT * FROM b WHERE at < ${parameter('asOf', 'x')})` : `"s"."${table.tableName}"`,
    )
    .textWith(({ name }) => `{${name}}`);
}

const ID = [column('order_id', 'text')];

describe("the user's text with its tables replaced", () => {
  it('keeps everything else as it was written', () => {
    const query = sql`SELECT   o.order_id
      FROM ${orders}  o`;
    expect(rewritten(query, ID)).toBe('SELECT   o.order_id\n      FROM "s"."orders"  o');
  });

  it('gives a table without alias its own name', () => {
    expect(rewritten(sql`select orders.order_id from ${orders}`, ID)).toBe('select orders.order_id from "s"."orders" AS "orders"');
  });

  it('keeps parameters, of the query and of what replaces a table', () => {
    expect(rewritten(sql`select event_id as order_id from ${events} where seen_at < ${asOf}`, ID)).toBe(
      'select event_id as order_id from (SELECT * FROM b WHERE at < {asOf}) AS "events" where seen_at < {asOf}',
    );
  });

  it('writes a star out, so that technical columns stay behind', () => {
    const all = customers.spec.columns;
    expect(rewritten(sql`select * from ${customers}`, all)).toBe(
      'select "customers"."customer_id", "customers"."email", "customers"."region", "customers"."born_on" from "s"."customers" AS "customers"',
    );
    expect(rewritten(sql`select c.*, c.email as again from ${customers} as c`, [...all, column('again', 'text?')])).toBe(
      'select "c"."customer_id", "c"."email", "c"."region", "c"."born_on", c.email as again from "s"."customers" as c',
    );
    expect(rewritten(sql`select * from (select customer_id from ${customers})`, [column('customer_id', 'text')])).toBe(
      'select "customer_id" from (select customer_id from "s"."customers" AS "customers")',
    );
  });

  it('leaves common table expressions and their namesakes alone', () => {
    expect(rewritten(sql`with orders as (select order_id from ${orders}) select order_id from orders`, ID)).toBe(
      'with orders as (select order_id from "s"."orders" AS "orders") select order_id from orders',
    );
  });

  it('finds tables in every corner', () => {
    const text = rewritten(
      sql`select order_id from ${orders} where customer_id in (select customer_id from ${customers} c) and exists (select 1 from ${customers} d where d.email = customer_id) union select order_id from (select o.order_id from ${orders} o join ${orders} p on p.order_id = o.order_id) q`,
      ID,
    );
    expect(text).not.toContain('shop_dev');
    expect(text.match(/"s"\./g)).toHaveLength(5);
    expect(() => parseQuery(text)).not.toThrow();
  });
});
