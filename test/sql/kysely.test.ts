import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql as raw } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyContract } from '../../lib/contract/contract.js';
import { contract, date, decimal, int, type Row, text, timestamp } from '../../lib/contract/index.js';
import type { ContractSpec, TypeSpec } from '../../lib/contract/spec.js';
import { type ITable, tableColumns } from '../../lib/model/table.js';
import { checkQuery } from '../../lib/sql/check/check-query.js';
import { type Compilable, compiled, sqlOf } from '../../lib/sql/compiled.js';
import { asOf, kysely, lakeDatabase, value } from '../../lib/sql/kysely/index.js';
import { type Sql, asOf as theRun } from '../../lib/sql/sql.js';
import { catalogTableOf } from '../../lib/sql/types/catalog.js';
import { TestDuckDb } from './duckdb.js';
import { column, contractOf } from './shop-tables.js';

function tableOf<C extends AnyContract>(declared: C): ITable<'silver', C> {
  const ref = { zone: 'silver', database: 'shop_dev_silver', tableName: declared.name, spec: declared.spec } as const;
  return { ...ref, contract: declared, c: tableColumns(ref, declared) };
}

const orders = tableOf(
  contract('orders', {
    order_id: text().key(),
    customer_id: text(),
    status: text(),
    amount: decimal(10, 2),
    day: date(),
    ordered_at: timestamp(),
    visits: int(),
  }),
);
const customers = tableOf(contract('customers', { customer_id: text().key(), email: text().nullable(), born_on: date() }));

let duckdb: TestDuckDb;
beforeAll(async () => {
  duckdb = await TestDuckDb.create([orders, customers].map((table) => catalogTableOf(table)));
  await duckdb.raw(`insert into shop_dev_silver.orders values
    ('o1', 'c1', 'paid', 10.50, '2026-01-31', '2026-01-31 23:59:59.999999', 1),
    ('o2', 'c1', 'paid', 20.00, '2026-02-01', '2026-02-01 00:00:00', 2),
    ('o3', 'c9', 'it''s', 0.01, '2026-02-02', '2026-02-02 12:00:00', 3),
    ('o4', 'c2', 'open', 5.00, '2026-02-03', '2026-02-03 00:00:00.000001', -4)`);
  await duckdb.raw(`insert into shop_dev_silver.customers values ('c1', 'a@x', '1990-02-28'), ('c2', null, '2000-01-01')`);
});

/** Checks a query as a transform would, and runs what it becomes. */
async function run(query: Sql | Compilable, columns: readonly [string, Parameters<typeof column>[1] | TypeSpec][]): Promise<unknown[][]> {
  return duckdb.run(
    checked(
      query,
      contractOf(
        'result',
        columns.map(([name, type]) => column(name, type as never)),
      ),
    ).text,
  );
}

function checked(query: Sql | Compilable, spec: ContractSpec) {
  return checkQuery({ query: sqlOf(query), contract: spec, path: 'Shop/Result' });
}

const text38: TypeSpec = { kind: 'decimal', precision: 38, scale: 2 };
const orderIds = [['order_id', 'text']] as const;
const ids = (query: Sql | Compilable) => run(query, [...orderIds] as never).then((rows) => rows.map(([id]) => id));

