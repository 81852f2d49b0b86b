import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunctionError } from '../../lib/local/functions/function-runtime.js';
import { type StreamRecord, sequenceNumberOf, shardOf } from '../../lib/local/sources/shard.js';
import { deliverStream, type IncomingRecord, type StreamOutcome } from '../../lib/local/sources/stream-delivery.js';
import type { Discarded, MappingSettings } from '../../lib/local/sources/stream-mapping.js';

const at = new Date('2026-01-31T09:00:00Z');

const settings: MappingSettings = {
  batchSize: 10,
  bisect: true,
  partialResponses: true,
  maximumRetryAttempts: 3,
  maximumRecordAgeSeconds: 3600,
  parallelizationFactor: 1,
};

function incoming(count: number, keys = 5): IncomingRecord[] {
  return Array.from({ length: count }, (_, index) => ({ data: Buffer.from(`r${index}`), partitionKey: `k${index % keys}`, arrivedAt: at }));
}

const nameOf = (record: StreamRecord): string => Buffer.from(record.data).toString();

/** What a run of a mapping over a stub function left behind. */
interface Trace {
  readonly acknowledged: string[];
  readonly discarded: Discarded[];
  /** Every record in the order in which it was first acknowledged or discarded, by partition key. */
  readonly order: Map<string, string[]>;
  readonly invocations: StreamRecord[][];
  readonly outcome: StreamOutcome;
}

type Handler = (records: readonly StreamRecord[], invocation: number) => unknown;

async function run(mapping: Partial<MappingSettings>, records: IncomingRecord[], handler: Handler, shards = 2): Promise<Trace> {
  const merged = { ...settings, ...mapping };
  const acknowledged: string[] = [];
  const discarded: Discarded[] = [];
  const order = new Map<string, string[]>();
  const invocations: StreamRecord[][] = [];
  const note = (record: StreamRecord): void =>
    void order.set(record.partitionKey, [...(order.get(record.partitionKey) ?? []), nameOf(record)]);
  const outcome = await deliverStream(
    { shards, seed: 0, next: 0 },
    merged,
    {
      async invoke(batch) {
        invocations.push([...batch]);
        const answer = await handler(batch, invocations.length);
        const listed = (answer as { batchItemFailures?: unknown } | undefined)?.batchItemFailures;
        const failures = Array.isArray(listed) ? (listed as { itemIdentifier: string }[]) : [];
        const lowest = merged.partialResponses
          ? batch.findIndex((record) => failures.some((f) => f.itemIdentifier === record.sequenceNumber))
          : -1;
        for (const record of lowest < 0 ? batch : batch.slice(0, lowest)) {
          acknowledged.push(nameOf(record));
          note(record);
        }
        return answer;
      },
      async discard(batch) {
        discarded.push(batch);
        for (const record of batch.records) note(record);
      },
    },
    (async function* () {
      yield* records;
    })(),
  );
  return { acknowledged, discarded, order, invocations, outcome };
}

const failing = (name = 'SomeError') => {
  throw new FunctionError(name, 'Stub');
};

