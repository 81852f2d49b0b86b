import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Aws, Duration, Size } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AnyContract } from '../contract/contract.js';
import { LakeError } from '../contract/lake-error.js';
import type { ContractSpec } from '../contract/spec.js';
import { acknowledge } from '../lake/acknowledge.js';
import { BronzeTable } from '../lake/bronze-table.js';
import { grantOn } from '../lake/grant.js';
import type { HandlerFunction } from '../lake/handler-function.js';
import { QuarantineTable } from '../lake/quarantine-table.js';
import { readObjects, writeObjects, writeObjectsOnce } from '../lake/statement.js';
import { filesPrefix, landingPrefix, tablePrefix } from '../model/layout.js';
import type { QuarantineLimit } from '../model/quarantine-limit.js';
import type { ILake, IStep, PipelineScope } from '../model/step.js';
import { type ITable, type TableColumns, tableColumns } from '../model/table.js';
import { conformFunction } from './conform-function.js';
import { keepFailures } from './lambda-delivery.js';
import { alarmOnRefusals, REFUSAL_DEFAULTS } from './refusal-alarm.js';

/** How a file is read. Compressed or plain is seen from its first bytes, whatever its name says. */
export type FileFormat = 'csv' | 'ndjson' | 'parquet';

export interface FileSourceProps<C extends AnyContract> {
  /** What a row must be. The bronze table has its name, and files are dropped below `<name>/` of the landing bucket. */
  readonly contract: C;
  /** @default - by the file's extension: .csv, .ndjson, .jsonl, .json, .parquet, each also with .gz */
  readonly format?: FileFormat;
  /** How often a file is tried again before the event is kept aside in the quarantine bucket: 0 to 2. @default 2 */
  readonly retries?: number;
  /** How old an event may become in retries: 1 minute to 6 hours. @default Duration.hours(6) */
  readonly maximumAge?: Duration;
  /** At most 15 minutes. @default Duration.minutes(15) */
  readonly timeout?: Duration;
  /** Compute power grows with it. @default Size.mebibytes(2048) */
  readonly memory?: Size;
  /** The most files that are read at once. @default - no limit of its own */
  readonly reservedConcurrency?: number;
  /**
   * How much of what comes within 5 minutes may be refused before the lake's failure topic is told. So it is where all of it is refused;
   * `'any'` tells nobody. Records are kept either way. @default { "percent": 50, "ofAtLeast": 100 }
   */
  readonly maxQuarantine?: QuarantineLimit | 'any';
}

export const FILE_DEFAULTS = {
  ...REFUSAL_DEFAULTS,
  retries: 2,
  maximumAge: Duration.hours(6),
  timeout: Duration.minutes(15),
  memory: Size.mebibytes(2048),
} as const;

const FORMATS: readonly FileFormat[] = ['csv', 'ndjson', 'parquet'];

/** Files dropped in the landing zone whose rows become rows of a bronze table, or refused records. The source is its bronze table. */
export class FileSource<const C extends AnyContract> extends Construct implements ITable<'bronze', C>, IStep {
  readonly zone = 'bronze' as const;
  readonly contract: C;
  readonly spec: ContractSpec;
  readonly database: string;
  readonly tableName: string;
  readonly c: TableColumns<C>;
  readonly reads = [];
  /** Prefix of the landing bucket that files are dropped below. */
  readonly prefix: string;
  private readonly lake: ILake;

  constructor(scope: PipelineScope, id: string, props: FileSourceProps<C>) {
    super(scope, id);
    const { lake } = scope.pipeline;
    validateFileSource(this, lake, props);
    this.lake = lake;
    this.contract = props.contract;
    this.spec = props.contract.spec;
    this.prefix = landingPrefix(this.spec.name);
    const table = new BronzeTable(this, 'Table', { lake, spec: this.spec });
    new QuarantineTable(this, 'Refused', { lake, spec: this.spec });
    this.database = table.database;
    this.tableName = table.tableName;
    this.c = tableColumns(this, this.contract);
    const conform = this.conform(lake, props);
    keepFailedEvents(this, lake, conform, props);
    onNewFile(this, lake, conform, props);
    alarmOnRefusals(this, lake, this.spec, props.maxQuarantine);
    scope.pipeline.register(this);
  }

