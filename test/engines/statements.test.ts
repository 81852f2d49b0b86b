import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { array, boolean, contract, date, decimal, double, int, oneOf, struct, text, timestamp } from '../../lib/contract/index.js';
import { makeStatementLake, StatementChain, type TestRow } from './statement-lake.js';

const keyed = (name: string) =>
  contract(name, {
    id: text().key(),
    version: int().sequence(),
    day: date(),
    at: timestamp(),
    amount: decimal(10, 2).nullable(),
    ratio: double().nullable(),
    ready: boolean().nullable(),
    kind: oneOf('a', 'b'),
    parts: array(struct({ name: text(), at: timestamp() })).nullable(),
  }).spec;

const keyless = (name: string) => contract(name, { day: date(), label: text().nullable(), amount: decimal(10, 2).nullable() }).spec;

const DAYS = ['2026-01-01', '2026-01-02', '2026-01-03'];
const day = fc.constantFrom(...DAYS);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });

const keyedRow: fc.Arbitrary<TestRow> = fc.record({
  id: fc.constantFrom('k1', 'k2', 'k3', "it's {a} \\ key", '😀'),
  version: fc.integer({ min: 1, max: 3 }),
  day,
  at: fc.constantFrom('2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z', '2026-01-02T23:59:59.999999Z'),
  amount: orNull(fc.constantFrom('0.00', '-1.50', '99999999.99')),
  ratio: orNull(fc.constantFrom(0, -1.5, 1e300, 0.1)),
  ready: orNull(fc.boolean()),
  kind: fc.constantFrom('a', 'b'),
  parts: orNull(
    fc.constantFrom([], [{ name: 'x', at: '2026-01-01T00:00:00.000001Z' }], [{ name: 'x', at: '2026-01-01T00:00:00.000002Z' }]),
  ),
});
const keylessRow: fc.Arbitrary<TestRow> = fc.record({
  day,
  label: orNull(fc.constantFrom('x', 'y')),
  amount: orNull(fc.constantFrom('1.00', '2.00')),
});

const SEED = 20260131;
const batches = (row: fc.Arbitrary<TestRow>, unique: boolean) =>
  fc.sample(unique ? fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 5 }) : fc.array(row, { maxLength: 8 }), {
    numRuns: 4,
    seed: SEED,
  });

const keyOf = (row: TestRow) => String(row['id']);

/** The total order of versions: the sequence, then every other column as declared; null is the least. */
function newer(a: TestRow, b: TestRow): boolean {
  for (const column of ['version', 'day', 'at', 'amount', 'ratio', 'ready', 'kind', 'parts']) {
    const [x, y] = [comparable(column, a[column] ?? null), comparable(column, b[column] ?? null)];
    if (x === y) continue;
    if (x === null || y === null) return y === null;
    return x > y;
  }
  return false;
}

function comparable(column: string, value: unknown): string | number | boolean | null {
  if (value === null) return null;
  if (column === 'amount') return Number(value);
  if (column === 'parts') return JSON.stringify(value);
  return value as string | number | boolean;
}

function winners(rows: readonly TestRow[]): Map<string, TestRow> {
  const best = new Map<string, TestRow>();
  for (const row of rows) {
    const other = best.get(keyOf(row));
    if (other === undefined || newer(row, other)) best.set(keyOf(row), row);
  }
  return best;
}

beforeAll(makeStatementLake);

