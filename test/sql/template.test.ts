import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpressionText } from '../../lib/sql/parse/parse.js';
import { asOf, joinSql, parameter, Sql, sql, sqlText } from '../../lib/sql/sql.js';
import { sqlFile } from '../../lib/sql/sql-file.js';
import { customers, orders } from './shop-tables.js';

describe('the sql template', () => {
  it('names tables by database and table', () => {
    expect(sql`select * from ${orders}`.sample()).toBe('select * from "shop_dev_silver"."orders"');
  });

  it('collects the tables it names, each once', () => {
    expect(sql`select 1 from ${orders} a, ${customers} b, ${orders} c`.tables).toEqual([orders, customers]);
  });

  it('writes values as literals, whatever is in them', () => {
    expect(sql`select ${"x' or '1'='1"}, ${-3}, ${null}, ${true}`.sample()).toBe("select 'x'' or ''1''=''1', (-3), NULL, TRUE");
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const { ast } = parseExpressionText(sql`${a}-${b}`.sample());
        expect(ast.kind).toBe('arithmetic');
      }),
    );
  });

  it('keeps a value apart from the words around it', () => {
    expect(sql`select${1}as x`.sample()).toBe('select 1 as x');
  });

  it('leaves backslashes as they are', () => {
    expect(sql`select '\d\z'`.sample()).toBe(String.raw`select '\d\z'`);
  });

  it.each([
    ['a string', () => sql`select '${'x'}'`, "inside a string ('…')"],
    ['a quoted name', () => sql`select "${'x'}"`, 'inside a quoted name'],
    ['a comment', () => sql`select 1 -- ${'x'}`, 'inside a comment'],
    ['a block comment', () => sql`select /* ${orders} */ 1`, 'inside a comment'],
  ])('refuses a value inside %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('takes a value after a string and a comment have ended', () => {
    expect(
      sql`select 'it''s', /* ' */ ${1} -- '
      , ${2}`.sample(),
    ).toContain('1 -- ');
  });

  it('refuses values without a literal', () => {
    expect(() => sql`select ${Number.NaN}`).toThrow('value 1 of a sql template: a number in sql must be finite');
    expect(() => sql`select ${{ some: 'object' } as never}`).toThrow('no table, column or value of a plain type');
  });

  it('takes other sql as a part', () => {
    const filter = sql`status = ${'paid'} and ordered_at < ${asOf}`;
    const query = sql`select order_id from ${orders} where ${filter}`;
    expect(query.textWith(({ name }) => `<${name}>`)).toContain("status = 'paid' and ordered_at < <asOf>");
    expect(query.tables).toEqual([orders]);
  });

  it('writes columns with their table, and bare after a qualifier', () => {
    const amount = { kind: 'column', table: orders, name: 'amount' } as const;
    expect(sql`select ${amount}, o.${amount}`.sample()).toBe('select "orders"."amount", o."amount"');
  });

  it('says where each hole stands', () => {
    const { text, spans } = sql`select ${asOf} from ${orders}`.layout();
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual([asOf.sample, '"shop_dev_silver"."orders"']);
  });
});

describe('statements in parts', () => {
  it('are put together from text, sql and parameters', () => {
    const run = parameter('id', "'run'");
    const statement = sqlText`DELETE FROM t WHERE id = ${run} AND ${joinSql([sqlText`a`, 'b'], ' = ')}`;
    expect(statement.textWith(() => "'r1'")).toBe("DELETE FROM t WHERE id = 'r1' AND a = b");
    expect(
      statement.textWith(
        () => '{}',
        (text) => text.toLowerCase(),
      ),
    ).toBe('delete from t where id = {} and a = b');
    expect(statement).toBeInstanceOf(Sql);
  });
});

describe('sqlFile', () => {
  function file(text: string): string {
    const path = join(mkdtempSync(join(tmpdir(), 'sql-file-')), 'q.sql');
    writeFileSync(path, text);
    return path;
  }

  it('puts tables and asOf where the file names them', () => {
    const query = sqlFile(file('\ufeffselect 1 from ${ orders } where x < ${asOf}'), { orders });
    expect(query.tables).toEqual([orders]);
    expect(query.textWith(() => '?')).toBe('select 1 from "shop_dev_silver"."orders" where x < ?');
  });

  it('refuses names that are not given, tables that are not named, and files that are not there', () => {
    expect(() => sqlFile(file('select 1 from ${order}'), { orders })).toThrow('${order} is none of the tables given: orders');
    expect(() => sqlFile(file('select 1 from ${orders}'), { orders, customers })).toThrow('customers is given and never named');
    expect(() => sqlFile('no/such.sql', {})).toThrow('no/such.sql cannot be read');
  });
});
