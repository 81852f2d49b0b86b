import { beforeAll, describe, expect, it } from 'vitest';
import { Partition } from '../../../lib/model/partition.js';
import { full, upsert } from '../../../lib/model/write-mode.js';
import { type Row, TableEngine } from './engine.js';
import { AMOUNT_RULE, KEYED, statementTable } from './shapes.js';

const row = (n: number, amount: string, day = '2026-01-30'): Row => ({ k: `k${n}`, part: 1, seq: 1, day, at: null, amount, note: null });
const rows = (good: number, bad: number): Row[] => Array.from({ length: good + bad }, (_, n) => row(n, n < bad ? '-1.00' : '2.00'));

describe('QR-4 a limit of what rules may refuse', () => {
  let engine: TableEngine;
  beforeAll(async () => {
    engine = await TableEngine.create(
      { ...statementTable(full(), KEYED), maxQuarantine: { percent: 50, ofAtLeast: 10 } },
      { row: [AMOUNT_RULE] },
    );
  });

  it.each([
    ['F-41 every row is refused, were it one', 0, 1, 'all 1 rows are refused'],
    ['more than the share is refused', 4, 6, '6 of 10 rows are refused, more than 50 percent'],
  ])('publishes nothing where %s', async (_, good, bad, reason) => {
    await engine.reset();
    const counts = await engine.run('first', rows(good, bad));
    expect(counts).toMatchObject({ verdict: 'fail', reason, published: String(good), quarantined: String(bad) });
    expect(await engine.rows()).toEqual([]);
  });

  it.each([
    ['half is refused', 5, 5],
    ['too few came to judge by a share', 1, 8],
    ['nothing came', 0, 0],
  ])('passes where %s', async (_, good, bad) => {
    await engine.reset();
    expect(await engine.run('first', rows(good, bad))).toMatchObject({ verdict: 'pass' });
    expect(await engine.rows()).toHaveLength(good);
  });

  it('is not looked at where anything may be refused', async () => {
    const any = await TableEngine.create(statementTable(full(), KEYED), { row: [AMOUNT_RULE] });
    expect(await any.run('first', rows(0, 12))).toMatchObject({ verdict: 'pass', quarantined: '12' });
  });
});

describe('IM-12 partitions of one write', () => {
  const days = (count: number): Row[] =>
    Array.from({ length: count }, (_, n) => row(n, '2.00', new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10)));
  const run = async (partition: Partition, count: number) =>
    (await TableEngine.create({ ...statementTable(upsert(), KEYED), partition })).run('first', days(count));

  it('are at most 100', async () => {
    expect(await run(Partition.day('day'), 100)).toMatchObject({ verdict: 'pass' });
    expect(await run(Partition.day('day'), 101)).toMatchObject({
      verdict: 'fail',
      reason: '101 partitions in one write, Athena takes 100: use coarser partitions or fewer days a run',
    });
  });

  it.each(['month', 'year'] as const)('are fewer by %s', async (by) => {
    expect(await run(Partition[by]('day'), 120)).toMatchObject({ verdict: 'pass' });
  });
});