describe('a query built with Kysely', () => {
  it('joins and aggregates', async () => {
    const query = kysely({ orders, customers }, (db) =>
      db
        .selectFrom('orders')
        .innerJoin('customers', 'customers.customer_id', 'orders.customer_id')
        .groupBy('orders.customer_id')
        .select(({ fn }) => ['orders.customer_id', fn.sum('amount').as('revenue'), fn.countAll().as('n')])
        .having(({ fn }) => fn.countAll(), '>', 0)
        .orderBy('orders.customer_id', 'desc'),
    );
    expect(
      await run(query, [
        ['customer_id', 'text'],
        ['revenue', text38],
        ['n', 'bigint'],
      ]),
    ).toEqual([
      ['c2', '5.00', '1'],
      ['c1', '30.50', '2'],
    ]);
  });

  it('names a common table expression and numbers rows in a window', async () => {
    const query = kysely({ orders }, (db) =>
      db
        .with('numbered', (q) =>
          q
            .selectFrom('orders')
            .select(['order_id', 'customer_id', 'amount'])
            .select(({ fn }) =>
              fn
                .agg<number>('row_number')
                .over((w) => w.partitionBy('customer_id').orderBy('amount', 'desc'))
                .as('place'),
            ),
        )
        .selectFrom('numbered as n')
        .select(['n.order_id', 'n.customer_id'])
        .where('n.place', '=', 1)
        .where('n.amount', '>=', '5.00')
        .orderBy('n.order_id'),
    );
    expect(
      await run(query, [
        ['order_id', 'text'],
        ['customer_id', 'text'],
      ]),
    ).toEqual([
      ['o2', 'c1'],
      ['o4', 'c2'],
    ]);
  });

  it('gives null where a left join finds nothing, and the gate knows', async () => {
    const query = kysely({ o: orders, c: customers }, (db) =>
      db.selectFrom('o').leftJoin('c', 'c.customer_id', 'o.customer_id').select(['order_id', 'email', 'born_on']).orderBy('order_id'),
    );
    expect(
      await run(query, [
        ['order_id', 'text'],
        ['email', 'text?'],
        ['born_on', 'date?'],
      ]),
    ).toEqual([
      ['o1', 'a@x', '1990-02-28'],
      ['o2', 'a@x', '1990-02-28'],
      ['o3', null, null],
      ['o4', null, '2000-01-01'],
    ]);
    expect(() =>
      checked(query, contractOf('result', [column('order_id', 'text'), column('email', 'text?'), column('born_on', 'date')])),
    ).toThrow("column 'born_on' is declared not null and can be null here");
  });

  it('writes values as the columns beside them are', async () => {
    const byAmount = kysely({ orders }, (db) =>
      db.selectFrom('orders').select('order_id').where('amount', 'in', ['10.50', '5.00']).orderBy('order_id'),
    );
    expect(byAmount.sample()).toContain("DECIMAL '10.50'");
    expect(await ids(byAmount)).toEqual(['o1', 'o4']);
    const byDay = kysely({ orders }, (db) =>
      db
        .selectFrom((q) => q.selectFrom('orders').select(['order_id', 'day as on_day']).as('d'))
        .select('order_id')
        .orderBy('order_id')
        .where((eb) => eb.between('d.on_day', '2026-02-01', '2026-02-02')),
    );
    expect(await ids(byDay)).toEqual(['o2', 'o3']);
    const byTime = kysely({ orders }, (db) =>
      db.selectFrom('orders as o').select('order_id').where('o.ordered_at', '>', '2026-02-02T12:00:00.000000Z'),
    );
    expect(await ids(byTime)).toEqual(['o4']);
    const least = kysely({ orders }, (db) =>
      db
        .selectFrom('orders')
        .groupBy('order_id')
        .select('order_id')
        .having(({ fn }) => fn.min('day'), '<', '2026-02-01'),
    );
    expect(await ids(least)).toEqual(['o1']);
    const otherwise = kysely({ orders }, (db) =>
      db
        .selectFrom('orders')
        .select(({ fn, val }) => ['order_id', fn.coalesce('amount', val('0.00')).as('amount')])
        .where('visits', '<', -3),
    );
    expect(
      await run(otherwise, [
        ['order_id', 'text'],
        ['amount', { kind: 'decimal', precision: 10, scale: 2 }],
      ]),
    ).toEqual([['o4', '5.00']]);
    const told = kysely({ orders }, (db) =>
      db
        .selectFrom('orders')
        .select(['order_id', value(date(), '2026-01-31').as('day')])
        .limit(1)
        .offset(1)
        .orderBy('order_id'),
    );
    expect(
      await run(told, [
        ['order_id', 'text'],
        ['day', 'date'],
      ]),
    ).toEqual([['o2', '2026-01-31']]);
  });

  it('keeps the moment of the run a parameter', () => {
    const query = kysely({ orders }, (db) => db.selectFrom('orders').select('order_id').where('ordered_at', '<', asOf));
    expect(query.parts.filter((part) => part === theRun)).toHaveLength(1);
    expect(query.textWith(() => 'HERE')).toMatch(/< ?HERE$/);
  });

  it('knows its tables, also behind a common table expression of the same name', () => {
    const query = kysely({ orders }, (db) =>
      db
        .with('orders', (q) => q.selectFrom('orders').select('order_id').where('day', '>', '2026-01-31'))
        .selectFrom('orders')
        .select('orders.order_id'),
    );
    expect(query.tables).toEqual([orders]);
    const { lineage } = checked(query, contractOf('result', [column('order_id', 'text')]));
    expect(lineage[0]?.direct).toMatchObject([{ table: 'orders', column: 'order_id' }]);
    expect(lineage[0]?.deciding).toMatchObject([{ table: 'orders', column: 'day' }]);
  });

  it('takes sets, exists, cases, casts and distinct', async () => {
    const query = kysely({ orders, customers }, (db) =>
      db
        .selectFrom('orders')
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('customers').whereRef('customers.customer_id', '=', 'orders.customer_id').select('customers.email')),
        )
        .select((eb) => eb.case().when('status', '=', 'paid').then('p').else('other').end().as('order_id'))
        .distinct()
        .union(db.selectFrom('customers').select('customer_id as order_id').where('born_on', '=', '2000-01-01')),
    );
    expect((await ids(query)).sort()).toEqual(['c2', 'other', 'p']);
  });

  it('never lets a value out of its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("'", '"', ';', '-', '/', '*', '\n', '\\', 'a', '$', '1', '?', '{') }),
        async (hostile) => {
          const query = kysely({ orders }, (db) =>
            db
              .selectFrom('orders')
              .select((eb) => ['order_id', eb.val(hostile).as('h')])
              .where((eb) => eb('status', '=', hostile).or('order_id', '=', 'o1')),
          );
          expect(
            await run(query, [
              ['order_id', 'text'],
              ['h', 'text'],
            ]),
          ).toEqual([['o1', hostile]]);
        },
      ),
      { numRuns: 60 },
    );
    expect(await ids(kysely({ orders }, (db) => db.selectFrom('orders').select('order_id').where('status', '=', "it's")))).toEqual(['o3']);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse, the gate must refuse as well
