import { LakeError } from '../../contract/lake-error.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import type { RunResource } from '../assembly/inventory.js';
import type { SourceInput } from '../report.js';
import { stableUuid } from '../tables/identifier.js';
import { type LocalSource, type SourceOutcome, type SourceTable, sourceTableOf } from './local-source.js';
import { ON_DEMAND_SHARDS, type StreamRecord } from './shard.js';
import { readRecords } from './source-records.js';
import { deliverStream, type IncomingRecord } from './stream-delivery.js';
import type { Discarded, MappingPorts, MappingSettings } from './stream-mapping.js';

/** What a mapping may say. Another property would change what is delivered, so it is refused by its name. */
const KNOWN = new Set([
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'StartingPosition',
]);
const PROGRESS_EVERY = 1000;

/** A stream with an event source mapping. */
export class StreamSource implements LocalSource {
  readonly kind = 'stream';
  readonly notes: readonly string[];
  readonly path: string;
  readonly table: SourceTable;
  private readonly settings: MappingSettings;
  private readonly target: RunResource;
  private readonly streamArn: string;
  private readonly shards: number;
  private readonly failures: string | undefined;

  constructor(
    private readonly environment: LocalEnvironment,
    mapping: RunResource,
  ) {
    const { inventory, functions } = environment;
    const properties = mapping.properties;
    this.path = mapping.path;
    const unknown = Object.keys(properties).filter((name) => !KNOWN.has(name));
    if (unknown.length > 0)
      throw new LakeError('local/mapping', `the local runtime does not run a mapping with ${unknown.join(', ')}`, { path: mapping.path });
    if (properties['StartingPosition'] !== 'TRIM_HORIZON' || properties['Enabled'] === false) {
      throw new LakeError('local/mapping', 'the local runtime runs enabled mappings from TRIM_HORIZON only', { path: mapping.path });
    }
    const target = functions.resource(properties['FunctionName']);
    if (target === undefined)
      throw new LakeError('local/mapping', 'the mapping names a function that the assembly does not hold', { path: mapping.path });
    this.target = target;
    this.table = sourceTableOf(inventory, target);
    this.streamArn = String(properties['EventSourceArn']);
    this.shards = shardsOf(inventory.find('AWS::Kinesis::Stream', this.streamArn));
    this.settings = settingsOf(properties);
    this.failures = failureBucketOf(mapping, inventory.bucketOf.bind(inventory));
    const window = Number(properties['MaximumBatchingWindowInSeconds'] ?? 0);
    this.notes =
      window === 0
        ? []
        : [`batches are not waited for: the mapping gathers records for up to ${window} seconds, here a batch is full or the input ends`];
  }

  async deliver(input: SourceInput): Promise<SourceOutcome> {
    const { state, seed, clock } = this.environment;
    let failed = 0;
    const ports: MappingPorts = {
      invoke: (records) => this.environment.functions.runtime(this.target).invokeText(this.batchEvent(records)),
      ...(this.failures === undefined
        ? {}
        : {
            discard: async (batch) => {
              failed += batch.records.length;
              await this.keep(batch);
            },
          }),
    };
    const stream = { shards: this.shards, seed, next: state.streamPosition(this.streamArn) };
    const incoming = this.telling(readRecords(input, this.table.keys, clock), totalOf(input));
    const records = state.reserving(this.streamArn, incoming);
    const outcome = await deliverStream(stream, this.settings, ports, records);
    state.setStreamPosition(this.streamArn, outcome.next);
    return { received: outcome.records, batches: outcome.batches, failed };
  }

  private async *telling(records: AsyncIterable<IncomingRecord>, total: number | undefined): AsyncIterable<IncomingRecord> {
    const { onEvent } = this.environment;
    let count = 0;
    for await (const record of records) {
      yield record;
      count++;
      if (count % PROGRESS_EVERY === 0) {
        onEvent({ kind: 'delivery', source: this.table.name, records: count, ...(total === undefined ? {} : { total }) });
      }
    }
  }

