import { describe, expect, it } from 'vitest';
import { conformFirehose, type TransitRecord } from '../../lambdas/conform-firehose/conform-firehose.js';
import { makeTable, payloadOf, quarantined } from './orders.js';

const NINE = Date.UTC(2026, 0, 31, 9);

const record = (index: number, body: string, arrivedAtMs = NINE): TransitRecord => ({
  id: `record-${index}`,
  position: `shardId-000000000000/${index}`,
  arrivedAtMs,
  payload: Buffer.from(body),
});
const good = (index: number) => record(index, `{"id":"o${index}","amount":1}`);
const bad = (index: number, arrivedAtMs?: number) => record(index, 'oops', arrivedAtMs);

describe('conform firehose', () => {
  it('answers each record under its id, rows as lines, and keeps refused ones before they are dropped', async () => {
    const table = makeTable();
    const { answers, counts } = await conformFirehose([good(0), bad(1), good(2)], table);
    expect(answers.map(({ id, result }) => [id, result])).toEqual([
      ['record-0', 'Ok'],
      ['record-1', 'Dropped'],
      ['record-2', 'Ok'],
    ]);
    expect(JSON.parse((answers[0] as { line: string }).line)).toMatchObject({
      id: 'o0',
      amount: '1.00',
      _position: 'shardId-000000000000/0',
    });
    expect(counts).toMatchObject({ written: 2, rejected: 1 });
    expect(quarantined(table).map((row) => [row.position, payloadOf(row)])).toEqual([['shardId-000000000000/1', 'oops']]);
    expect(table.store.keys('bronze')).toEqual([]);
  });

  it('F-40 hands refused records back when they cannot be kept, and good ones on', async () => {
    const table = makeTable();
    table.store.failing = (path) => (path.includes('arrival=2026-01-31-09') ? 'before' : undefined);
    const { answers, counts, cause } = await conformFirehose([good(0), bad(1), bad(2, NINE + 3_600_000)], table);
    expect(answers.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed', 'Dropped']);
    expect(counts).toMatchObject({ written: 1, rejected: 1 });
    expect(cause).toBeDefined();
  });

  it('F-6 keeps its answer below what Lambda can return: what does not fit goes to quarantine, record by record', async () => {
    const table = makeTable();
    const note = 'x'.repeat(500_000);
    const records = Array.from({ length: 12 }, (_, index) => record(index, `{"id":"o${index}","amount":1,"note":"${note}"}`));
    const { answers, counts } = await conformFirehose(records, table);
    const bytes = answers.reduce((sum, answer) => sum + ('line' in answer ? Math.ceil((answer.line.length + 1) / 3) * 4 : 0) + 200, 0);
    expect(bytes).toBeLessThan(6_000_000);
    expect(counts.written + counts.rejected).toBe(12);
    expect(counts.written).toBe(8);
    expect(quarantined(table).map((row) => row.reasons)).toEqual(Array(4).fill([{ rule: 'size', field: '' }]));
  });

  it('a batch that comes again changes nothing', async () => {
    const table = makeTable();
    const first = await conformFirehose([good(0), bad(1)], table);
    const before = new Map(table.store.objects);
    expect(await conformFirehose([good(0), bad(1)], table)).toEqual(first);
    expect(table.store.objects).toEqual(before);
  });
});
