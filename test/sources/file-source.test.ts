import { Match } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Size, Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { contract, text } from '../../lib/contract/index.js';
import { DataLake } from '../../lib/lake/data-lake.js';
import { HANDLERS_FOLDER } from '../../lib/lake/handler-code.js';
import { FILE_DEFAULTS, FileSource, type FileSourceProps } from '../../lib/sources/file-source.js';
import { handlers, makeLake, rightsOf, StubPipeline, statementsOf, type Untyped } from '../lake/make-lake.js';

const Customer = contract('customers', { customer_id: text().key(), name: text().nullable() });

function makeSource(props: Partial<FileSourceProps<typeof Customer>> = {}) {
  const made = makeLake();
  const source = new FileSource(made.pipeline, 'Files', { contract: Customer, ...props });
  return { ...made, source };
}

const ID = 'OrdersFiles';

describe('a file source', () => {
  it('is its bronze table, and says where files are dropped', () => {
    const { source, pipeline } = makeSource();
    expect(source).toMatchObject({ zone: 'bronze', database: 'shop_dev_bronze', tableName: 'customers', prefix: 'customers/', reads: [] });
    expect(source.c.name).toMatchObject({ kind: 'column', name: 'name' });
    expect(pipeline.steps).toEqual([source]);
  });

  it('M-4 starts on new objects below its prefix, in a bucket that tells of them', () => {
    const template = makeSource().template();
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp('^ShopLandingBucket') }] }, object: { key: [{ prefix: 'customers/' }] } },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}Conform`), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}Undelivered`), 'Arn'] } },
        },
      ],
    });
    template.hasResource('AWS::S3::Bucket', {
      Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
    });
  });

  it('lets only its own rule start the function and fill the dead-letter queue', () => {
    const template = makeSource().template();
    const rule = { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${ID}OnNewFile`), 'Arn'] };
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: rule,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: { ArnEquals: { 'aws:SourceArn': rule } },
          },
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  it('keeps events it failed on in the quarantine bucket, after bounded retries', () => {
    makeSource()
      .template()
      .hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: { Ref: Match.stringLikeRegexp(`^${ID}Conform`) },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: FILE_DEFAULTS.retries,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopQuarantineBucket'), 'Arn'] } } },
      });
  });

  it('takes the bounds it is given, a zero among them', () => {
    const template = makeSource({
      retries: 0,
      maximumAge: Duration.minutes(1),
      timeout: Duration.minutes(1),
      memory: Size.mebibytes(3008),
      reservedConcurrency: 2,
    }).template();
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 60, MemorySize: 3008, ReservedConcurrentExecutions: 2 });
  });

  it.each(['csv', 'ndjson', 'parquet'] as const)('tells the handler that files are %s', (format) => {
    makeSource({ format })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { MEDALLION_FILE_FORMAT: format } } });
  });

  it('leaves the format to the extension when it is not said', () => {
    makeSource()
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: { MEDALLION_TABLE: 'customers', MEDALLION_FILE_FORMAT: Match.absent() } },
      });
  });

  it('lets a producer drop files below its prefix, and nothing else', () => {
    const { source, stack, template } = makeSource();
    source.grantDrop(new Role(stack, 'Producer', { assumedBy: new AccountRootPrincipal() }));
    const statements: Untyped[] = Object.values(template().findResources('AWS::IAM::Policy'))[0]!['Properties'].PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      'kms:GenerateDataKey',
      'kms:Decrypt',
    ]);
    expect(statements[0].Resource['Fn::Join'][1].at(-1)).toBe('/customers/*');
  });

  it('lets the function do exactly this', () => {
    const template = makeSource().template();
    expect(rightsOf(template, `${ID}ConformRole`)).toEqual([
      'kms:Decrypt <ShopKey.Arn>',
      'kms:GenerateDataKey <ShopKey.Arn>',
      'kms:GenerateDataKey <ShopQuarantineKey.Arn>',
      'logs:CreateLogStream <OrdersFilesConformLogs.Arn>',
      'logs:PutLogEvents <OrdersFilesConformLogs.Arn>',
      's3:GetObject <ShopBronzeBucket.Arn>/customers/_files/*',
      's3:GetObject <ShopLandingBucket.Arn>/customers/*',
      's3:ListBucket <ShopQuarantineBucket.Arn>',
      's3:PutObject <ShopBronzeBucket.Arn>/customers/*',
      's3:PutObject <ShopQuarantineBucket.Arn>/aws/lambda/*',
      's3:PutObject <ShopQuarantineBucket.Arn>/customers/*',
    ]);
    const bronze = statementsOf(template, `${ID}ConformRole`).find(
      ({ Resource }) => JSON.stringify(Resource).includes('"/customers/*"') && JSON.stringify(Resource).includes('ShopBronze'),
    );
    expect(bronze).toMatchObject({ Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'false' } } });
  });
});

describe('a file source on an adopted landing bucket', () => {
  function adopt(sendsEvents?: boolean) {
    const app = new App({ context: { [HANDLERS_FOLDER]: handlers } });
    const stack = new Stack(app, 'Stack');
    const bucket = Bucket.fromBucketName(stack, 'Theirs', 'their-landing');
    const encryptionKey = Key.fromKeyArn(stack, 'TheirKey', 'arn:aws:kms:eu-west-1:111122223333:key/1234');
    const lake = new DataLake(stack, 'Shop', {
      environment: { name: 'dev' },
      zones: { landing: { bucket, encryptionKey, ...(sendsEvents === undefined ? {} : { sendsEvents }) } },
    });
    return () => new FileSource(new StubPipeline(stack, 'Orders', lake), 'Files', { contract: Customer });
  }

  it.each([undefined, false])('M-4 is refused while nobody says that it sends events (%s)', (sendsEvents) => {
    expect(adopt(sendsEvents)).toThrow('the adopted landing bucket must send EventBridge notifications, or no file is ever noticed');
  });

  it('is taken once it is said', () => {
    expect(adopt(true)).not.toThrow();
  });
});

describe('a file source that cannot be', () => {
  it.each([
    ['an unknown format', { format: 'xlsx' as never }, "a file's format is csv, ndjson, parquet, got 'xlsx'"],
    ['more retries than Lambda has', { retries: 3 }, 'retries is 0, 1 or 2, as Lambda has it for events, got 3'],
    ['too long an age', { maximumAge: Duration.hours(7) }, 'maximumAge is 1 minute to 6 hours, got 25200 seconds'],
    ['too long a timeout', { timeout: Duration.minutes(16) }, "a function's timeout is 1 second to 15 minutes, got 16 minutes"],
  ])('has %s', (_, props, message) => {
    expect(() => makeSource(props)).toThrow(message);
  });
});
