import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContractSpec } from '../../../lib/contract/spec.js';
import { append, full, replaceWindows, upsert, type WriteMode } from '../../../lib/model/write-mode.js';
import { type Row, TableEngine } from './engine.js';
import { ReferenceTable } from './reference.js';
import { AMOUNT_RULE, KEYED, KEYLESS, statementTable } from './shapes.js';

const DAYS = ['2026-01-30', '2026-01-31', '2026-02-01'];
const MOMENTS = ['2026-01-30T23:59:59.999999Z', '2026-01-31T00:00:00.000000Z', '2026-01-31T00:00:00.000001Z'];

const anyRow: fc.Arbitrary<Row> = fc.record({
  k: fc.option(fc.constantFrom('a', 'b'), { freq: 9 }),
  part: fc.constantFrom(1, 2),
  seq: fc.option(fc.constantFrom(1, 2, 3), { freq: 9 }),
  day: fc.option(fc.constantFrom(...DAYS), { freq: 9 }),
  at: fc.option(fc.constantFrom(...MOMENTS)),
  amount: fc.option(fc.constantFrom('-1.00', '0.00', '2.50', '10.00')),
  note: fc.option(fc.constantFrom('', 'x', "it's", '\\', '{}')),
});
const anyBatches = fc.array(fc.array(anyRow, { maxLength: 12 }), { minLength: 1, maxLength: 3 });

const MODES: readonly (readonly [string, WriteMode, ContractSpec])[] = [
  ['append', append(), KEYED],
  ['upsert', upsert(), KEYED],
  ['replaceWindows by key', replaceWindows('day'), KEYED],
  ['replaceWindows by key, of a timestamp', replaceWindows('at'), KEYED],
  ['replaceWindows without a key', replaceWindows('day'), KEYLESS],
  ['replaceWindows without a key, of a timestamp', replaceWindows('at'), KEYLESS],
  ['full by key', full(), KEYED],
  ['full without a key', full(), KEYLESS],
];

/** What the contract and the one rule refuse. */
function refusedBy(spec: ContractSpec, write: WriteMode): (row: Row) => boolean {
  return (row) =>
    spec.columns.some(({ name, nullable }) => !nullable && row[name] === null) ||
    (write.kind === 'replaceWindows' && row[write.column] === null) ||
    (typeof row['amount'] === 'string' && row['amount'].startsWith('-'));
}

function asText(spec: ContractSpec, rows: readonly Row[]): readonly string[] {
  const value = (text: unknown) =>
    typeof text === 'string'
      ? text
          .replace('T', ' ')
          .replace(/(\.\d*?)0*Z$/, '$1')
          .replace(/\.$/, '')
      : (text ?? null);
  return rows.map((row) => JSON.stringify(spec.columns.map(({ name }) => (row[name] === null ? null : String(value(row[name])))))).sort();
}

describe.each(MODES)('%s', (_, write, spec) => {
  let engine: TableEngine;
  beforeAll(async () => {
    engine = await TableEngine.create(statementTable(write, spec), { row: [AMOUNT_RULE] });
  });

  it('IM-14 gives what the plain model gives, batch after batch, and publishes nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        await engine.reset();
        const reference = new ReferenceTable(spec, write, refusedBy(spec, write));
        for (const [n, batch] of batches.entries()) {
          const expected = reference.run(batch);
          const counts = await engine.run(`run_${n}`, batch);
          expect(counts.verdict, counts.reason).toBe('pass');
          expect([counts.rows_in, counts.published, counts.quarantined].map(Number)).toEqual([
            expected.rowsIn,
            expected.published,
            expected.quarantined,
          ]);
          expect(Number(counts.rows_in)).toBe(Number(counts.published) + Number(counts.deduplicated) + Number(counts.quarantined));
          expect(asText(spec, (await engine.rows()) as readonly Row[])).toEqual(asText(spec, reference.rows));
          const before = await engine.rows(true);
          expect((await engine.run(`again_${n}`, batch)).verdict).toBe('pass');
          expect(await engine.rows(true)).toEqual(before);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('IM-13 gives the same counts and touches no row when a run is killed after publishing and done again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 12 }), fc.array(anyRow, { maxLength: 12 }), async (first, second) => {
        await engine.reset();
        await engine.run('run_0', first);
        await engine.give(second);
        const counts = await engine.build('run_1');
        await engine.publish('run_1');
        expect(await engine.publish('run_1')).toBe(0);
        const before = await engine.rows(true);
        await engine.drop('run_1');
        expect(await engine.build('run_1')).toEqual(counts);
        expect(await engine.publish('run_1')).toBe(0);
        expect(await engine.rows(true)).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });

  it('F-42 makes nothing of nothing: zero counts, a passing verdict', async () => {
    await engine.reset();
    const counts = await engine.run('run_0', []);
    expect(counts).toEqual({
      verdict: 'pass',
      reason: 'ok',
      rows_in: '0',
      published: '0',
      deduplicated: '0',
      quarantined: '0',
      findings: '[]',
    });
    expect(await engine.rows()).toEqual([]);
  });
});

describe('upsert', () => {
  it('IM-7 gives one table for any order, duplication and batching of the same rows', async () => {
    const together = await TableEngine.create(statementTable(upsert()), { row: [AMOUNT_RULE] });
    const apart = await TableEngine.create(statementTable(upsert()), { row: [AMOUNT_RULE] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        async (rows, repeats, numbers) => {
          const shuffled = [...rows, ...repeats.flatMap((at): readonly Row[] => rows.slice(at % (rows.length || 1)).slice(0, 1))]
            .map((row) => [numbers.next().value, row] as const)
            .sort(([a], [b]) => a - b);
          const batches = [0, 1, 2].map((batch) => shuffled.filter(([number]) => number % 3 === batch).map(([, row]) => row));
          await Promise.all([together.reset(), apart.reset()]);
          await together.run('run_0', rows);
          for (const [n, batch] of batches.entries()) await apart.run(`run_${n}`, batch);
          expect(await apart.rows()).toEqual(await together.rows());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('IM-5 breaks ties by all columns, NULL last, the same inside a batch and across batches', async () => {
    const apart = await TableEngine.create(statementTable(upsert()));
    const together = await TableEngine.create(statementTable(upsert()));
    const tied = fc.record({
      k: fc.constant('a'),
      part: fc.constant(1),
      seq: fc.constant(1),
      day: fc.constant('2026-01-31'),
      at: fc.option(fc.constantFrom(...MOMENTS), { freq: 1 }),
      amount: fc.option(fc.constantFrom('0.00', '10.00', '9.00'), { freq: 1 }),
      note: fc.option(fc.constantFrom('', 'x'), { freq: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(tied, tied, async (first, second) => {
        await Promise.all([apart.reset(), together.reset()]);
        const reference = new ReferenceTable(KEYED, upsert(), () => false);
        reference.run([first, second]);
        await together.run('run_0', [second, first]);
        await apart.run('run_0', [first]);
        await apart.run('run_1', [second]);
        const expected = asText(KEYED, reference.rows);
        expect(asText(KEYED, (await together.rows()) as readonly Row[])).toEqual(expected);
        expect(asText(KEYED, (await apart.rows()) as readonly Row[])).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