  /** Lets a producer drop files below the source's prefix. */
  grantDrop(producer: IGrantable): Grant {
    const [write, ...more] = writeObjects(this.lake.zones.landing, this.prefix);
    return more.reduce((grant, statement) => grant.combine(grantOn(producer, statement)), grantOn(producer, write!));
  }

  private conform(lake: ILake, props: FileSourceProps<C>): HandlerFunction {
    return conformFunction(this, {
      lake,
      spec: this.spec,
      handler: 'conform-file',
      timeout: props.timeout ?? FILE_DEFAULTS.timeout,
      memory: props.memory ?? FILE_DEFAULTS.memory,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrency: props.reservedConcurrency }),
      environment: props.format === undefined ? {} : { MEDALLION_FILE_FORMAT: props.format },
      statements: [
        ...readObjects(lake.zones.landing, this.prefix),
        ...writeObjectsOnce(lake.zones.bronze, tablePrefix(this.spec.name)),
        // When the file was first seen, so that the same file dropped again lands nowhere else.
        ...readObjects(lake.zones.bronze, filesPrefix(this.spec.name)),
        ...keepFailures(lake),
      ],
    });
  }
}

/** Events the function failed on are kept with their payload: the object's name, not its rows. */
function keepFailedEvents(scope: Construct, lake: ILake, conform: HandlerFunction, props: FileSourceProps<AnyContract>): void {
  new CfnEventInvokeConfig(scope, 'Invocations', {
    functionName: conform.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: props.retries ?? FILE_DEFAULTS.retries,
    maximumEventAgeInSeconds: (props.maximumAge ?? FILE_DEFAULTS.maximumAge).toSeconds(),
    destinationConfig: { onFailure: { destination: lake.zones.quarantine.bucket.bucketArn } },
  });
}

/** EventBridge rather than a bucket notification: several sources watch one bucket, and each brings its own rule. */
function onNewFile(scope: Construct, lake: ILake, conform: HandlerFunction, props: FileSourceProps<AnyContract>): void {
  const undelivered = new CfnQueue(scope, 'Undelivered', {
    sqsManagedSseEnabled: true,
    messageRetentionPeriod: Duration.days(14).toSeconds(),
  });
  acknowledge(
    undelivered,
    'AwsSolutions-SQS3',
    'it is a dead-letter queue itself: of events that EventBridge could not hand to the function',
  );
  const rule = new CfnRule(scope, 'OnNewFile', {
    description: `New files of ${props.contract.spec.name}`,
    eventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [lake.zones.landing.bucket.bucketName] },
        object: { key: [{ prefix: landingPrefix(props.contract.spec.name) }] },
      },
    },
    targets: [
      {
        id: 'conform',
        arn: conform.arn,
        deadLetterConfig: { arn: undelivered.attrArn },
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
      },
    ],
  });
  new CfnPermission(scope, 'Start', {
    action: 'lambda:InvokeFunction',
    functionName: conform.functionName,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
  new CfnQueuePolicy(scope, 'UndeliveredPolicy', {
    queues: [undelivered.ref],
    policyDocument: queuePolicy(undelivered.attrArn, rule.attrArn),
  });
}

function queuePolicy(queueArn: string, ruleArn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      },
      { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queueArn, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  };
}

function validateFileSource(scope: Construct, lake: ILake, props: FileSourceProps<AnyContract>): void {
  const problems: string[] = [];
  if (!lake.zones.landing.sendsEvents) {
    problems.push(
      'the adopted landing bucket must send EventBridge notifications, or no file is ever noticed: turn them on and say sendsEvents: true',
    );
  }
  if (props.format !== undefined && !FORMATS.includes(props.format))
    problems.push(`a file's format is ${FORMATS.join(', ')}, got '${props.format}'`);
  const retries = props.retries ?? FILE_DEFAULTS.retries;
  if (!Number.isInteger(retries) || retries < 0 || retries > 2)
    problems.push(`retries is 0, 1 or 2, as Lambda has it for events, got ${retries}`);
  const age = (props.maximumAge ?? FILE_DEFAULTS.maximumAge).toSeconds({ integral: false });
  if (age < 60 || age > 21_600) problems.push(`maximumAge is 1 minute to 6 hours, got ${age} seconds`);
  if (problems.length > 0) throw new LakeError('file-source', problems.join('\n'), { path: scope.node.path });
}
