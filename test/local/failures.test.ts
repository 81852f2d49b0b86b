import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalLake } from '../../lib/local/index.js';
import { functionResource, makeFolder, writeAssembly } from './assembly-fixture.js';

/** Refuses to go on whenever a record holds `poison`; otherwise accepts everything. */
const THROWING = `export const handler = async ({ Records }) => {
  for (const { kinesis } of Records) if (Buffer.from(kinesis.data, 'base64').includes('poison')) throw new RangeError('sentinel');
  return { batchItemFailures: [] };
};`;
const FIREHOSE = `export const handler = async ({ records }) => ({ records: records.map(({ recordId, data }) => {
  const text = Buffer.from(data, 'base64').toString();
  if (text === 'throw') throw new Error('sentinel');
  if (text === 'silent') return { recordId: 'another' };
  const result = text === 'drop' ? 'Dropped' : text === 'fail' ? 'ProcessingFailed' : 'Ok';
  return { recordId, result, data: Buffer.from(text + '\\n').toString('base64') };
}) });`;
const BROKEN_FILES = `export const handler = async () => { throw new URIError('sentinel'); };`;

const VARIABLES = {
  MEDALLION_TABLE: 'orders',
  MEDALLION_BRONZE_BUCKET: { Ref: 'Bronze' },
  MEDALLION_QUARANTINE_BUCKET: { Ref: 'Quarantine' },
};
const ROLE = { Type: 'AWS::IAM::Role' };
const BUCKET = { Type: 'AWS::S3::Bucket', Properties: {} };
const STREAM = { Type: 'AWS::Kinesis::Stream', Properties: { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } };

function mapping(properties: object = {}): object {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
      FunctionName: { Ref: 'Conform' },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Quarantine', 'Arn'] } } },
      ...properties,
    },
  };
}

function assembly(code: string, resources: object): string {
  const common = { Role: ROLE, Bronze: BUCKET, Quarantine: BUCKET, Conform: functionResource('code', VARIABLES) };
  return writeAssembly({ Lake: { template: { Resources: { ...common, ...resources } } } }, { assets: { code: { 'index.mjs': code } } });
}

const open: LocalLake[] = [];
afterEach(async () => {
  for (const lake of open.splice(0)) await lake.close();
});

async function lakeOf(folder: string, source: string): Promise<LocalLake> {
  const lake = await LocalLake.open({ assembly: source, folder, clock: () => new Date('2026-01-31T09:30:00Z') });
  open.push(lake);
  return lake;
}

function objectsOf(folder: string, bucket: string): { readonly key: string; readonly text: string }[] {
  const root = join(folder, 's3', bucket);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      key: join(entry.parentPath, entry.name).slice(root.length + 1),
      text: readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    }));
}

describe('what a stream’s function never accepts', () => {
  it('F-1 F-40 lies in the failure destination with its payload, and nothing else does', async () => {
    const folder = makeFolder();
    const lake = await lakeOf(folder, assembly(THROWING, { Stream: STREAM, Mapping: mapping() }));
    const records = Array.from({ length: 60 }, (_, n) => (n % 20 === 7 ? `poison ${n}` : `fine ${n}`));
    expect(await lake.deliver('orders', records)).toMatchObject({ received: 60, failed: 3 });
    const kept = objectsOf(folder, 'quarantine').map(({ key, text }) => ({ key, record: JSON.parse(text) as Record<string, never> }));
    const payloads = kept.flatMap(({ record }) => (JSON.parse(record['payload']!) as { Records: { kinesis: { data: string } }[] }).Records);
    expect(payloads.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString()).toSorted()).toEqual([
      'poison 27',
      'poison 47',
      'poison 7',
    ]);
    for (const { key, record } of kept) {
      expect(key).toMatch(/^aws\/lambda\/[0-9a-f-]{36}\/shardId-0{11}\d\/2026\/01\/31\/09\/2026-01-31T09\.30\.00-[0-9a-f-]{36}$/);
      expect(record).toMatchObject({
        requestContext: { condition: 'RetryAttemptsExhausted' },
        responseContext: { functionError: 'RangeError' },
        KinesisBatchInfo: { batchSize: 1 },
      });
    }
  });

  it('continues with new positions after a delivery that could not end', async () => {
    const folder = makeFolder();
    const source = assembly(THROWING, { Stream: STREAM, Mapping: mapping({ DestinationConfig: { Ref: 'AWS::NoValue' } }) });
    const lake = await lakeOf(folder, source);
    await expect(lake.deliver('orders', ['poison'])).rejects.toThrow('has no failure destination');
    await lake.deliver('orders', ['fine']);
    const { streams } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { streams: Record<string, number> };
    expect(Object.values(streams)[0]).toBeGreaterThan(1);
  });

  it.each<[object, string]>([
    [{ FilterCriteria: {} }, 'Lake/Mapping: the local runtime does not run a mapping with FilterCriteria'],
    [{ TumblingWindowInSeconds: 30 }, 'a mapping with TumblingWindowInSeconds'],
    [{ StartingPosition: 'LATEST' }, 'runs enabled mappings from TRIM_HORIZON only'],
    [{ Enabled: false }, 'runs enabled mappings from TRIM_HORIZON only'],
    [{ FunctionName: 'elsewhere' }, 'the mapping names a function that the assembly does not hold'],
    [
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:dlq' } } },
      'a queue or topic carries no payload',
    ],
  ])('is not run under a mapping that says %j', async (properties, message) => {
    await expect(lakeOf(makeFolder(), assembly(THROWING, { Stream: STREAM, Mapping: mapping(properties) }))).rejects.toThrow(message);
  });
});