  /** The event of a batch as JSON text: put together by hand, because most of it is one long base64 text a record. */
  private batchEvent(records: readonly StreamRecord[]): string {
    const rest = JSON.stringify({
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventName: 'aws:kinesis:record',
      awsRegion: this.target.stack.region,
      eventSourceARN: this.streamArn,
    }).slice(1);
    const items = records.map(({ arrivedAt, data, partitionKey, sequenceNumber, shardId }) => {
      const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
      const key = JSON.stringify(partitionKey);
      return `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${key},"sequenceNumber":"${sequenceNumber}","data":"${base64}","approximateArrivalTimestamp":${arrivedAt.getTime() / 1000}},"eventID":"${shardId}:${sequenceNumber}",${rest}`;
    });
    return `{"Records":[${items.join(',')}]}`;
  }

  /** The object that Lambda writes for a batch it gave up on: its invocation record with the whole event. */
  private async keep(batch: Discarded): Promise<void> {
    const { clock, seed, state, store } = this.environment;
    const now = clock().toISOString();
    const [first, last] = [batch.records[0]!, batch.records.at(-1)!];
    const id = stableUuid(seed, 'discarded', first.sequenceNumber, last.sequenceNumber, state.next('discarded'));
    const key = `aws/lambda/${stableUuid(this.streamArn)}/${batch.shardId}/${now.slice(0, 10).replaceAll('-', '/')}/${now.slice(11, 13)}/${now.slice(0, 19).replaceAll(':', '.')}-${id}`;
    const record = {
      requestContext: {
        requestId: id,
        functionArn: this.target.arn,
        condition: batch.condition,
        approximateInvokeCount: batch.invocations,
      },
      ...(batch.functionError === undefined
        ? {}
        : { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: batch.functionError } }),
      version: '1.0',
      timestamp: now,
      KinesisBatchInfo: {
        shardId: batch.shardId,
        startSequenceNumber: first.sequenceNumber,
        endSequenceNumber: last.sequenceNumber,
        approximateArrivalOfFirstRecord: first.arrivedAt.toISOString(),
        approximateArrivalOfLastRecord: last.arrivedAt.toISOString(),
        batchSize: batch.records.length,
        streamArn: this.streamArn,
      },
      payload: this.batchEvent(batch.records),
    };
    await store.put(this.failures!, key, Buffer.from(JSON.stringify(record)));
  }
}

function settingsOf(properties: Record<string, unknown>): MappingSettings {
  const bounded = (name: string): number | undefined => {
    const value = Number(properties[name] ?? -1);
    return value < 0 ? undefined : value;
  };
  const retries = bounded('MaximumRetryAttempts');
  const age = bounded('MaximumRecordAgeInSeconds');
  return {
    batchSize: Number(properties['BatchSize'] ?? 100),
    bisect: properties['BisectBatchOnFunctionError'] === true,
    partialResponses: ((properties['FunctionResponseTypes'] ?? []) as string[]).includes('ReportBatchItemFailures'),
    parallelizationFactor: Number(properties['ParallelizationFactor'] ?? 1),
    ...(retries === undefined ? {} : { maximumRetryAttempts: retries }),
    ...(age === undefined ? {} : { maximumRecordAgeSeconds: age }),
  };
}

/** A stream that is not of this app is taken for one on demand. */
export function shardsOf(stream: RunResource | undefined): number {
  const mode = (stream?.properties['StreamModeDetails'] as { StreamMode?: string } | undefined)?.StreamMode;
  return mode === 'ON_DEMAND' || stream === undefined ? ON_DEMAND_SHARDS : Number(stream.properties['ShardCount'] ?? 1);
}

function failureBucketOf(mapping: RunResource, bucketOf: (arn: string) => string): string | undefined {
  const destination = (mapping.properties['DestinationConfig'] as { OnFailure?: { Destination?: string } } | undefined)?.OnFailure
    ?.Destination;
  if (destination === undefined) return undefined;
  if (!destination.startsWith('arn:aws:s3:::')) {
    throw new LakeError('local/mapping', 'the local runtime keeps failures in a bucket only: a queue or topic carries no payload', {
      path: mapping.path,
    });
  }
  return bucketOf(destination);
}

function totalOf(input: SourceInput): number | undefined {
  return Array.isArray(input) ? input.length : undefined;
}