type AnyDatabase = Kysely<any>;

describe('a query built with Kysely that is refused', () => {
  const result = contractOf('result', [column('order_id', 'text')]);
  const wrong = (build: (db: AnyDatabase) => unknown, spec: ContractSpec = result): unknown => {
    try {
      return checked(kysely({ orders }, build as never), spec);
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, (db: AnyDatabase) => unknown, string]>([
    [
      'a misspelled column',
      (db) => db.selectFrom('orders').select('order_idd as order_id'),
      "unknown column 'order_idd' in orders; did you mean 'order_id'?",
    ],
    [
      'a table that was not given',
      (db) => db.selectFrom('orders').innerJoin('secrets', 'secrets.id', 'orders.order_id').select('order_id'),
      'secrets',
    ],
    [
      'a table named in raw text',
      (db) => db.selectFrom('orders').select('order_id').where(raw<boolean>`exists (select 1 from shop_dev_silver.customers)`),
      'customers',
    ],
    ['a missing column', (db) => db.selectFrom('orders').select('status'), "column 'status' is not declared in contract result"],
    [
      'a wrong type',
      (db) => db.selectFrom('orders').select('visits as order_id'),
      "column 'order_id' is declared varchar and found integer",
    ],
    ['an insert', (db) => db.insertInto('orders').values({ order_id: 'o9' }), 'only a query may stand here'],
    ['a lock', (db) => db.selectFrom('orders').select('order_id').forUpdate(), 'for'],
    ['distinct on', (db) => db.selectFrom('orders').select('order_id').distinctOn('order_id'), 'distinct'],
    [
      'a recursive query',
      (db) =>
        db
          .withRecursive('r', (q) => q.selectFrom('orders').select('order_id'))
          .selectFrom('r')
          .select('order_id'),
      'recursive',
    ],
    ['now()', (db) => db.selectFrom('orders').select('order_id').where('ordered_at', '<', raw`now()`), 'asOf'],
    ['a second statement', (db) => db.selectFrom('orders').select('order_id').where(raw<boolean>`true; drop table orders`), "';'"],
    [
      'a value in quotes of a raw fragment',
      (db) => db.selectFrom('orders').select(raw`'${'x'}'`.as('order_id')),
      "a value or table of a raw fragment stands inside a string ('…')",
    ],
    [
      'a value in a comment that two fragments make',
      (db) => db.selectFrom('orders').select(raw`1 -${raw`- ${'\n'}`}`.as('order_id')),
      'inside a comment',
    ],
    ['a table that is never read', (db) => db.selectNoFrom(raw<string>`'x'`.as('order_id')), 'orders is given and never read'],
    [
      'a value without a literal',
      (db) => db.selectFrom('orders').select('order_id').where('order_id', '=', { a: 1 }),
      'a value in sql must be a string',
    ],
    [
      'a text that is no decimal',
      (db) => db.selectFrom('orders').select('order_id').where('amount', '=', 'much'),
      'a decimal in sql must be plain digits',
    ],
    ['no query', () => 'select 1', 'what has a compile()'],
  ])('%s', (_name, build, message) => {
    expect(wrong(build)).toContain(message);
  });

  it('shows no value that has no literal', () => {
    expect(wrong((db) => db.selectFrom('orders').select('order_id').where('day', '=', 'ada@example.org'))).not.toContain('ada');
  });

  it('runs nowhere', async () => {
    await expect(lakeDatabase({ orders }).selectFrom('orders').selectAll().execute()).rejects.toThrow('declared and not run here');
  });
});

describe("a query of a Kysely of one's own", () => {
  type Own = { orders: Row<typeof orders.contract>; customers: Row<typeof customers.contract> };
  const own = new Kysely<Own>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });

  it('is taken with the tables that it names', async () => {
    const query = compiled(
      { orders },
      own
        .with('one', (q) => q.selectFrom('orders').selectAll())
        .selectFrom('one as o')
        .select('o.order_id')
        .where('o.status', '=', "it's")
        .where('visits', '>', 2),
    );
    expect(query.tables).toEqual([orders]);
    expect(await ids(query)).toEqual(['o3']);
  });

  it('names tables by key or by database', async () => {
    const byKey = compiled(
      { o: orders },
      { compile: () => ({ sql: 'select order_id from o where status = ? and visits = ?', parameters: ['open', -4] }) },
    );
    expect(await ids(byKey)).toEqual(['o4']);
    const byName = compiled(
      { o: orders },
      { compile: () => ({ sql: "select order_id from shop_dev_silver.orders where '$1' <> status and visits = @1", parameters: [2] }) },
    );
    expect(await ids(byName)).toEqual(['o2']);
  });

  it.each<[string, () => unknown, string]>([
    ['a table that is not given', () => compiled({}, own.selectFrom('orders').selectAll()), "unknown table 'orders'"],
    [
      'a table that is never read',
      () => compiled({ orders, customers }, own.selectFrom('orders').selectAll()),
      'customers is given and never read',
    ],
    ['too few parameters', () => compiled({}, { compile: () => ({ sql: 'select $1, $2', parameters: [1] }) }), '1 parameters for 2 places'],
    ['too many parameters', () => compiled({}, { compile: () => ({ sql: "select '$1'", parameters: [1] }) }), 'outside of quotes'],
    ['back-ticks', () => compiled({ orders }, { compile: () => ({ sql: 'select `order_id` from orders', parameters: [] }) }), '`'],
  ])('is refused for %s', (_name, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('the main entry', () => {
  const root = resolve(import.meta.dirname, '../..');
  const sources = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

  it('does not import Kysely: only the entry cdk-medallion/kysely does', () => {
    const importing = sources.filter((name) => /from 'kysely'/.test(readFileSync(join(root, 'lib', name), 'utf8')));
    expect(importing.sort()).toEqual(['athena-compiler', 'column-types', 'index'].map((name) => join('sql', 'kysely', `${name}.ts`)));
    const reaching = sources.filter(
      (name) => !name.startsWith(join('sql', 'kysely')) && /\/kysely\//.test(readFileSync(join(root, 'lib', name), 'utf8')),
    );
    expect(reaching).toEqual([]);
  });
});
