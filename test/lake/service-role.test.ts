import { Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { ServiceRole } from '../../lib/lake/service-role.js';
import {
  deleteObjects,
  listObjects,
  publishTo,
  readObjects,
  type Statement,
  writeObjects,
  writeObjectsOnce,
} from '../../lib/lake/statement.js';
import { makeLake, rightsOf, statementsOf } from './make-lake.js';

function roleWith(...statements: Statement[]) {
  const made = makeLake();
  const role = new ServiceRole(made.stack, 'Role', { service: 'lambda.amazonaws.com', description: 'tests', statements });
  return { ...made, role };
}

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:queue';

describe('a service role', () => {
  it('is one resource that holds its statements and nothing else', () => {
    const template = roleWith({ actions: ['sqs:SendMessage'], resources: [QUEUE] }).template();
    template.resourceCountIs('AWS::IAM::Policy', 0);
    const role = Object.values(template.findResources('AWS::IAM::Role'))[0]!['Properties'];
    expect(Object.keys(role).sort()).toEqual(['AssumeRolePolicyDocument', 'Description', 'Policies']);
    expect(role.Policies).toEqual([
      {
        PolicyName: 'exact',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE }] },
      },
    ]);
  });

  it('has no policy when it may do nothing', () => {
    const role = Object.values(roleWith().template().findResources('AWS::IAM::Role'))[0]!['Properties'];
    expect(role.Policies).toBeUndefined();
  });

  it('takes statements after it was made', () => {
    const { role, template } = roleWith({ actions: ['sqs:SendMessage'], resources: [QUEUE] });
    role.allow({ actions: ['sqs:ReceiveMessage'], resources: [QUEUE] });
    expect(rightsOf(template(), 'Role')).toEqual([`sqs:ReceiveMessage ${QUEUE}`, `sqs:SendMessage ${QUEUE}`]);
  });

  it('makes one statement of those with the same actions and conditions, and no other', () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '1' } };
    const template = roleWith(
      { actions: ['sqs:SendMessage'], resources: ['a'] },
      { actions: ['sqs:SendMessage'], resources: ['b', 'a'] },
      { actions: ['sqs:SendMessage'], resources: ['c'], conditions: condition },
    ).template();
    expect(statementsOf(template, 'Role')).toEqual([
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: ['a', 'b'] },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'c', Condition: condition },
    ]);
  });

  it('is trusted for this account only, where the service says which', () => {
    const stack = new Stack();
    new ServiceRole(stack, 'States', { service: 'states.amazonaws.com', description: 'tests', statements: [] });
    new ServiceRole(stack, 'Lambda', { service: 'lambda.amazonaws.com', description: 'tests', statements: [] });
    const conditions = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')).map(
      (role) => role['Properties'].AssumeRolePolicyDocument.Statement[0].Condition,
    );
    expect(conditions).toEqual([{ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }, undefined]);
  });

  it.each<[string, Statement, string]>([
    ['an action with a wildcard', { actions: ['s3:Get*'], resources: ['a'] }, "a role is given actions one by one, got 's3:Get*'"],
    [
      'a wildcard nobody accounts for',
      { actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:::*'] },
      "name the resource, or say with 'because' why it cannot be named",
    ],
    [
      'every resource, unexplained',
      { actions: ['xray:PutTraceSegments'], resources: ['*'] },
      "xray:PutTraceSegments on '*': name the resource",
    ],
    [
      'all data, explained',
      { actions: ['s3:GetObject'], resources: ['*'], because: 'it is easier' },
      's3:GetObject on every resource: data is granted by bucket and prefix',
    ],
    ['all keys, explained', { actions: ['kms:Decrypt'], resources: ['*'], because: 'it is easier' }, 'kms:Decrypt on every resource'],
  ])('refuses %s', (_, statement, message) => {
    expect(() => roleWith(statement)).toThrow(message);
  });

  it('refuses a wildcard behind a reference as well', () => {
    const { lake, role } = roleWith();
    const resources = [lake.zones.gold.bucket.arnForObjects('*')];
    expect(() => role.allow({ actions: ['s3:GetObject'], resources })).toThrow("name the resource, or say with 'because'");
  });

  it('takes every resource, with a reason, for actions that know no other', () => {
    const resources = ['*'];
    expect(() => roleWith({ actions: ['xray:PutTraceSegments'], resources, because: 'it knows no resource' })).not.toThrow();
  });
});

describe('statements by intent', () => {
  const { lake, stack, template } = makeLake();
  const { silver } = lake.zones;
  const builders: Record<string, readonly Statement[]> = {
    Read: readObjects(silver, 'orders/'),
    List: listObjects(silver, 'orders/'),
    Once: writeObjectsOnce(silver, 'orders/'),
    Write: writeObjects(silver, 'orders/'),
    Delete: deleteObjects(silver, 'orders/'),
    Publish: publishTo(lake.failureTopic),
  };
  for (const [id, statements] of Object.entries(builders))
    new ServiceRole(stack, id, { service: 'lambda.amazonaws.com', description: id, statements });
  const made = template();

  it.each([
    ['Read', ['kms:Decrypt <ShopKey.Arn>', 's3:GetObject <ShopSilverBucket.Arn>/orders/*']],
    ['List', ['s3:ListBucket <ShopSilverBucket.Arn>']],
    ['Once', ['kms:GenerateDataKey <ShopKey.Arn>', 's3:PutObject <ShopSilverBucket.Arn>/orders/*']],
    [
      'Write',
      [
        'kms:Decrypt <ShopKey.Arn>',
        'kms:GenerateDataKey <ShopKey.Arn>',
        's3:AbortMultipartUpload <ShopSilverBucket.Arn>/orders/*',
        's3:ListMultipartUploadParts <ShopSilverBucket.Arn>/orders/*',
        's3:PutObject <ShopSilverBucket.Arn>/orders/*',
      ],
    ],
    ['Delete', ['s3:DeleteObject <ShopSilverBucket.Arn>/orders/*']],
    ['Publish', ['kms:Decrypt <ShopKey.Arn>', 'kms:GenerateDataKey <ShopKey.Arn>', 'sns:Publish <ShopFailures>']],
  ])('%s allows exactly its intent', (id, rights) => {
    expect(rightsOf(made, id)).toEqual(rights);
  });

  it('lists only below the prefix', () => {
    expect(statementsOf(made, 'List')[0]!.Condition).toEqual({ StringLike: { 's3:prefix': ['orders/*'] } });
  });

  it('writes once by demanding the header that asks for it', () => {
    expect(statementsOf(made, 'Once').find(({ Action }) => Action === 's3:PutObject')!.Condition).toEqual({
      Null: { 's3:if-none-match': 'false' },
    });
  });

  it.each(['Read', 'Once', 'Write'])('%s uses the key through S3 of this region only', (id) => {
    const keys = statementsOf(made, id).filter(({ Action }) => String(Action).startsWith('kms:'));
    expect(keys.length).toBeGreaterThan(0);
    for (const { Condition } of keys) {
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
      });
    }
  });
});