describe('a function', () => {
  it.each([{ Runtime: 'python3.13' }, { PackageType: 'Image' }, { Layers: ['arn:aws:lambda:us-east-1:0:layer:x:1'] }])(
    'is not run with %j',
    async (properties) => {
      const source = assembly(THROWING, { Stream: STREAM, Mapping: mapping(), Conform: functionResource('code', VARIABLES, properties) });
      const lake = await lakeOf(makeFolder(), source);
      await expect(lake.deliver('orders', ['a'])).rejects.toThrow(
        'Lake/Conform: the local runtime runs functions of Node.js, without images and layers',
      );
    },
  );
});

describe('a delivery stream', () => {
  function delivery(destination: object = {}): object {
    const processor = {
      Type: 'Lambda',
      Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: { 'Fn::GetAtt': ['Conform', 'Arn'] } }],
    };
    return {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        KinesisStreamSourceConfiguration: {
          KinesisStreamARN: { 'Fn::GetAtt': ['Stream', 'Arn'] },
          RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::GetAtt': ['Bronze', 'Arn'] },
          RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Prefix: 'orders/arrival=!{timestamp:yyyy-MM-dd-HH}/',
          ErrorOutputPrefix: '_failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
          ProcessingConfiguration: { Enabled: true, Processors: [processor] },
          ...destination,
        },
      },
    };
  }

  it('keeps what is Ok, leaves out what is Dropped, and puts the rest aside with its data', async () => {
    const folder = makeFolder();
    const lake = await lakeOf(folder, assembly(FIREHOSE, { Stream: STREAM, Delivery: delivery() }));
    expect(await lake.deliver('orders', ['a', 'drop', 'fail', 'silent', 'b'])).toMatchObject({ received: 5, written: 2, failed: 2 });
    const [failed, rows] = objectsOf(folder, 'bronze').toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(rows!.key).toMatch(/^orders\/arrival=2026-01-31-09\//);
    expect(rows!.text).toBe('a\nb\n');
    expect(failed!.key).toMatch(/^_failed\/processing-failed\/2026\/01\/31\//);
    const data = failed!.text
      .trim()
      .split('\n')
      .map((line) => Buffer.from((JSON.parse(line) as { rawData: string }).rawData, 'base64').toString());
    expect(data).toEqual(['fail', 'silent']);
  });

  it('F-23 puts a whole hand-over aside when its function throws every time', async () => {
    const folder = makeFolder();
    const lake = await lakeOf(folder, assembly(FIREHOSE, { Stream: STREAM, Delivery: delivery() }));
    expect(await lake.deliver('orders', ['a', 'throw'])).toMatchObject({ received: 2, written: 0, failed: 2 });
    expect(objectsOf(folder, 'bronze').flatMap(({ text }) => text.trim().split('\n'))).toHaveLength(2);
  });

  it('cuts its objects by size and by the records’ own arrival', async () => {
    const folder = makeFolder();
    const hints = { BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 } };
    const lake = await lakeOf(folder, assembly(FIREHOSE, { Stream: STREAM, Delivery: delivery(hints) }));
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 9, minute));
    const big = 'x'.repeat(700_000);
    await lake.deliver('orders', [
      { data: big, arrivedAt: at(0) },
      { data: big, arrivedAt: at(0) },
      { data: 'later', arrivedAt: at(40) },
      { data: 'next hour', arrivedAt: at(61) },
    ]);
    const keys = objectsOf(folder, 'bronze').map(({ key }) => key.split('/')[1]);
    expect(keys.toSorted()).toEqual(['arrival=2026-01-31-09', 'arrival=2026-01-31-09', 'arrival=2026-01-31-09', 'arrival=2026-01-31-10']);
  });

  it.each<[object, string]>([
    [{ DynamicPartitioningConfiguration: { Enabled: true } }, 'a delivery stream with DynamicPartitioningConfiguration'],
    [{ CompressionFormat: 'Snappy' }, 'Snappy compression'],
    [{ CustomTimeZone: 'Europe/Paris' }, 'another time zone than UTC'],
    [{ ProcessingConfiguration: { Enabled: false } }, 'without exactly one Lambda processor'],
  ])('is refused by name with %j', async (destination, message) => {
    await expect(lakeOf(makeFolder(), assembly(FIREHOSE, { Stream: STREAM, Delivery: delivery(destination) }))).rejects.toThrow(message);
  });

  it('is refused by name with an expression that its prefix cannot have here', async () => {
    const lake = await lakeOf(
      makeFolder(),
      assembly(FIREHOSE, { Stream: STREAM, Delivery: delivery({ Prefix: '!{firehose:random-string}/' }) }),
    );
    await expect(lake.deliver('orders', ['a'])).rejects.toThrow("the local runtime does not run '!{firehose:random-string}' in a prefix");
  });
});