describe('on Trino with Iceberg, the statements of', () => {
  it('upsert keep one row a key, the newest, whatever comes twice or late (IM-5, IM-7, IM-14)', async () => {
    const chain = await StatementChain.make(keyed('upserted'), { kind: 'upsert' }, { column: 'at', by: 'day' });
    let seen: TestRow[] = [];
    for (const batch of batches(keyedRow, false)) {
      seen = [...seen, ...batch];
      const outcome = await chain.run(batch);
      expect(await chain.rows()).toEqual(await chain.asRead([...winners(seen).values()]));
      expect(outcome.audit).toMatchObject({ verdict: 'pass', reason: 'ok', rows_in: String(batch.length) });
      expect(outcome.reconciliation).toEqual({ verdict: 'pass', reason: 'ok' });
      expect(outcome.commits).toEqual([outcome.audit['published'] === '0' ? 0 : 1, 0]);
    }
  });

  it('append add what is new and change nothing (IM-14)', async () => {
    const chain = await StatementChain.make(keyed('appended'), { kind: 'append' });
    const table = new Map<string, TestRow>();
    for (const batch of batches(keyedRow, false)) {
      const outcome = await chain.run(batch);
      for (const [key, row] of winners(batch)) if (!table.has(key)) table.set(key, row);
      expect(await chain.rows()).toEqual(await chain.asRead([...table.values()]));
      expect(outcome.reconciliation).toEqual({ verdict: 'pass', reason: 'ok' });
      expect(outcome.commits[1]).toBe(0);
    }
  });

  it('replaceWindows with a key replace the days the rows touch and no other (IM-8, IM-9, IM-10)', async () => {
    const chain = await StatementChain.make(
      keyed('replaced_keyed'),
      { kind: 'replaceWindows', column: 'day' },
      { column: 'day', by: 'day' },
    );
    let table = new Map<string, TestRow>();
    for (const batch of batches(keyedRow, true)) {
      const days = new Set(batch.map((row) => row['day']));
      const outcome = await chain.run(batch);
      table = new Map([...[...table].filter(([, row]) => !days.has(row['day']!)), ...winners(batch)]);
      expect(await chain.rows()).toEqual(await chain.asRead([...table.values()]));
      expect(outcome.reconciliation).toEqual({ verdict: 'pass', reason: 'ok' });
      expect(outcome.commits[1]).toBe(0);
    }
  });

  it('replaceWindows without a key replace the days as multisets (IM-10)', async () => {
    const chain = await StatementChain.make(keyless('replaced_keyless'), { kind: 'replaceWindows', column: 'day' });
    let table: TestRow[] = [];
    for (const batch of batches(keylessRow, false)) {
      const days = new Set(batch.map((row) => row['day']));
      const outcome = await chain.run(batch);
      table = [...table.filter((row) => !days.has(row['day']!)), ...batch];
      expect(await chain.rows()).toEqual(await chain.asRead(table));
      expect(outcome.reconciliation).toEqual({ verdict: 'pass', reason: 'ok' });
      expect(outcome.commits[1]).toBe(0);
    }
  });

  it.each([
    ['with a key', keyed('full_keyed'), keyedRow, true],
    ['without a key', keyless('full_keyless'), keylessRow, false],
  ] as const)('full %s make the table the result, the empty result included', async (_name, spec, row, unique) => {
    const chain = await StatementChain.make(spec, { kind: 'full' });
    for (const batch of [...batches(row, unique), []]) {
      const outcome = await chain.run(batch);
      expect(await chain.rows()).toEqual(await chain.asRead(batch));
      expect(outcome.reconciliation).toEqual({ verdict: 'pass', reason: 'ok' });
      expect(outcome.commits[1]).toBe(0);
    }
  });

  it('quarantine keep each refused row once with its rules, and publish the rest (QR-1, QR-5, QR-7)', async () => {
    const chain = await StatementChain.make(keyed('refused'), { kind: 'upsert' });
    const row: TestRow = { id: 'k1', version: 1, day: DAYS[0]!, at: '2026-01-01T00:00:00.000001Z', kind: 'a', amount: '1.00' };
    const rules = [
      { id: 'positive', severity: 'quarantine', condition: '"amount" > 0', nulls: 'pass' },
      { id: 'small', severity: 'warn', condition: '"amount" < 1', nulls: 'fail' },
    ] as const;
    const rows = [
      row,
      { ...row, id: 'k2', amount: '-1.00' },
      { ...row, id: 'k3', kind: 'c' },
      { ...row, id: 'k4', amount: null },
      { ...row, id: null },
    ];
    const outcome = await chain.run(rows, { row: rules });
    expect(outcome.audit).toMatchObject({ verdict: 'pass', rows_in: '5', published: '2', deduplicated: '0', quarantined: '3' });
    expect(JSON.parse(outcome.audit['findings']!)).toEqual([
      { rule: 'required:id', failed: 1, unknown: 0 },
      { rule: 'one_of:kind', failed: 1, unknown: 0 },
      { rule: 'positive', failed: 1, unknown: 1 },
      { rule: 'small', failed: 4, unknown: 1 },
    ]);
    expect(await chain.refusals()).toEqual(['one_of:kind', 'positive', 'required:id']);
    expect(await chain.rows()).toEqual(await chain.asRead([row, rows[3]!]));
  });
});
