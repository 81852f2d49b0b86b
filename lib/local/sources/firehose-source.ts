import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LakeError } from '../../contract/lake-error.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import type { RunResource } from '../assembly/inventory.js';
import { FunctionError } from '../functions/function-runtime.js';
import type { SourceInput } from '../report.js';
import { stableUuid } from '../tables/identifier.js';
import { firehosePrefix } from './firehose-prefix.js';
import { type LocalSource, type SourceOutcome, type SourceTable, sourceTableOf } from './local-source.js';
import { type StreamRecord, sequenceNumberOf, shardIdOf, shardOf } from './shard.js';
import { readRecords } from './source-records.js';
import { shardsOf } from './stream-source.js';

const zip = promisify(gzip);

const KNOWN = new Set([
  'BucketARN',
  'BufferingHints',
  'CloudWatchLoggingOptions',
  'CompressionFormat',
  'CustomTimeZone',
  'EncryptionConfiguration',
  'ErrorOutputPrefix',
  'FileExtension',
  'Prefix',
  'ProcessingConfiguration',
  'RoleARN',
]);
const MEBIBYTE = 1024 * 1024;
const DEFAULT_RETRIES = 3;

interface Destination {
  readonly BucketARN: string;
  readonly BufferingHints?: { readonly IntervalInSeconds?: number; readonly SizeInMBs?: number };
  readonly CompressionFormat?: string;
  readonly CustomTimeZone?: string;
  readonly ErrorOutputPrefix?: string;
  readonly FileExtension?: string;
  readonly Prefix?: string;
  readonly ProcessingConfiguration?: {
    readonly Enabled?: boolean;
    readonly Processors?: readonly {
      readonly Type: string;
      readonly Parameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
    }[];
  };
}

interface ProcessedRecord {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
}

/** Rows that wait for their object to be full or old enough. */
interface Buffered {
  readonly pieces: Buffer[];
  bytes: number;
  oldest: Date;
}

/** A delivery stream over a stream, with a function that processes its records. Its buffers end when the input does. */
export class FirehoseSource implements LocalSource {
  readonly kind = 'firehose';
  readonly notes: readonly string[];
  readonly path: string;
  readonly table: SourceTable;
  private readonly destination: Destination;
  private readonly target: RunResource;
  private readonly parameters: ReadonlyMap<string, string>;
  private readonly streamArn: string;
  private readonly shards: number;

  constructor(
    private readonly environment: LocalEnvironment,
    private readonly resource: RunResource,
  ) {
    const { inventory, functions } = environment;
    this.path = resource.path;
    const { ExtendedS3DestinationConfiguration: destination, KinesisStreamSourceConfiguration: source } = resource.properties as {
      ExtendedS3DestinationConfiguration?: Destination;
      KinesisStreamSourceConfiguration?: { KinesisStreamARN: string };
    };
    if (destination === undefined || source === undefined) throw this.refusal('a delivery stream that is not from a stream to S3');
    const unknown = Object.keys(destination).filter((name) => !KNOWN.has(name));
    if (unknown.length > 0) throw this.refusal(`a delivery stream with ${unknown.join(', ')}`);
    if ((destination.CustomTimeZone ?? 'UTC') !== 'UTC') throw this.refusal('a delivery stream in another time zone than UTC');
    if (!['GZIP', 'UNCOMPRESSED'].includes(destination.CompressionFormat ?? 'UNCOMPRESSED'))
      throw this.refusal(`${destination.CompressionFormat} compression`);
    const processors = destination.ProcessingConfiguration?.Processors ?? [];
    if (processors.length !== 1 || processors[0]!.Type !== 'Lambda')
      throw this.refusal('a delivery stream without exactly one Lambda processor');
    this.parameters = new Map(
      (processors[0]!.Parameters ?? []).map(({ ParameterName: name, ParameterValue: value }) => [name, String(value)]),
    );
    const target = functions.resource(this.parameters.get('LambdaArn'));
    if (target === undefined) throw this.refusal('a processor that the assembly does not hold');
    this.destination = destination;
    this.target = target;
    this.table = sourceTableOf(inventory, target);
    this.streamArn = source.KinesisStreamARN;
    this.shards = shardsOf(inventory.find('AWS::Kinesis::Stream', this.streamArn));
    this.notes = [
      'records are handed over when a buffer is full or the input ends, not by the clock; an object is cut by its records’ own arrival times',
    ];
  }

  async deliver(input: SourceInput): Promise<SourceOutcome> {
    const { clock, seed, state, onEvent } = this.environment;
    const handOver = Number(this.parameters.get('BufferSizeInMBs') ?? 1) * MEBIBYTE;
    let waiting: StreamRecord[] = [];
    let bytes = 0;
    let received = 0;
    let batches = 0;
    let failed = 0;
    const buffer: Buffered = { pieces: [], bytes: 0, oldest: new Date(0) };
    const process = async (): Promise<void> => {
      if (waiting.length === 0) return;
      batches++;
      failed += await this.process(waiting, buffer);
      waiting = [];
      bytes = 0;
      onEvent({ kind: 'delivery', source: this.table.name, records: received });
    };
    const next = state.streamPosition(this.streamArn);
    for await (const record of state.reserving(this.streamArn, readRecords(input, this.table.keys, clock))) {
      if (bytes + record.data.length > handOver) await process();
      waiting.push({
        ...record,
        shardId: record.shardId ?? shardIdOf(shardOf(record.partitionKey, this.shards)),
        sequenceNumber: record.sequenceNumber ?? sequenceNumberOf(next + received, seed),
      });
      bytes += record.data.length;
      received++;
    }
    await process();
    await this.flush(buffer);
    state.setStreamPosition(this.streamArn, next + received);
    return { received, batches, failed };
  }

