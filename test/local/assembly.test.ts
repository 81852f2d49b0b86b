import { describe, expect, it } from 'vitest';
import { readStacks, readStages } from '../../lib/local/assembly/assembly.js';
import { Inventory } from '../../lib/local/assembly/inventory.js';
import { TemplateResolver } from '../../lib/local/assembly/template-resolver.js';
import { makeFolder, writeAssembly } from './assembly-fixture.js';

const empty = { template: { Resources: {} } };

describe('an assembly', () => {
  it('gives its stacks in the order of deployment', () => {
    const folder = writeAssembly({ App: { ...empty, dependencies: ['assets', 'Lake'] }, Lake: empty });
    expect(readStacks(folder).map(({ id }) => id)).toEqual(['Lake', 'App']);
  });

  it('gives the stacks of a stage, the only one without being told', () => {
    const folder = writeAssembly({ DevShop: { ...empty, environment: 'aws://111122223333/eu-west-1' } }, { stage: 'Dev' });
    expect(readStages(folder)).toEqual(['Dev']);
    expect(readStacks(folder).map(({ id, account, region }) => [id, account, region])).toEqual([['DevShop', '111122223333', 'eu-west-1']]);
    expect(() => readStacks(folder, 'Prod')).toThrow("no stage 'Prod' in the assembly: choose one of Dev");
  });

  it('says what to do about a folder that is none', () => {
    expect(() => readStacks(makeFolder())).toThrow('is no cloud assembly (no manifest.json): synthesize the app first');
    expect(() => readStacks(writeAssembly({}))).toThrow('holds no stacks: synthesize the app first');
  });
});

describe('a template', () => {
  const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };

  function resolve(value: unknown, more: object = {}): unknown {
    const template = { Resources: { Bronze: bucket, Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events' } } }, ...more };
    const stacks = readStacks(writeAssembly({ Lake: { template } }));
    return new TemplateResolver(stacks).resolve(stacks[0]!, value);
  }

  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Bronze' }, 'bronze'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Events', 'Arn'] }, 'arn:aws:kinesis:us-east-1:000000000000:stream/events'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Bronze.Arn' }, 'arn:aws:s3:::bronze'],
    ['Fn::Join', { 'Fn::Join': ['', ['s3://', { Ref: 'Bronze' }, '/orders/']] }, 's3://bronze/orders/'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Bronze}/${Events.Arn}/${!Literal}/${AWS::Region}' },
      'bronze/arn:aws:kinesis:us-east-1:000000000000:stream/events/${Literal}/us-east-1',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${name}-x', { name: { Ref: 'Bronze' } }] }, 'bronze-x'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['AWS::NoValue', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['nested values', [{ a: [{ Ref: 'AWS::Partition' }] }], [{ a: ['aws'] }]],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['an unknown intrinsic', { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, 'Lake: the local runtime does not resolve Fn::Cidr'],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Bronze', 'WebsiteURL'] },
      "Lake: the local runtime knows no attribute 'WebsiteURL' of AWS::S3::Bucket 'Bronze'",
    ],
    ['a resource that is not there', { Ref: 'Silver' }, "Lake: no resource 'Silver' in the template"],
    ['a parameter without a default', { Ref: 'Name' }, "Lake: parameter 'Name' has no default: the local runtime gives no parameters"],
    ['an import from elsewhere', { 'Fn::ImportValue': 'other' }, "no stack of this stage exports 'other'"],
  ])('refuses %s by name', (_name, value, message) => {
    expect(() => resolve(value, { Parameters: { Name: { Type: 'String' } } })).toThrow(message);
  });

  it('resolves what another stack of the stage exports', () => {
    const lake = { Resources: { Bronze: bucket }, Outputs: { Out: { Value: { Ref: 'Bronze' }, Export: { Name: 'Lake:Bronze' } } } };
    const stacks = readStacks(writeAssembly({ Lake: { template: lake }, App: { template: {}, dependencies: ['Lake'] } }));
    expect(new TemplateResolver(stacks).resolve(stacks[1]!, { 'Fn::ImportValue': 'Lake:Bronze' })).toBe('bronze');
  });

  it('keeps resources of two stacks with one logical id apart', () => {
    const stacks = readStacks(
      writeAssembly({ A: { template: { Resources: { B: bucket } } }, C: { template: { Resources: { B: bucket } } } }),
    );
    const resolver = new TemplateResolver(stacks);
    expect(stacks.map((stack) => resolver.resolve(stack, { Ref: 'B' }))).toEqual(['a-b', 'c-b']);
  });
});

describe('an inventory', () => {
  function inventory(resources: object): Inventory {
    return Inventory.of(readStacks(writeAssembly({ Lake: { template: { Resources: resources } } })));
  }

  it('names every resource of the data path that it does not know', () => {
    const resources = {
      Cluster: { Type: 'AWS::MSK::Cluster' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Alarm: { Type: 'AWS::CloudWatch::Alarm' },
    };
    expect(() => inventory(resources)).toThrow(
      "the local runtime does not know AWS::MSK::Cluster 'Cluster' in Lake\nthe local runtime does not know AWS::DynamoDB::Table 'Table' in Lake",
    );
  });

  it('lists what exists in AWS only', () => {
    const path = { 'aws:cdk:path': 'Lake/Alarm/Resource' };
    const { recorded, resources } = inventory({
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Metadata: path },
      Key: { Type: 'AWS::KMS::Key' },
    });
    expect(recorded).toEqual([
      { stack: 'Lake', logicalId: 'Alarm', type: 'AWS::CloudWatch::Alarm', path: 'Lake/Alarm' },
      { stack: 'Lake', logicalId: 'Key', type: 'AWS::KMS::Key' },
    ]);
    expect(resources).toEqual([]);
  });

  it('refuses a condition on the data path', () => {
    expect(() => inventory({ B: { Type: 'AWS::S3::Bucket', Condition: 'IsProd' } })).toThrow(
      "the local runtime knows no conditions: AWS::S3::Bucket 'B' in Lake has 'IsProd'",
    );
  });
});