describe('the mapping of a stream', () => {
  it('F-1 isolates a record that always throws by halving; all others are acknowledged', async () => {
    const trace = await run({}, incoming(100), (batch) => {
      if (batch.some((record) => nameOf(record) === 'r42')) failing();
    });
    expect(trace.discarded.map(({ records, condition, functionError }) => [records.map(nameOf), condition, functionError])).toEqual([
      [['r42'], 'RetryAttemptsExhausted', 'SomeError'],
    ]);
    expect(trace.acknowledged).toHaveLength(99);
  });

  it('F-22 KI-6 delivers again from the lowest failed sequence only', async () => {
    const trace = await run({}, incoming(10, 1), (batch, invocation) =>
      invocation === 1 ? { batchItemFailures: [8, 6].map((index) => ({ itemIdentifier: batch[index]!.sequenceNumber })) } : undefined,
    );
    expect(trace.invocations.map((batch) => batch.map(nameOf).join(' '))).toEqual(['r0 r1 r2 r3 r4 r5 r6 r7 r8 r9', 'r6 r7 r8 r9']);
    expect(trace.acknowledged).toHaveLength(10);
  });

  it.each([
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'nope' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['no identifier', { batchItemFailures: [{}] }],
    ['no list', { batchItemFailures: 'all' }],
  ])('F-22 takes an answer with %s for a failure of the whole batch', async (_what, answer) => {
    const trace = await run({ bisect: false }, incoming(3, 1), (_batch, invocation) => (invocation === 1 ? answer : {}));
    expect(trace.invocations.map((batch) => batch.length)).toEqual([3, 3]);
  });

  it('ignores failed items when the mapping does not ask for them', async () => {
    const trace = await run({ partialResponses: false }, incoming(3, 1), (batch) => ({
      batchItemFailures: [{ itemIdentifier: batch[0]!.sequenceNumber }],
    }));
    expect([trace.invocations.length, trace.acknowledged.length]).toEqual([1, 3]);
  });

  it('F-23 a timeout is retried with the very same records', async () => {
    const trace = await run({ bisect: false }, incoming(10, 1), (_batch, invocation) =>
      invocation < 3 ? failing('Sandbox.Timedout') : {},
    );
    expect(new Set(trace.invocations.map((batch) => batch.map(nameOf).join()))).toHaveLength(1);
    expect([trace.invocations.length, trace.discarded.length]).toEqual([3, 0]);
  });

  it('retries as often as it says, then keeps the batch with its payload', async () => {
    const trace = await run({ bisect: false, maximumRetryAttempts: 2 }, incoming(4, 1), () => failing());
    expect([trace.invocations.length, trace.discarded[0]?.invocations]).toEqual([3, 3]);
    expect(trace.discarded[0]?.records.map(nameOf)).toEqual(['r0', 'r1', 'r2', 'r3']);
  });

  it('gives up on a batch that has waited longer than the maximum age', async () => {
    const trace = await run({ bisect: false, maximumRetryAttempts: undefined, maximumRecordAgeSeconds: 60 }, incoming(4, 1), () =>
      failing(),
    );
    expect(trace.discarded.map(({ condition }) => condition)).toEqual(['RecordAgeExceeded']);
  });

  it('F-40 a failure destination that fails stops the delivery: nothing counts as done', async () => {
    const records = (async function* () {
      yield* incoming(4, 1);
    })();
    const ports = { invoke: async () => failing(), discard: async () => Promise.reject(new Error('disk full')) };
    await expect(deliverStream({ shards: 1, seed: 0, next: 0 }, settings, ports, records)).rejects.toThrow('disk full');
  });

  it('F-40 refuses to lose records where the mapping has no failure destination', async () => {
    const records = (async function* () {
      yield* incoming(4, 1);
    })();
    const delivered = deliverStream(
      { shards: 1, seed: 0, next: 0 },
      { ...settings, bisect: false },
      { invoke: async () => failing() },
      records,
    );
    await expect(delivered).rejects.toThrow(
      'would lose 4 records of shardId-000000000000: it gives up on them and has no failure destination',
    );
  });

  it('says that a shard is blocked where the mapping retries without end', async () => {
    const blocked = run({ bisect: false, maximumRetryAttempts: undefined, maximumRecordAgeSeconds: undefined }, incoming(4, 1), () =>
      failing(),
    );
    await expect(blocked).rejects.toThrow(
      'shardId-000000000000 is blocked: the mapping retries without end and 50 attempts ended in SomeError',
    );
  });

  it('F-6 cuts a batch before its event passes 6 MB, and refuses what no stream takes', async () => {
    const big = incoming(4, 1).map((record) => ({ ...record, data: Buffer.alloc(2 * 1024 * 1024) }));
    expect((await run({}, big, () => ({}))).invocations.map((batch) => batch.length)).toEqual([2, 2]);
    const tooBig = [{ ...big[0]!, data: Buffer.alloc(10 * 1024 * 1024 + 1) }];
    await expect(run({}, tooBig, () => ({}))).rejects.toThrow('record 1 has 10485761 bytes; a stream takes at most 10485760');
  });

  it('F-42 does nothing for no records', async () => {
    expect((await run({}, [], () => ({}))).outcome).toEqual({ records: 0, batches: 0, next: 0 });
  });

  it('F-1 F-22 F-23 F-40 KI-6 each record is acknowledged or discarded exactly once, in order, under any failures', async () => {
    const mapping = fc.record({
      batchSize: fc.integer({ min: 1, max: 20 }),
      bisect: fc.boolean(),
      partialResponses: fc.boolean(),
      maximumRetryAttempts: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      maximumRecordAgeSeconds: fc.integer({ min: 60, max: 600 }),
      parallelizationFactor: fc.integer({ min: 1, max: 3 }),
    });
    // What the function does at its n-th invocation: works, throws, or reports some of its records.
    const behaviour = fc.array(fc.oneof(fc.constant('ok'), fc.constant('throw'), fc.array(fc.nat(30), { minLength: 1, maxLength: 3 })), {
      maxLength: 60,
    });
    const poison = fc.uniqueArray(fc.nat(79), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        mapping,
        behaviour,
        poison,
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 1, max: 4 }),
        async (m, script, poisoned, count, shards) => {
          const bad = new Set(poisoned.map((index) => `r${index}`));
          const trace = await run(
            m,
            incoming(count, 7),
            (batch, invocation) => {
              if (batch.some((record) => bad.has(nameOf(record)))) failing();
              const step = script[invocation] ?? 'ok';
              if (step === 'throw') failing();
              if (typeof step === 'string') return {};
              return { batchItemFailures: step.map((index) => ({ itemIdentifier: batch[index % batch.length]!.sequenceNumber })) };
            },
            shards,
          );
          const ended = [...trace.acknowledged, ...trace.discarded.flatMap(({ records }) => records.map(nameOf))];
          expect(ended.toSorted()).toEqual(
            incoming(count, 7)
              .map(({ data }) => Buffer.from(data).toString())
              .toSorted(),
          );
          for (const names of trace.order.values()) {
            const numbers = names.map((name) => Number(name.slice(1)));
            expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          }
          expect(
            trace.invocations.every((batch) => batch.length <= m.batchSize && new Set(batch.map(({ shardId }) => shardId)).size === 1),
          ).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('puts records on the same shards under the same numbers whenever it is run again', async () => {
    const places = async () =>
      (await run({}, incoming(50), () => ({}))).invocations.flat().map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]);
    expect(await places()).toEqual(await places());
  });
});

describe('a sequence number', () => {
  it('KI-2 has 56 digits, grows, and is another for another seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(1000), fc.nat(1000), (a, b, seedA, seedB) => {
        fc.pre(a !== b || seedA !== seedB);
        const [one, two] = [sequenceNumberOf(a, seedA), sequenceNumberOf(b, seedB)];
        expect([one.length, two.length]).toEqual([56, 56]);
        expect(one).not.toBe(two);
        if (seedA === seedB) expect(BigInt(one) < BigInt(two)).toBe(a < b);
      }),
    );
  });

  it('KI-7 stays on one shard for one partition key, and keys use every shard', () => {
    const used = new Set(Array.from({ length: 1000 }, (_, index) => shardOf(`key ${index}`, 4)));
    expect([...used].toSorted()).toEqual([0, 1, 2, 3]);
  });
});
