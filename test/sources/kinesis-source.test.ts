import { Match } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Duration, Size, Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { contract, decimal, text, timestamp } from '../../lib/contract/index.js';
import { DELIVERY_DEFAULTS, Delivery } from '../../lib/sources/delivery.js';
import { EventStream, STREAM_DEFAULTS } from '../../lib/sources/event-stream.js';
import { KinesisSource, type KinesisSourceProps } from '../../lib/sources/kinesis-source.js';
import { makeLake, rightsOf, statementsOf, type Untyped } from '../lake/make-lake.js';

const Order = contract('orders', { order_id: text().key(), amount: decimal(10, 2), ordered_at: timestamp().eventTime() });

function makeSource(props: Partial<KinesisSourceProps<typeof Order>> = {}) {
  const made = makeLake();
  const source = new KinesisSource(made.pipeline, 'Events', { contract: Order, ...props });
  return { ...made, source };
}

/** Logical id of the source's parts, without the hash. */
const ID = 'OrdersEvents';

describe('a Kinesis source', () => {
  it('is its bronze table', () => {
    const { source, pipeline } = makeSource();
    expect(source).toMatchObject({
      zone: 'bronze',
      database: 'shop_dev_bronze',
      tableName: 'orders',
      spec: Order.spec,
      contract: Order,
      reads: [],
    });
    expect(source.c.amount).toMatchObject({ kind: 'column', name: 'amount' });
    expect(pipeline.steps).toEqual([source]);
  });

  it('cannot stand outside a pipeline', () => {
    const stack = new Stack();
    // @ts-expect-error a stack is no pipeline
    expect(() => new KinesisSource(stack, 'Events', { contract: Order })).toThrow();
  });

  it('makes a stream on demand, encrypted, that can be read again for a week', () => {
    makeSource()
      .template()
      .hasResourceProperties('AWS::Kinesis::Stream', {
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
        ShardCount: Match.absent(),
        RetentionPeriodHours: STREAM_DEFAULTS.retention.toHours(),
        StreamEncryption: { EncryptionType: 'KMS', KeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopKey'), 'Arn'] } },
        Name: Match.absent(),
      });
  });

  it('makes a stream of a fixed number of shards', () => {
    makeSource({ stream: EventStream.provisioned({ shards: 3, retention: Duration.days(2) }) })
      .template()
      .hasResourceProperties('AWS::Kinesis::Stream', {
        StreamModeDetails: { StreamMode: 'PROVISIONED' },
        ShardCount: 3,
        RetentionPeriodHours: 48,
      });
  });

  it('reads the stream from its beginning, bisects, and keeps what fails with its payload', () => {
    makeSource()
      .template()
      .hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}Stream`), 'Arn'] },
        FunctionName: { Ref: Match.stringLikeRegexp(`^${ID}Conform`) },
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BatchSize: DELIVERY_DEFAULTS.lambda.batchSize,
        MaximumBatchingWindowInSeconds: 60,
        ParallelizationFactor: 1,
        MaximumRetryAttempts: DELIVERY_DEFAULTS.lambda.retries,
        MaximumRecordAgeInSeconds: 86_400,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopQuarantineBucket'), 'Arn'] } } },
      });
  });

  it('takes the bounds it is given, a zero among them', () => {
    const delivery = Delivery.lambda({
      bufferFor: Duration.seconds(0),
      batchSize: 100,
      parallelization: 4,
      retries: 0,
      maximumAge: Duration.minutes(5),
      timeout: Duration.minutes(1),
      memory: Size.mebibytes(512),
      reservedConcurrency: 7,
    });
    const template = makeSource({ delivery }).template();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      MaximumBatchingWindowInSeconds: 0,
      BatchSize: 100,
      ParallelizationFactor: 4,
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: 300,
    });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 60, MemorySize: 512, ReservedConcurrentExecutions: 7 });
  });

  it('M-2 tells the handler where it works, and nothing can take that away', () => {
    makeSource()
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        FunctionName: Match.absent(),
        ReservedConcurrentExecutions: Match.absent(),
        LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp(`^${ID}ConformLogs`) }, LogFormat: 'JSON' },
        Environment: {
          Variables: {
            MEDALLION_LAKE: 'shop_dev',
            MEDALLION_TABLE: 'orders',
            MEDALLION_BRONZE_BUCKET: { Ref: Match.stringLikeRegexp('^ShopBronzeBucket') },
            MEDALLION_QUARANTINE_BUCKET: { Ref: Match.stringLikeRegexp('^ShopQuarantineBucket') },
          },
        },
      });
  });

  it('keeps its log for as long as the environment says', () => {
    makeSource()
      .template()
      .hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
  });

  it('lets the function do exactly this', () => {
    expect(rightsOf(makeSource().template(), `${ID}ConformRole`)).toEqual([
      'kinesis:DescribeStream <OrdersEventsStream.Arn>',
      'kinesis:DescribeStreamSummary <OrdersEventsStream.Arn>',
      'kinesis:GetRecords <OrdersEventsStream.Arn>',
      'kinesis:GetShardIterator <OrdersEventsStream.Arn>',
      'kinesis:ListShards <OrdersEventsStream.Arn>',
      'kms:Decrypt <ShopKey.Arn>',
      'kms:GenerateDataKey <ShopKey.Arn>',
      'kms:GenerateDataKey <ShopQuarantineKey.Arn>',
      'logs:CreateLogStream <OrdersEventsConformLogs.Arn>',
      'logs:PutLogEvents <OrdersEventsConformLogs.Arn>',
      's3:ListBucket <ShopQuarantineBucket.Arn>',
      's3:PutObject <ShopBronzeBucket.Arn>/orders/*',
      's3:PutObject <ShopQuarantineBucket.Arn>/aws/lambda/*',
      's3:PutObject <ShopQuarantineBucket.Arn>/orders/*',
    ]);
  });

  it('lets the function overwrite nothing, and use keys only through the services it works with', () => {
    const statements = statementsOf(makeSource().template(), `${ID}ConformRole`);
    const writes = statements.filter(({ Action }) => Action === 's3:PutObject');
    expect(writes.map(({ Condition }) => Condition)).toEqual([{ Null: { 's3:if-none-match': 'false' } }, undefined]);
    expect(JSON.stringify(writes[1])).toContain('/aws/lambda/*');
    for (const { Action, Condition } of statements) {
      if (String(Action).startsWith('kms:')) expect(Object.keys(Condition!['StringEquals'] as object)).toEqual(['kms:ViaService']);
    }
  });

  it('keeps a stream that may hold unread records when its stack goes', () => {
    makeSource().template().hasResource('AWS::Kinesis::Stream', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('lets a producer put records, and nothing else', () => {
    const { source, stack, template } = makeSource();
    source.grantPut(new Role(stack, 'Producer', { assumedBy: new AccountRootPrincipal() }));
    const policy = Object.values(template().findResources('AWS::IAM::Policy'))[0]!['Properties'];
    expect(policy.PolicyDocument.Statement.map(({ Action }: Untyped) => Action)).toEqual([
      ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:ListShards'],
      'kms:GenerateDataKey',
    ]);
  });

  it('registers refused records as a table that ends', () => {
    const template = makeSource().template();
    template.hasResourceProperties('AWS::Glue::Table', { DatabaseName: 'shop_dev_quarantine', TableInput: { Name: 'bronze_orders' } });
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([{ Prefix: 'orders/', ExpirationInDays: 90, Status: 'Enabled' }]) },
    });
  });
});

describe('a stream that exists already', () => {
  function adopt(options: { encryptionKey: 'key' | 'aws-managed' | 'none' }, delivery = Delivery.lambda()) {
    const made = makeLake();
    const stream = Stream.fromStreamArn(made.stack, 'Theirs', 'arn:aws:kinesis:eu-west-1:111122223333:stream/theirs');
    const key = Key.fromKeyArn(made.stack, 'TheirKey', 'arn:aws:kms:eu-west-1:111122223333:key/1234');
    const encryptionKey = options.encryptionKey === 'key' ? key : options.encryptionKey;
    new KinesisSource(made.pipeline, 'Events', { contract: Order, stream: EventStream.existing(stream, { encryptionKey }), delivery });
    return made;
  }

  it('is read, and decrypted with its key', () => {
    const template = adopt({ encryptionKey: 'key' }).template();
    template.resourceCountIs('AWS::Kinesis::Stream', 0);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/theirs',
    });
    const rights = rightsOf(template, `${ID}ConformRole`);
    expect(rights).toContain('kms:Decrypt arn:aws:kms:eu-west-1:111122223333:key/1234');
    expect(rights).toContain('kinesis:GetRecords arn:aws:kinesis:eu-west-1:111122223333:stream/theirs');
  });

  it.each(['aws-managed', 'none'] as const)('needs no right on a key that is %s', (encryptionKey) => {
    expect(rightsOf(adopt({ encryptionKey }).template(), `${ID}ConformRole`).filter((right) => right.startsWith('kms:Decrypt'))).toEqual(
      [],
    );
  });

  it('is refused without a word on its key', () => {
    const { pipeline, stack } = makeLake();
    const stream = Stream.fromStreamArn(stack, 'Theirs', 'arn:aws:kinesis:eu-west-1:111122223333:stream/theirs');
    // @ts-expect-error encryptionKey is required
    const existing = EventStream.existing(stream, {});
    expect(() => new KinesisSource(pipeline, 'Events', { contract: Order, stream: existing })).toThrow(
      "an existing stream needs its encryptionKey: the key, or 'aws-managed', or 'none'",
    );
  });

  it('needs no right on a key to be put to where it has none', () => {
    const made = makeLake();
    const stream = Stream.fromStreamArn(made.stack, 'Theirs', 'arn:aws:kinesis:eu-west-1:111122223333:stream/theirs');
    const source = new KinesisSource(made.pipeline, 'Events', {
      contract: Order,
      stream: EventStream.existing(stream, { encryptionKey: 'none' }),
    });
    source.grantPut(new Role(made.stack, 'Producer', { assumedBy: new AccountRootPrincipal() }));
    const policy = Object.values(made.template().findResources('AWS::IAM::Policy'))[0]!['Properties'];
    expect(policy.PolicyDocument.Statement).toHaveLength(1);
  });

  it('may keep records longer or shorter than anyone here knows', () => {
    expect(() => adopt({ encryptionKey: 'none' }, Delivery.lambda({ maximumAge: Duration.days(7) }))).not.toThrow();
  });
});

describe('a Kinesis source by Firehose', () => {
  const byFirehose = (options: Parameters<typeof Delivery.firehose>[0] = {}) => makeSource({ delivery: Delivery.firehose(options) });

  it('delivers from the stream to the same prefixes, gzipped', () => {
    byFirehose({ bufferFor: Duration.minutes(2), bufferSize: Size.mebibytes(32) })
      .template()
      .hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
        DeliveryStreamName: Match.absent(),
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: { KinesisStreamARN: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}Stream`), 'Arn'] } },
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopBronzeBucket'), 'Arn'] },
          Prefix: 'orders/arrival=!{timestamp:yyyy-MM-dd-HH}/',
          ErrorOutputPrefix: '_failed/orders/!{firehose:error-output-type}/arrival=!{timestamp:yyyy-MM-dd-HH}/',
          CompressionFormat: 'GZIP',
          FileExtension: '.ndjson.gz',
          CustomTimeZone: 'UTC',
          BufferingHints: { IntervalInSeconds: 120, SizeInMBs: 32 },
          EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopKey'), 'Arn'] } } },
        },
      });
  });

  it('conforms with its own handler, without a mapping', () => {
    const template = byFirehose().template();
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'Lambda',
              Parameters: Match.arrayWith([
                { ParameterName: 'LambdaArn', ParameterValue: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}Conform`), 'Arn'] } },
              ]),
            },
          ],
        },
      },
    });
  });

  it('lets Firehose do exactly this', () => {
    expect(rightsOf(byFirehose().template(), `${ID}FirehoseRole`)).toEqual([
      'kinesis:DescribeStream <OrdersEventsStream.Arn>',
      'kinesis:DescribeStreamSummary <OrdersEventsStream.Arn>',
      'kinesis:GetRecords <OrdersEventsStream.Arn>',
      'kinesis:GetShardIterator <OrdersEventsStream.Arn>',
      'kinesis:ListShards <OrdersEventsStream.Arn>',
      'kms:Decrypt <ShopKey.Arn>',
      'kms:Decrypt <ShopKey.Arn>',
      'kms:GenerateDataKey <ShopKey.Arn>',
      'lambda:GetFunctionConfiguration <OrdersEventsConform.Arn>',
      'lambda:InvokeFunction <OrdersEventsConform.Arn>',
      'logs:PutLogEvents <OrdersEventsDeliveryLogs.Arn>',
      's3:AbortMultipartUpload <ShopBronzeBucket.Arn>/_failed/orders/*',
      's3:AbortMultipartUpload <ShopBronzeBucket.Arn>/orders/*',
      's3:GetBucketLocation <ShopBronzeBucket.Arn>',
      's3:ListBucket <ShopBronzeBucket.Arn>',
      's3:ListBucketMultipartUploads <ShopBronzeBucket.Arn>',
      's3:ListMultipartUploadParts <ShopBronzeBucket.Arn>/_failed/orders/*',
      's3:ListMultipartUploadParts <ShopBronzeBucket.Arn>/orders/*',
      's3:PutObject <ShopBronzeBucket.Arn>/_failed/orders/*',
      's3:PutObject <ShopBronzeBucket.Arn>/orders/*',
    ]);
  });

  it('lets its function write refused records and nothing else', () => {
    expect(rightsOf(byFirehose().template(), `${ID}ConformRole`)).toEqual([
      'kms:GenerateDataKey <ShopQuarantineKey.Arn>',
      'logs:CreateLogStream <OrdersEventsConformLogs.Arn>',
      'logs:PutLogEvents <OrdersEventsConformLogs.Arn>',
      's3:PutObject <ShopQuarantineBucket.Arn>/orders/*',
    ]);
  });

  it('trusts Firehose only for this account', () => {
    byFirehose()
      .template()
      .hasResourceProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Principal: { Service: 'firehose.amazonaws.com' },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
          ],
        },
      });
  });
});

describe('a Kinesis source that cannot be', () => {
  it.each([
    ['too long a buffer', Delivery.lambda({ bufferFor: Duration.minutes(6) }), 'bufferFor is a whole number of seconds, 0 to 300, got 360'],
    ['no batch', Delivery.lambda({ batchSize: 0 }), 'batchSize is a whole number of records, 1 to 10000, got 0'],
    ['too many at once', Delivery.lambda({ parallelization: 11 }), 'parallelization is a whole number of batches, 1 to 10, got 11'],
    ['retries without end', Delivery.lambda({ retries: -1 }), 'retries is a whole number of attempts, 0 to 10000, got -1'],
    [
      'too short an age',
      Delivery.lambda({ maximumAge: Duration.seconds(30) }),
      'maximumAge is a whole number of seconds, 60 to 604800, got 30',
    ],
    [
      "an age beyond the stream's",
      Delivery.lambda({ maximumAge: Duration.days(7) }),
      "maximumAge must be less than the stream's retention",
    ],
    ['too short a timeout', Delivery.lambda({ timeout: Duration.millis(10) }), "a function's timeout is 1 second to 15 minutes"],
    ['too little memory', Delivery.lambda({ memory: Size.mebibytes(64) }), "a function's memory is 128 to 10240 MiB, got 64"],
    ['no concurrency', Delivery.lambda({ reservedConcurrency: 0 }), 'reservedConcurrency is a whole number from 1, got 0'],
    [
      'a Firehose buffer that is too short',
      Delivery.firehose({ bufferFor: Duration.seconds(10) }),
      'bufferFor is a whole number of seconds, 60 to 900, got 10',
    ],
    [
      'M-12 a Firehose buffer that is too large',
      Delivery.firehose({ bufferSize: Size.mebibytes(200) }),
      'bufferSize is a whole number of MiB, 1 to 128, got 200',
    ],
  ])('has %s', (_, delivery, message) => {
    expect(() => makeSource({ delivery })).toThrow(message);
  });

  it.each([
    ['no shards', EventStream.provisioned({ shards: 0 }), 'shards is a whole number from 1, got 0'],
    [
      'too short a retention',
      EventStream.onDemand({ retention: Duration.hours(12) }),
      "a stream's retention is a whole number of hours, 1 to 365 days, got 12 hours",
    ],
    [
      'too long a retention',
      EventStream.onDemand({ retention: Duration.days(366) }),
      "a stream's retention is a whole number of hours, 1 to 365 days",
    ],
  ])('has a stream with %s', (_, stream, message) => {
    expect(() => makeSource({ stream })).toThrow(message);
  });

  it('makes a table that another makes', () => {
    const { pipeline, template } = makeSource();
    new KinesisSource(pipeline, 'Again', { contract: Order });
    expect(template).toThrow(/bronze\.orders is made by Stack\/Orders\/Events and Stack\/Orders\/Again; a table has one maker/);
  });

  it('tells all that is wrong with a delivery at once', () => {
    expect(() => makeSource({ delivery: Delivery.lambda({ batchSize: 0, retries: -1 }) })).toThrow(
      /Stack\/Orders\/Events: batchSize[\s\S]*retries/,
    );
  });
});
