import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ContractSpec } from '../contract/spec.js';
import type { HandlerFunction } from '../lake/handler-function.js';
import { decryptWith, type Statement, writeObjectsOnce } from '../lake/statement.js';
import { LAMBDA_FAILURES_PREFIX, tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { conformFunction } from './conform-function.js';
import type { Delivery } from './delivery.js';
import type { BoundStream } from './event-stream.js';

/** Stream → function → bronze. What the function never accepts is kept by Lambda itself, with payload, in the quarantine bucket. */
export function deliverByLambda(
  scope: Construct,
  {
    lake,
    spec,
    stream,
    options,
  }: { lake: ILake; spec: ContractSpec; stream: BoundStream; options: Extract<Delivery, { kind: 'lambda' }>['options'] },
): HandlerFunction {
  const conform = conformFunction(scope, {
    lake,
    spec,
    handler: 'conform-stream',
    timeout: options.timeout,
    memory: options.memory,
    ...(options.reservedConcurrency === undefined ? {} : { reservedConcurrency: options.reservedConcurrency }),
    statements: [...writeObjectsOnce(lake.zones.bronze, tablePrefix(spec.name)), ...readStream(stream), ...keepFailures(lake)],
  });
  new CfnEventSourceMapping(scope, 'Mapping', {
    eventSourceArn: stream.arn,
    functionName: conform.functionName,
    // Changing it later fails, and LATEST was seen to skip records.
    startingPosition: 'TRIM_HORIZON',
    batchSize: options.batchSize,
    maximumBatchingWindowInSeconds: options.bufferFor.toSeconds(),
    parallelizationFactor: options.parallelization,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: options.retries,
    maximumRecordAgeInSeconds: options.maximumAge.toSeconds(),
    destinationConfig: { onFailure: { destination: lake.zones.quarantine.bucket.bucketArn } },
  });
  return conform;
}

/** What a stream's reader may do: read that one stream. */
export function readStream({ arn, encryptionKey }: BoundStream): Statement[] {
  return [
    {
      actions: [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
      ],
      resources: [arn],
    },
    ...(encryptionKey === undefined ? [] : [decryptWith(encryptionKey, 'kinesis')]),
  ];
}

/** What Lambda needs to keep failed invocations in the quarantine bucket; it does so with the function's own role. */
export function keepFailures(lake: ILake): Statement[] {
  const { bucket } = lake.zones.quarantine;
  return [
    {
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${LAMBDA_FAILURES_PREFIX}*`)],
      because: "Lambda keeps failed invocations below its own prefix and chooses the objects' names",
    },
    { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
  ];
}
