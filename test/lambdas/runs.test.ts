import { describe, expect, it } from 'vitest';
import { closeRun } from '../../lambdas/close-run/close-run.js';
import { openRun } from '../../lambdas/open-run/open-run.js';
import type { CloseRunInput, OpenRunInput } from '../../lib/model/run.js';
import { MemoryStore } from './memory-store.js';

function storeWith(...partitions: string[]): MemoryStore {
  const store = new MemoryStore();
  for (const partition of partitions) store.objects.set(`bronze/${partition}/x.ndjson.gz`, Buffer.alloc(0));
  return store;
}

const INPUT: OpenRunInput = { execution: 'run-1', startedAt: '2026-01-31T12:00:00.123Z', input: {} };

const open = (store: MemoryStore, input: Partial<OpenRunInput> = {}, tables = ['orders', 'payments']) =>
  openRun({ ...INPUT, ...input }, { pipeline: 'shop', bronzeBucket: 'bronze', bronzeTables: tables, store });

describe('open run', () => {
  it('spans the arrivals of every table that is read, up to its moment', async () => {
    const store = storeWith(
      'orders/arrival=2026-01-30-07',
      'orders/arrival=2026-01-31-12',
      'orders/arrival=2026-01-31-13',
      'payments/arrival=2026-01-29-23',
      'other/arrival=2020-01-01-00',
    );
    const run = await open(store);
    expect(run).toEqual({
      id: 'run-1',
      pipeline: 'shop',
      asOf: '2026-01-31T12:00:00.123000Z',
      startedAt: '2026-01-31T12:00:00.123000Z',
      sql: {
        id: "'run-1'",
        name: expect.stringMatching(/^run_1_[0-9a-f]{12}$/),
        asOf: "TIMESTAMP '2026-01-31 12:00:00.123000'",
        from: "'2026-01-29-23'",
        to: "'2026-01-31-12'",
        backslash: '\\',
      },
    });
  });

  it('IM-4 takes the moment it is given, so that a later retry reads the same', async () => {
    const store = storeWith('orders/arrival=2026-01-30-07', 'orders/arrival=2026-01-31-12');
    const run = await open(store, { input: { asOf: '2026-01-30T08:00:00Z' } });
    expect(run).toMatchObject({ asOf: '2026-01-30T08:00:00.000000Z', sql: { from: "'2026-01-30-07'", to: "'2026-01-30-07'" } });
  });

  it.each([[[]], [['orders/arrival=2026-02-01-00']], [['orders/_files']], [['orders/arrival=x']]])(
    'F-42 with no arrivals reads nothing: %j',
    async (partitions) => {
      const { sql } = await open(storeWith(...partitions));
      expect(sql.from > sql.to).toBe(true);
    },
  );

  it('reads nothing where no bronze table is read', async () => {
    const { sql } = await open(storeWith('orders/arrival=2026-01-30-07'), {}, []);
    expect(sql.from > sql.to).toBe(true);
  });

  it.each(['2026-01-31T12:00:00', '2026-01-31T12:00:00+01:00', 'now', "2026-01-31'Z", '2026-02-30T25:00:00Z'])(
    'F-13 refuses %s as its moment',
    async (asOf) => {
      await expect(open(storeWith(), { input: { asOf } })).rejects.toThrow('asOf must be a moment in UTC');
    },
  );

  it.each(['x"; drop table orders --', "it's", '../../etc', 'Ä'.repeat(80), 'a.b:c'])(
    'F-35 F-36 an id like %j is a literal, and a name of plain letters',
    async (execution) => {
      const { sql } = await open(storeWith(), { execution });
      expect(sql.id).toBe(`'${execution.replaceAll("'", "''")}'`);
      expect(sql.name).toMatch(/^[a-z0-9_]{1,60}$/);
    },
  );

  it('refuses a run without a name', async () => {
    await expect(open(storeWith(), { execution: '' })).rejects.toThrow('open run got no execution');
  });

  it('gives two runs two names', async () => {
    const names = await Promise.all(
      ['a-b', 'a.b', 'A-b', 'a_b', `${'x'.repeat(70)}1`, `${'x'.repeat(70)}2`].map(
        async (execution) => (await open(storeWith(), { execution })).sql.name,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('close run', () => {
  const run = {
    id: 'run-1',
    pipeline: 'shop',
    asOf: '2026-01-31T12:00:00.000000Z',
    startedAt: '2026-01-31T12:00:00.000000Z',
    sql: {} as never,
  };
  const counts = (table: string) => ({
    table,
    verdict: 'pass',
    reason: '',
    rows_in: '10',
    published: '7',
    deduplicated: '2',
    quarantined: '1',
  });

  async function closed(input: CloseRunInput) {
    const store = new MemoryStore();
    const record = await closeRun(input, { pipeline: 'shop', operationsBucket: 'operations', store });
    return { record, store };
  }

  it("writes the run's record: one line of JSON, with every table of every level", async () => {
    const { record, store } = await closed({ run, status: 'succeeded', levels: [[counts('a'), counts('b')], [counts('c')]] });
    expect(
      record.tables.map(({ table, rows_in, published, deduplicated, quarantined }) => [
        table,
        rows_in,
        published,
        deduplicated,
        quarantined,
      ]),
    ).toEqual([
      ['a', 10, 7, 2, 1],
      ['b', 10, 7, 2, 1],
      ['c', 10, 7, 2, 1],
    ]);
    expect([...store.objects.keys()]).toEqual(['operations/runs/shop/run-1.json']);
    expect([...store.objects.values()][0]!.toString()).toBe(`${JSON.stringify(record)}\n`);
  });

  it("F-29 F-34 records a failure by the error's name, and a redrive's success over it", async () => {
    const { record, store } = await closed({ run, status: 'failed', error: { Error: 'Athena.Failed', Cause: 'row of ada@example.org' } });
    expect(record).toMatchObject({ status: 'failed', error: 'Athena.Failed', tables: [] });
    expect(JSON.stringify(record)).not.toContain('ada');
    await closeRun({ run, status: 'succeeded', levels: [] }, { pipeline: 'shop', operationsBucket: 'operations', store });
    expect(store.keys('operations')).toEqual(['runs/shop/run-1.json']);
    expect([...store.objects.values()][0]!.toString()).toContain('"status":"succeeded"');
  });

  it.each(['../../x', 'a/b', 'a\nb', 'ä', 'x'.repeat(300), '..'])('F-36 an id like %j stays below its prefix', async (id) => {
    const { store } = await closed({ run: { ...run, id }, status: 'succeeded' });
    expect(store.keys('operations')[0]).toMatch(/^runs\/shop\/[A-Za-z0-9_-]{1,113}\.json$/);
  });

  it.each(['', 'x', '-1', '1.5', 'NaN', '99999999999999999999', undefined])('refuses %j as a count', async (rows_in) => {
    const broken = { ...counts('a'), rows_in: rows_in as string };
    await expect(closed({ run, status: 'succeeded', levels: [[broken]] })).rejects.toThrow("no number as rows_in of table 'a'");
  });

  it('refuses an input without a run or a status', async () => {
    await expect(closed({ status: 'succeeded' } as never)).rejects.toThrow('close run got no run');
    await expect(closed({ run } as never)).rejects.toThrow('close run got no status');
  });
});
