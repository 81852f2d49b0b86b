import { describe, expect, it } from 'vitest';
import type { ContractSpec } from '../../../lib/contract/spec.js';
import { full, upsert, type WriteMode } from '../../../lib/model/write-mode.js';
import { type Row, TableEngine } from './engine.js';
import { specOf, statementTable, WIDE } from './shapes.js';

const KEYLESS_WIDE = specOf(
  'orders',
  WIDE.columns.map(({ key: _, sequence: __, ...column }) => column),
);

function row(more: Partial<Row> = {}): Row {
  return {
    k: 'a',
    seq: 1,
    flag: true,
    size: 1.5,
    state: "it's",
    body: '{"x":"\\""}',
    tags: ['t', 'u'],
    items: [
      { sku: 's', price: '1.10', at: '2026-01-31T12:00:00.000001Z' },
      { sku: 'r', price: null, at: null },
    ],
    labels: [['l', 1n]],
    ...more,
  };
}

const EMPTY = row({ k: 'b', flag: null, size: null, body: null, tags: null, items: null, labels: null });

describe.each<readonly [string, WriteMode, ContractSpec]>([
  ['upsert', upsert(), WIDE],
  ['full by key', full(), WIDE],
  ['full without a key', full(), KEYLESS_WIDE],
])('nested columns with %s', (_, write, spec) => {
  it('come through as they are, and equal ones change nothing', async () => {
    const engine = await TableEngine.create(statementTable(write, spec));
    expect(await engine.run('run_1', [row(), EMPTY])).toMatchObject({ verdict: 'pass', published: '2' });
    const [first, second] = await engine.rows();
    expect(first).toMatchObject({ tags: '[t, u]', labels: '{l=1}', body: '{"x":"\\""}' });
    expect(first!['items']).toBe("[{'sku': s, 'price': 1.10, 'at': '2026-01-31 12:00:00.000001'}, {'sku': r, 'price': NULL, 'at': NULL}]");
    expect(second).toMatchObject({ k: 'b', tags: null, items: null, labels: null });
    const before = await engine.rows(true);
    expect((await engine.run('run_2', [EMPTY, row()])).verdict).toBe('pass');
    expect(await engine.rows(true)).toEqual(before);
  });

  it('that differ are a change', async () => {
    const engine = await TableEngine.create(statementTable(write, spec));
    await engine.run('run_1', [row()]);
    await engine.run('run_2', [row({ seq: 2, tags: ['t'] })]);
    expect(await engine.rows(true)).toEqual([expect.objectContaining({ tags: '[t]', _run_id: 'run_2' })]);
  });
});

describe('what the types of SQL do not say', () => {
  it('is judged: words of a oneOf, finite doubles', async () => {
    const engine = await TableEngine.create(statementTable(full(), WIDE));
    await engine.give([row({ k: 'a' }), row({ k: 'b', state: 'shut' })]);
    await engine.select("INSERT INTO input SELECT * REPLACE ('c' AS k, 'NaN'::DOUBLE AS size) FROM input WHERE k = 'a'");
    await engine.select("INSERT INTO input SELECT * REPLACE ('d' AS k, '-Infinity'::DOUBLE AS size) FROM input WHERE k = 'a'");
    expect(await engine.build('run_1')).toMatchObject({
      verdict: 'pass',
      published: '1',
      quarantined: '3',
      findings: '[{"rule":"finite:size","failed":2,"unknown":0},{"rule":"one_of:state","failed":1,"unknown":0}]',
    });
  });

  it('goes to quarantine as JSON, once however often it is run (QR-7)', async () => {
    const engine = await TableEngine.create(statementTable(full(), WIDE));
    const refused = row({ state: 'shut' });
    await engine.run('run_1', [refused, refused]);
    await engine.run('run_2', [refused, refused]);
    const found = await engine.quarantined();
    expect(found).toHaveLength(2);
    for (const one of found) {
      expect(one).toMatchObject({
        dataset: 'silver.orders',
        rules: 'one_of:state',
        contract_version: '0123456789ab',
        status: 'open',
        first_seen: '2026-02-01 00:00:00',
        _run_id: 'run_1',
      });
      expect(JSON.parse(String(one['payload']))).toMatchObject({
        k: 'a',
        seq: 1,
        flag: true,
        size: 1.5,
        state: 'shut',
        body: '{"x":"\\""}',
        tags: ['t', 'u'],
        labels: { l: 1 },
      });
    }
    expect(new Set(found.map((one) => one['row_id'])).size).toBe(2);
  });
});