  /** Hands records to the function; gives the number of those that went to the error output. */
  private async process(records: readonly StreamRecord[], buffer: Buffered): Promise<number> {
    const ids = records.map(({ sequenceNumber }) => sequenceNumber);
    let answers: readonly ProcessedRecord[];
    try {
      answers = await this.invoke(records);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      await this.keepFailed(records, 'Lambda.FunctionError');
      return records.length;
    }
    const byId = new Map(answers.map((answer) => [answer.recordId, answer]));
    const failed: StreamRecord[] = [];
    for (const [index, record] of records.entries()) {
      const answer = byId.get(ids[index]);
      if (answer?.result === 'Dropped') continue;
      if (answer?.result !== 'Ok' || typeof answer.data !== 'string') failed.push(record);
      else await this.buffer(buffer, record, Buffer.from(answer.data, 'base64'));
    }
    if (failed.length > 0) await this.keepFailed(failed, 'Lambda.ProcessingFailedStatus');
    return failed.length;
  }

  private async invoke(records: readonly StreamRecord[]): Promise<readonly ProcessedRecord[]> {
    const event = {
      invocationId: stableUuid(this.environment.seed, records[0]!.sequenceNumber, records.length),
      deliveryStreamArn: this.resource.arn,
      sourceKinesisStreamArn: this.streamArn,
      region: this.target.stack.region,
      records: records.map((record) => ({
        recordId: record.sequenceNumber,
        approximateArrivalTimestamp: record.arrivedAt.getTime(),
        data: Buffer.from(record.data).toString('base64'),
        kinesisRecordMetadata: {
          sequenceNumber: record.sequenceNumber,
          subsequenceNumber: 0,
          partitionKey: record.partitionKey,
          shardId: record.shardId,
          approximateArrivalTimestamp: record.arrivedAt.getTime(),
        },
      })),
    };
    const retries = Number(this.parameters.get('NumberOfRetries') ?? DEFAULT_RETRIES);
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = (await this.environment.functions.runtime(this.target).invoke(event)) as {
          records?: readonly ProcessedRecord[];
        } | null;
        return answer?.records ?? [];
      } catch (error) {
        if (!(error instanceof FunctionError) || attempt >= retries) throw error;
      }
    }
  }

  private async buffer(buffer: Buffered, record: StreamRecord, data: Buffer): Promise<void> {
    const { IntervalInSeconds: seconds = 300, SizeInMBs: megabytes = 5 } = this.destination.BufferingHints ?? {};
    const old = buffer.bytes > 0 && record.arrivedAt.getTime() - buffer.oldest.getTime() >= seconds * 1000;
    if (old || buffer.bytes + data.length > megabytes * MEBIBYTE) await this.flush(buffer);
    if (buffer.bytes === 0) buffer.oldest = record.arrivedAt;
    buffer.pieces.push(data);
    buffer.bytes += data.length;
  }

  private async flush(buffer: Buffered): Promise<void> {
    if (buffer.bytes === 0) return;
    const body = Buffer.concat(buffer.pieces);
    const packed = this.destination.CompressionFormat === 'GZIP' ? await zip(body) : body;
    const name = this.objectName(buffer.oldest);
    const extension = this.destination.FileExtension ?? (this.destination.CompressionFormat === 'GZIP' ? '.gz' : '');
    await this.put(`${firehosePrefix(this.destination.Prefix ?? '!{timestamp:yyyy/MM/dd/HH}/', buffer.oldest)}${name}${extension}`, packed);
    buffer.pieces.length = 0;
    buffer.bytes = 0;
  }

  /** Firehose's own lines for what it could not process: with the record as it came. */
  private async keepFailed(records: readonly StreamRecord[], errorCode: string): Promise<void> {
    const oldest = records[0]!.arrivedAt;
    const lines = records.map((record) =>
      JSON.stringify({
        attemptsMade: Number(this.parameters.get('NumberOfRetries') ?? DEFAULT_RETRIES) + 1,
        arrivalTimestamp: record.arrivedAt.getTime(),
        errorCode,
        rawData: Buffer.from(record.data).toString('base64'),
        lambdaArn: this.target.arn,
        sequenceNumber: record.sequenceNumber,
        shardId: record.shardId,
      }),
    );
    const prefix = this.destination.ErrorOutputPrefix ?? '!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/';
    await this.put(
      `${firehosePrefix(prefix, oldest, 'processing-failed')}${this.objectName(oldest)}`,
      Buffer.from(`${lines.join('\n')}\n`),
    );
  }

  private objectName(at: Date): string {
    const { seed, state } = this.environment;
    const moment = at.toISOString().slice(0, 19).replace(/[T:]/g, '-');
    return `${this.resource.ref}-1-${moment}-${stableUuid(seed, 'firehose', state.next('firehose'))}`;
  }

  private async put(key: string, body: Buffer): Promise<void> {
    await this.environment.store.put(this.environment.inventory.bucketOf(this.destination.BucketARN), key, body);
  }

  private refusal(what: string): LakeError {
    return new LakeError('local/firehose', `the local runtime does not run ${what}`, { path: this.resource.path });
  }
}
