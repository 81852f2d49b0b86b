import { describe, expect, it } from 'vitest';
import type { ContractSpec } from '../../../lib/contract/spec.js';
import { append, full, replaceWindows, upsert, type WriteMode } from '../../../lib/model/write-mode.js';
import { type Row, TableEngine } from './engine.js';
import { KEYED, KEYLESS, statementTable } from './shapes.js';

function row(k: string, day = '2026-01-31'): Row {
  return { k, part: 1, seq: 1, day, at: null, amount: '1.00', note: null };
}

const MODES: readonly (readonly [string, WriteMode, ContractSpec])[] = [
  ['append', append(), KEYED],
  ['upsert', upsert(), KEYED],
  ['replaceWindows by key', replaceWindows('day'), KEYED],
  ['replaceWindows without a key', replaceWindows('day'), KEYLESS],
  ['full by key', full(), KEYED],
  ['full without a key', full(), KEYLESS],
];

describe.each(MODES)('RC-1 reconciling %s', (_, write, spec) => {
  /** A run up to its publication. */
  const published = async () => {
    const engine = await TableEngine.create(statementTable(write, spec));
    await engine.run('run_0', [row('z', '2026-01-30')]);
    await engine.give([row('a'), row('b')]);
    await engine.build('run_1');
    await engine.publish('run_1');
    return engine;
  };

  it('passes where the table is what the candidate said', async () => {
    expect(await (await published()).reconcile('run_1')).toEqual({ verdict: 'pass', reason: 'ok' });
  });

  it('sees a row that is missing', async () => {
    const engine = await published();
    await engine.select("DELETE FROM shop_dev_silver.orders WHERE k = 'a'");
    expect(await engine.reconcile('run_1')).toEqual({
      verdict: 'fail',
      reason: 'the candidate has 2 rows to publish, the table holds 1 of them and 0 of another writer',
    });
  });

  it('IM-17 sees a key that two writers inserted at once', async () => {
    const engine = await published();
    await engine.select(
      "INSERT INTO shop_dev_silver.orders SELECT * REPLACE ('run_x' AS _run_id) FROM shop_dev_silver.orders WHERE k = 'a'",
    );
    expect(await engine.reconcile('run_1')).toMatchObject({ verdict: 'fail' });
  });

  it('fails where nothing was published at all', async () => {
    const engine = await TableEngine.create(statementTable(write, spec));
    await engine.give([row('a')]);
    await engine.build('run_1');
    expect(await engine.reconcile('run_1')).toEqual({
      verdict: 'fail',
      reason: 'the candidate has 1 rows to publish, the table holds 0 of them and 0 of another writer',
    });
  });
});

describe('IM-16 another writer in between', () => {
  it('shows where its row stands in the place of ours', async () => {
    const engine = await TableEngine.create(statementTable(upsert()));
    await engine.give([row('a'), row('b')]);
    await engine.build('run_1');
    await engine.publish('run_1');
    await engine.select("UPDATE shop_dev_silver.orders SET seq = 9, _run_id = 'run_x' WHERE k = 'a'");
    expect(await engine.reconcile('run_1')).toEqual({
      verdict: 'fail',
      reason: 'the candidate has 2 rows to publish, the table holds 1 of them and 1 of another writer',
    });
  });
});

describe('an audit of a candidate that an engine got wrong', () => {
  const tampered = async (change: string) => {
    const engine = await TableEngine.create(statementTable(upsert()));
    await engine.give([row('a'), row('b')]);
    await engine.build('run_1');
    await engine.select(change);
    return engine.audit('run_1');
  };

  it('RC-1 fails where a row has no fate', async () => {
    expect(await tampered("UPDATE shop_dev_operations.silver_orders__run_1 SET _fate = 'lost' WHERE k = 'a'")).toMatchObject({
      verdict: 'fail',
      reason: 'rows in differ from the sum of their fates',
    });
  });

  it('IM-17 fails where a key would be published twice', async () => {
    expect(await tampered("UPDATE shop_dev_operations.silver_orders__run_1 SET k = 'a'")).toMatchObject({
      verdict: 'fail',
      reason: '1 published rows repeat a key',
    });
  });
});
