import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformStream, type StreamRecord } from '../../lambdas/conform-stream/conform-stream.js';
import { compileConform } from '../../lib/model/conform/index.js';
import { makeTable, ORDERS, payloadOf, quarantined } from './orders.js';

const NINE = Date.UTC(2026, 0, 31, 9);
const SHARD = 'shardId-000000000003';
const FIRST = 49590338271490256608559692538361571095921575989136588898n;

function record(index: number, body: string | Buffer, arrivedAtMs = NINE + index): StreamRecord {
  return { shard: SHARD, sequence: String(FIRST + BigInt(index)), arrivedAtMs, payload: Buffer.from(body) };
}

const good = (index: number, arrivedAtMs?: number) => record(index, `{"id":"o${index}","amount":${index}}`, arrivedAtMs);
const bad = (index: number, arrivedAtMs?: number) => record(index, `{"id":"o${index}"`, arrivedAtMs);

describe('conform stream', () => {
  it('writes rows and refused records as one object each, named by shard, sequences and contract', async () => {
    const table = makeTable();
    const { counts, failedFrom } = await conformStream([good(0), bad(1), good(2)], table);
    expect(failedFrom).toBeUndefined();
    expect(counts).toEqual({ written: 2, rejected: 1, bom: 0, drifted: 0 });
    const key = `orders/arrival=2026-01-31-09/${SHARD}-${FIRST}-${FIRST + 2n}-${ORDERS.version}.ndjson.gz`;
    expect([...table.store.objects.keys()].sort()).toEqual([`bronze/${key}`, `quarantine/${key}`]);
    expect(table.store.rows('bronze')[1]).toEqual({
      id: 'o2',
      amount: '2.00',
      note: null,
      _arrived_at: '2026-01-31 09:00:00.002000',
      _position: `${SHARD}/${FIRST + 2n}`,
      _contract: ORDERS.version,
      _extra: null,
    });
    const [refusedOne] = quarantined(table);
    expect(refusedOne).toMatchObject({
      position: `${SHARD}/${FIRST + 1n}`,
      arrived_at: '2026-01-31 09:00:00.001000',
      contract: ORDERS.version,
      reasons: [{ rule: 'parse', field: '' }],
      bytes: 10,
    });
    expect(payloadOf(refusedOne!)).toBe('{"id":"o1"');
  });

  it('writes one object for each hour of arrival', async () => {
    const table = makeTable();
    await conformStream([good(0, NINE - 1), good(1, NINE), good(2, NINE)], table);
    expect(table.store.keys('bronze').map((key) => key.slice(0, 29))).toEqual([
      'orders/arrival=2026-01-31-08/',
      'orders/arrival=2026-01-31-09/',
    ]);
    expect(table.store.rows('bronze').map((row) => row['id'])).toEqual(['o0', 'o1', 'o2']);
  });

  it('F-42 writes nothing for an empty batch, and no empty object', async () => {
    const table = makeTable();
    expect(await conformStream([], table)).toEqual({ counts: { written: 0, rejected: 0, bom: 0, drifted: 0 } });
    await conformStream([good(0)], table);
    expect(table.store.keys('quarantine')).toEqual([]);
  });

  it('F-1 a record that conforming itself fails on is quarantined alone', async () => {
    const table = makeTable();
    const conform = compileConform(ORDERS);
    const poisoned = {
      ...table,
      conform: {
        ...conform,
        record: (bytes: Uint8Array, arrival: Parameters<typeof conform.record>[1]) => {
          if (bytes.includes(0x23)) throw new RangeError('{"email":"ada@example.org"}');
          return conform.record(bytes, arrival);
        },
      },
    };
    const { counts } = await conformStream([good(0), record(1, '#'), good(2)], poisoned);
    expect(counts).toMatchObject({ written: 2, rejected: 1 });
    expect(quarantined(table)[0]!.reasons).toEqual([{ rule: 'internal', field: '' }]);
  });

  it('F-3 F-18 counts byte-order marks and records with unknown fields', async () => {
    const { counts } = await conformStream(
      [record(0, '\ufeff{"id":"a","amount":1}'), record(1, '{"id":"a","amount":1,"new":1}')],
      makeTable(),
    );
    expect(counts).toEqual({ written: 2, rejected: 0, bom: 1, drifted: 1 });
  });

  it('F-6 keeps a large record as an object of its own, and points to it', async () => {
    const table = makeTable();
    const large = Buffer.alloc(3 * 1024 * 1024, 0x61);
    await conformStream([good(0), record(1, large)], table);
    const [refusedOne] = quarantined(table);
    expect(refusedOne).toMatchObject({ reasons: [{ rule: 'size', field: '' }], bytes: large.length });
    expect(refusedOne!.payload_base64).toBeUndefined();
    expect(table.store.objects.get(`quarantine/${refusedOne!.payload_key}`)?.equals(large)).toBe(true);
    expect(refusedOne!.payload_key).toMatch(/^orders\/payload\/arrival=2026-01-31-09\/[0-9a-f]{64}$/);
  });

  it('F-22 returns the first record that is not written, and nothing before it comes again', async () => {
    const table = makeTable();
    table.store.failing = (path) => (path.includes('arrival=2026-01-31-09') ? 'before' : undefined);
    const result = await conformStream([good(0, NINE - 1), good(1, NINE - 1), good(2), good(3)], table);
    expect(result).toMatchObject({ failedFrom: String(FIRST + 2n), counts: { written: 2 } });
    expect(table.store.rows('bronze').map((row) => row['id'])).toEqual(['o0', 'o1']);
  });

  it('F-40 a quarantine that cannot be written acknowledges nothing, not even good rows', async () => {
    const table = makeTable();
    table.store.failing = (path) => (path.startsWith('quarantine/') ? 'before' : undefined);
    const result = await conformStream([good(0), bad(1)], table);
    expect(result.failedFrom).toBe(String(FIRST));
    expect(table.store.keys('bronze')).toEqual([]);
  });

  it('F-41 a batch of nothing but bad records is quarantined whole, and the stream goes on', async () => {
    const table = makeTable();
    const { counts, failedFrom } = await conformStream([bad(0), bad(1)], table);
    expect({ counts, failedFrom }).toMatchObject({ counts: { written: 0, rejected: 2 }, failedFrom: undefined });
    expect(table.store.keys('bronze')).toEqual([]);
  });

  it('F-43 judged again under another version of the contract, no name is taken by the old judgement', async () => {
    const table = makeTable();
    await conformStream([good(0), bad(1)], table);
    await conformStream([good(0), bad(1)], { ...table, contract: 'ba9876543210' });
    expect(table.store.keys('bronze')).toHaveLength(2);
    expect(new Set(table.store.rows('bronze').map((row) => row['_position'])).size).toBe(1);
  });

  it('F-23 F-24 F-25 whatever fails and is tried again, objects are those of one clean run: in = written + rejected', async () => {
    const batch = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -2, max: 2 })), { minLength: 1, maxLength: 12 });
    const faults = fc.infiniteStream(fc.constantFrom('before', 'after', undefined, undefined));
    await fc.assert(
      fc.asyncProperty(batch, faults, async (shape, fault) => {
        const records = shape.map(([fits, hour], index) => (fits ? good : bad)(index, NINE + hour * 3_600_000));
        const clean = makeTable();
        await conformStream(records, clean);
        const table = makeTable();
        let broken = 20;
        table.store.failing = () => (broken-- > 0 ? fault.next().value : undefined);
        let rest = records;
        // What Lambda does: the same batch from the failed record on, until all is written.
        for (let tries = 0; tries < 100; tries++) {
          const { failedFrom } = await conformStream(rest, table);
          if (failedFrom === undefined) break;
          rest = rest.slice(rest.findIndex(({ sequence }) => sequence === failedFrom));
        }
        const positions = (rows: { [key: string]: unknown }[], key: string) => [...new Set(rows.map((row) => row[key] as string))].sort();
        expect(positions(table.store.rows('bronze'), '_position')).toEqual(positions(clean.store.rows('bronze'), '_position'));
        expect(positions(table.store.rows('quarantine'), 'position')).toEqual(positions(clean.store.rows('quarantine'), 'position'));
        expect(
          positions(table.store.rows('bronze'), '_position').length + positions(table.store.rows('quarantine'), 'position').length,
        ).toBe(records.length);
      }),
      { numRuns: 150 },
    );
  });

  it('a redelivered batch changes not one byte', async () => {
    const table = makeTable();
    const batch = [good(0), bad(1), good(2)];
    await conformStream(batch, table);
    const before = new Map(table.store.objects);
    await conformStream(batch, table);
    expect(table.store.objects).toEqual(before);
    const other = makeTable();
    await conformStream(batch, other);
    expect(other.store.objects).toEqual(before);
  });
});
