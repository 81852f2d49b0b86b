import { LakeError } from '../../contract/lake-error.js';
import { type StreamRecord, sequenceNumberOf, shardIdOf, shardOf } from './shard.js';
import { deliverBatch, type MappingPorts, type MappingSettings } from './stream-mapping.js';

/** A record before it has its place on the stream. */
export interface IncomingRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly arrivedAt: Date;
  readonly shardId?: string;
  readonly sequenceNumber?: string;
}

export interface StreamSettings {
  readonly shards: number;
  readonly seed: number;
  /** How many records the stream has ever taken: the next one's number. */
  readonly next: number;
}

export interface StreamOutcome {
  readonly records: number;
  readonly batches: number;
  /** How many records the stream has ever taken. */
  readonly next: number;
}

/** The greatest record a stream takes. */
const MAX_RECORD_BYTES = 10 * 1024 * 1024;
/** A batch's event stays below the 6 MB of an invocation; a record's base64 and the fields around it count. */
const MAX_BATCH_BYTES = 5.9 * 1024 * 1024;
const RECORD_OVERHEAD_BYTES = 512;
/** Batches that wait for their lane: enough to keep it busy, few enough that a long file is never in memory. */
const MAX_QUEUED = 4;

/** A queue whose batches are brought to their end one after the other: a shard, or one of its parts under a parallelization factor. */
class Lane {
  private records: StreamRecord[] = [];
  private bytes = 0;
  private queued = 0;
  private tail: Promise<void> = Promise.resolve();
  batches = 0;

  constructor(
    private readonly settings: MappingSettings,
    private readonly ports: MappingPorts,
  ) {}

  async add(record: StreamRecord): Promise<void> {
    const size = Math.ceil(record.data.length / 3) * 4 + RECORD_OVERHEAD_BYTES + record.partitionKey.length;
    if (this.bytes + size > MAX_BATCH_BYTES) await this.flush();
    this.records.push(record);
    this.bytes += size;
    if (this.records.length >= this.settings.batchSize) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.records.length === 0) return;
    const batch = this.records;
    this.records = [];
    this.bytes = 0;
    this.batches++;
    this.queued++;
    this.tail = this.tail.then(async () => {
      await deliverBatch(this.settings, this.ports, batch);
      this.queued--;
    });
    // Whoever waits for the lane hears of the failure; without this the process would end on it first.
    this.tail.catch(() => {});
    if (this.queued >= MAX_QUEUED) await this.tail;
  }

  async end(): Promise<void> {
    await this.flush();
    await this.tail;
  }
}

/** Puts records on a stream and delivers them as its mapping says, until each is acknowledged or in the failure destination. */
export async function deliverStream(
  stream: StreamSettings,
  mapping: MappingSettings,
  ports: MappingPorts,
  records: AsyncIterable<IncomingRecord>,
): Promise<StreamOutcome> {
  const lanes = new Map<string, Lane>();
  const laneOf = (record: StreamRecord): Lane => {
    const part = mapping.parallelizationFactor === 1 ? 0 : shardOf(`part:${record.partitionKey}`, mapping.parallelizationFactor);
    const id = `${record.shardId}/${part}`;
    const lane = lanes.get(id) ?? new Lane(mapping, ports);
    lanes.set(id, lane);
    return lane;
  };
  let count = 0;
  for await (const record of records) {
    const placed = place(stream, record, count);
    count++;
    await laneOf(placed).add(placed);
  }
  const ends = await Promise.allSettled([...lanes.values()].map((lane) => lane.end()));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { records: count, batches: [...lanes.values()].reduce((sum, lane) => sum + lane.batches, 0), next: stream.next + count };
}

function place(stream: StreamSettings, record: IncomingRecord, index: number): StreamRecord {
  if (record.data.length > MAX_RECORD_BYTES) {
    throw new LakeError(
      'local/record-size',
      `record ${index + 1} has ${record.data.length} bytes; a stream takes at most ${MAX_RECORD_BYTES}`,
    );
  }
  return {
    shardId: record.shardId ?? shardIdOf(shardOf(record.partitionKey, stream.shards)),
    sequenceNumber: record.sequenceNumber ?? sequenceNumberOf(stream.next + index, stream.seed),
    partitionKey: record.partitionKey,
    arrivedAt: record.arrivedAt,
    data: record.data,
  };
}