describe('a file that a function never reads', () => {
  const pattern = {
    source: ['aws.s3'],
    detail: { bucket: { name: [{ Ref: 'Landing' }] }, object: { key: [{ prefix: 'orders/' }] } },
  };
  const rule = {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: pattern, Targets: [{ Id: 'conform', Arn: { 'Fn::GetAtt': ['Conform', 'Arn'] } }] },
  };
  const landing = (sends: boolean) => ({
    Type: 'AWS::S3::Bucket',
    Properties: sends ? { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } } : {},
  });
  const keep = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Conform' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Quarantine', 'Arn'] } } },
    },
  };

  function file(): string {
    const path = join(makeFolder(), 'day one.csv');
    writeFileSync(path, 'order_id\no1\n');
    return path;
  }

  it('stays where it landed, and its event is kept', async () => {
    const folder = makeFolder();
    const lake = await lakeOf(folder, assembly(BROKEN_FILES, { Landing: landing(true), Rule: rule, Keep: keep }));
    expect(await lake.deliver('orders', file())).toMatchObject({ failed: 1, written: 0 });
    expect(objectsOf(folder, 'landing')).toEqual([{ key: 'orders/day%20one.csv', text: 'order_id\no1\n' }]);
    const [kept] = objectsOf(folder, 'quarantine');
    expect(JSON.parse(kept!.text)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { detail: { bucket: { name: 'landing' }, object: { key: 'orders/day one.csv', size: 12 } } },
      responsePayload: { errorType: 'URIError' },
    });
    expect(kept!.text).not.toContain('sentinel');
  });

  it('is an error where nothing would keep it', async () => {
    const lake = await lakeOf(makeFolder(), assembly(BROKEN_FILES, { Landing: landing(true), Rule: rule }));
    await expect(lake.deliver('orders', file())).rejects.toThrow(
      "the function 'Lake/Conform' failed with URIError 3 times and has no failure destination",
    );
  });

  it('is refused at once where its bucket tells nobody of new files', async () => {
    const opened = lakeOf(makeFolder(), assembly(BROKEN_FILES, { Landing: landing(false), Rule: rule, Keep: keep }));
    await expect(opened).rejects.toThrow('does not send its events to EventBridge: no file would ever start it');
  });
});
