import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { contract, text } from '../../lib/contract/index.js';
import type { QuarantineLimit } from '../../lib/model/quarantine-limit.js';
import { FileSource } from '../../lib/sources/file-source.js';
import { KinesisSource } from '../../lib/sources/kinesis-source.js';
import { makeLake } from '../lake/make-lake.js';

const Order = contract('orders', { id: text().key() });

function made(maxQuarantine?: QuarantineLimit | 'any', Source: typeof KinesisSource | typeof FileSource = KinesisSource) {
  const { pipeline, template } = makeLake();
  new Source(pipeline, 'Orders', { contract: Order, ...(maxQuarantine === undefined ? {} : { maxQuarantine }) });
  return template();
}

const dimensions = [
  { Name: 'Lake', Value: 'shop_dev' },
  { Name: 'Table', Value: 'orders' },
];

describe('F-41 what a source refuses', () => {
  it.each([KinesisSource, FileSource])('is told to the failure topic once all of it or too large a part is refused', (Source) => {
    made(undefined, Source).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: [
        {
          Id: 'received',
          ReturnData: false,
          MetricStat: {
            Stat: 'Sum',
            Period: 300,
            Metric: { Namespace: 'Medallion', MetricName: 'RecordsReceived', Dimensions: dimensions },
          },
        },
        {
          Id: 'refused',
          ReturnData: false,
          MetricStat: {
            Stat: 'Sum',
            Period: 300,
            Metric: { Namespace: 'Medallion', MetricName: 'RecordsRefused', Dimensions: dimensions },
          },
        },
        {
          Id: 'share',
          ReturnData: true,
          Expression: 'IF(received > 0 AND (received == refused OR received >= 100), 100 * refused / received, 0)',
        },
      ],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 50,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^ShopFailures') }],
      OKActions: Match.absent(),
    });
  });

  it('is told by other limits where they are given', () => {
    made({ percent: 5, ofAtLeast: 20 }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 5,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: Match.stringLikeRegexp('received >= 20') })]),
    });
    made({ percent: 100, ofAtLeast: 1 }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 100,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('is told to nobody where anything may be refused', () => {
    made('any').resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it.each([
    [{ percent: 0.5, ofAtLeast: 100 }, 'got 0.5 percent of at least 100'],
    [{ percent: 101, ofAtLeast: 100 }, 'got 101 percent of at least 100'],
    [{ percent: 50, ofAtLeast: 0 }, 'got 50 percent of at least 0'],
  ])('cannot have the limit %o', (limit, got) => {
    expect(() => made(limit)).toThrow(`maxQuarantine of 'orders' is a whole percent from 0 to 100 of at least 1 row, ${got}`);
  });

  it('reaches people: CloudWatch may publish to the topic and use its key', () => {
    const template = made();
    const cloudwatch = { Service: 'cloudwatch.amazonaws.com' };
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: cloudwatch,
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      Description: Match.stringLikeRegexp('the lake'),
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Principal: cloudwatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
        ]),
      },
    });
  });
});
