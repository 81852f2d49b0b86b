import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnLogGroup, CfnLogStream } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ContractSpec } from '../contract/spec.js';
import { acknowledge } from '../lake/acknowledge.js';
import type { HandlerFunction } from '../lake/handler-function.js';
import { ServiceRole } from '../lake/service-role.js';
import { type Statement, writeObjects } from '../lake/statement.js';
import { ARRIVAL, FAILED_PREFIX, tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { conformFunction } from './conform-function.js';
import type { Delivery } from './delivery.js';
import type { BoundStream } from './event-stream.js';
import { readStream } from './lambda-delivery.js';

interface FirehoseDelivery {
  readonly lake: ILake;
  readonly spec: ContractSpec;
  readonly stream: BoundStream;
  readonly options: Extract<Delivery, { kind: 'firehose' }>['options'];
}

/** Firehose hands batches of at most this size to the conform code: what it answers must stay below 6 MB. */
const HAND_OVER_MEBIBYTES = '1';
const HAND_OVER_SECONDS = '60';

/** Stream → Firehose, with the same conform code as its processor → bronze, under the same prefixes. */
export function deliverByFirehose(scope: Construct, delivery: FirehoseDelivery): HandlerFunction {
  const { lake, spec, stream, options } = delivery;
  const conform = conformFunction(scope, {
    lake,
    spec,
    handler: 'conform-firehose',
    timeout: options.timeout,
    memory: options.memory,
    statements: [],
  });
  const logs = makeLogs(scope, lake);
  const role = new ServiceRole(scope, 'FirehoseRole', {
    service: 'firehose.amazonaws.com',
    description: `Delivers ${spec.name} to bronze`,
    statements: [
      ...readStream(stream),
      ...writeBronze(lake, spec),
      { actions: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], resources: [conform.arn] },
    ],
  });
  role.allow({ actions: ['logs:PutLogEvents'], resources: [logs.arn] });
  const prefix = tablePrefix(spec.name);
  const deliveryStream = new CfnDeliveryStream(scope, 'Delivery', {
    deliveryStreamType: 'KinesisStreamAsSource',
    kinesisStreamSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: role.arn },
    extendedS3DestinationConfiguration: {
      bucketArn: lake.zones.bronze.bucket.bucketArn,
      roleArn: role.arn,
      prefix: `${prefix}${ARRIVAL}=!{timestamp:yyyy-MM-dd-HH}/`,
      // Firehose keeps its errors in the destination's bucket; their lifecycle is that of quarantine.
      errorOutputPrefix: `${FAILED_PREFIX}${prefix}!{firehose:error-output-type}/${ARRIVAL}=!{timestamp:yyyy-MM-dd-HH}/`,
      customTimeZone: 'UTC',
      compressionFormat: 'GZIP',
      fileExtension: '.ndjson.gz',
      bufferingHints: { intervalInSeconds: options.bufferFor.toSeconds(), sizeInMBs: options.bufferSize.toMebibytes() },
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: lake.zones.bronze.encryptionKey.keyArn } },
      cloudWatchLoggingOptions: { enabled: true, logGroupName: logs.group, logStreamName: logs.stream },
      processingConfiguration: { enabled: true, processors: [processor(conform)] },
    },
  });
  acknowledge(
    deliveryStream,
    'AwsSolutions-KDF1',
    'its source is an encrypted Kinesis stream: Firehose then keeps nothing at rest of its own and refuses a setting for it',
  );
  return conform;
}

function processor(conform: HandlerFunction): CfnDeliveryStream.ProcessorProperty {
  return {
    type: 'Lambda',
    parameters: [
      { parameterName: 'LambdaArn', parameterValue: conform.arn },
      { parameterName: 'BufferSizeInMBs', parameterValue: HAND_OVER_MEBIBYTES },
      { parameterName: 'BufferIntervalInSeconds', parameterValue: HAND_OVER_SECONDS },
      { parameterName: 'NumberOfRetries', parameterValue: '3' },
    ],
  };
}

function writeBronze(lake: ILake, spec: ContractSpec): Statement[] {
  const { bronze } = lake.zones;
  return [
    ...writeObjects(bronze, tablePrefix(spec.name)),
    ...writeObjects(bronze, `${FAILED_PREFIX}${tablePrefix(spec.name)}`),
    { actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], resources: [bronze.bucket.bucketArn] },
  ];
}

function makeLogs(scope: Construct, lake: ILake): { readonly group: string; readonly stream: string; readonly arn: string } {
  const group = new CfnLogGroup(scope, 'DeliveryLogs', { retentionInDays: lake.keepLogs.toDays() });
  group.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const stream = new CfnLogStream(scope, 'DeliveryLog', { logGroupName: group.ref });
  return { group: group.ref, stream: stream.ref, arn: group.attrArn };
}
