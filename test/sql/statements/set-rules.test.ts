import { describe, expect, it } from 'vitest';
import { full, upsert } from '../../../lib/model/write-mode.js';
import { referenceRule } from '../../../lib/sql/statements/index.js';
import { type Row, TableEngine } from './engine.js';
import { AMOUNT_RULE, specOf, statementTable, tableRef } from './shapes.js';

function row(k: string, more: Partial<Row> = {}): Row {
  return { k, part: 1, seq: 1, day: '2026-01-31', at: null, amount: '1.00', note: null, ...more };
}

async function notesOf(engine: TableEngine): Promise<readonly unknown[]> {
  return (await engine.rows()).map((one) => `${one['k']}:${one['note']}`);
}

describe('QR-3 unique(), diverting', () => {
  const make = (write = full()) =>
    TableEngine.create(statementTable(write), { row: [AMOUNT_RULE], repeats: [{ id: 'unique_note', columns: ['note'] }] });

  it('keeps one row of a group, the greatest in the total order, and quarantines the others', async () => {
    const engine = await make();
    const counts = await engine.run('run_1', [
      row('a', { note: 'x', seq: 1 }),
      row('b', { note: 'x', seq: 3 }),
      row('c', { note: 'x', seq: 2 }),
      row('d', { note: 'y' }),
    ]);
    expect(counts).toMatchObject({
      verdict: 'pass',
      published: '2',
      quarantined: '2',
      findings: '[{"rule":"unique_note","failed":2,"unknown":0}]',
    });
    expect(await notesOf(engine)).toEqual(['b:x', 'd:y']);
    expect((await engine.quarantined()).map((one) => one['rules'])).toEqual(['unique_note', 'unique_note']);
  });

  it('takes NULL for no value: such rows repeat nothing', async () => {
    const engine = await make();
    expect(await engine.run('run_1', [row('a'), row('b')])).toMatchObject({ published: '2', quarantined: '0' });
  });

  it('is not decided by rows that lose by key or are refused by another rule', async () => {
    const engine = await make();
    const counts = await engine.run('run_1', [
      row('a', { note: 'x', seq: 9 }),
      row('a', { note: 'z', seq: 10 }),
      row('b', { note: 'x', seq: 1 }),
      row('c', { note: 'x', seq: 20, amount: '-1.00' }),
    ]);
    expect(counts).toMatchObject({ rows_in: '4', published: '2', deduplicated: '1', quarantined: '1' });
    expect(await notesOf(engine)).toEqual(['a:z', 'b:x']);
  });

  it('gives the same in any order of the rows', async () => {
    const rows = [row('a', { note: 'x' }), row('b', { note: 'x' }), row('c', { note: 'x' })];
    const [one, other] = [await make(), await make()];
    await one.run('run_1', rows);
    await other.run('run_1', [...rows].reverse());
    expect(await other.rows()).toEqual(await one.rows());
  });
});

describe('QR-3 unique(), failing or warning', () => {
  const make = (severity: 'fail' | 'warn') =>
    TableEngine.create(statementTable(full()), { set: [{ id: 'unique_note', severity, unique: ['note'] }] });
  const rows = [row('a', { note: 'x' }), row('b', { note: 'x' }), row('c', { note: null }), row('d', { note: null })];

  it('publishes nothing where it fails', async () => {
    const engine = await make('fail');
    expect(await engine.run('run_1', rows)).toMatchObject({ verdict: 'fail', reason: 'rule unique_note is broken by 1 rows' });
    expect(await engine.rows()).toEqual([]);
  });

  it('publishes and counts where it warns', async () => {
    const engine = await make('warn');
    expect(await engine.run('run_1', rows)).toMatchObject({
      verdict: 'pass',
      published: '4',
      findings: '[{"rule":"unique_note","failed":1,"unknown":0}]',
    });
  });
});

describe('QR-3 references()', () => {
  const partner = tableRef('silver', specOf('customers', [{ name: 'name', type: { kind: 'text' }, nullable: false }]));
  const make = async (severity: 'quarantine' | 'fail' | 'warn') => {
    const rule = referenceRule(
      { id: 'note_references_customers', severity, nulls: 'pass' },
      { column: 'note', table: partner, target: 'name', number: 0 },
    );
    const engine = await TableEngine.create(statementTable(upsert()), { row: [rule] }, [partner]);
    await engine.select("INSERT INTO shop_dev_silver.customers VALUES ('x', 'r'), ('x', 'r'), ('y', 'r')");
    return engine;
  };
  const rows = [row('a', { note: 'x' }), row('b', { note: 'q' }), row('c', { note: null }), row('d', { note: 'y' })];

  it('diverts rows without a partner, doubles none, and takes NULL for unknown', async () => {
    const engine = await make('quarantine');
    expect(await engine.run('run_1', rows)).toMatchObject({
      verdict: 'pass',
      rows_in: '4',
      published: '3',
      quarantined: '1',
      findings: '[{"rule":"note_references_customers","failed":1,"unknown":1}]',
    });
    expect(await notesOf(engine)).toEqual(['a:x', 'c:null', 'd:y']);
  });

  it('publishes nothing where it fails', async () => {
    expect(await (await make('fail')).run('run_1', rows)).toMatchObject({
      verdict: 'fail',
      reason: 'rule note_references_customers is broken by 1 rows',
    });
  });
});

describe('row rules', () => {
  const rule = (nulls: 'pass' | 'fail', severity: 'warn' | 'quarantine' | 'fail' = 'quarantine') => ({ ...AMOUNT_RULE, nulls, severity });
  const rows = [row('a'), row('b', { amount: '-1.00' }), row('c', { amount: null })];

  it.each([
    ['pass', { published: '2', quarantined: '1', findings: '[{"rule":"amount_not_negative","failed":1,"unknown":1}]' }],
    ['fail', { published: '1', quarantined: '2', findings: '[{"rule":"amount_not_negative","failed":2,"unknown":1}]' }],
  ] as const)('QR-2 count an unknown outcome apart, and let it %s', async (nulls, expected) => {
    const engine = await TableEngine.create(statementTable(full()), { row: [rule(nulls)] });
    expect(await engine.run('run_1', rows)).toMatchObject(expected);
  });

  it('QR-3 publish and count where they warn, publish nothing where they fail', async () => {
    const warned = await TableEngine.create(statementTable(full()), { row: [rule('pass', 'warn')] });
    expect(await warned.run('run_1', rows)).toMatchObject({
      verdict: 'pass',
      published: '3',
      quarantined: '0',
      findings: '[{"rule":"amount_not_negative","failed":1,"unknown":1}]',
    });
    const failed = await TableEngine.create(statementTable(full()), { row: [rule('pass', 'fail')] });
    expect(await failed.run('run_1', rows)).toMatchObject({ verdict: 'fail', reason: 'rule amount_not_negative is broken by 1 rows' });
    expect(await failed.rows()).toEqual([]);
  });
});
