import { describe, expect, it } from 'vitest';
import { contract, text } from '../../lib/contract/index.js';
import { Delivery } from '../../lib/sources/delivery.js';
import { FileSource } from '../../lib/sources/file-source.js';
import { KinesisSource } from '../../lib/sources/kinesis-source.js';
import { makeLake, rightsOf } from '../lake/make-lake.js';

const named = (name: string) => contract(name, { id: text().key() });

describe('the roles of a lake and every kind of source', () => {
  const { pipeline, template } = makeLake();
  new KinesisSource(pipeline, 'Stream', { contract: named('by_lambda') });
  new KinesisSource(pipeline, 'Firehose', { contract: named('by_firehose'), delivery: Delivery.firehose() });
  new FileSource(pipeline, 'Files', { contract: named('by_file') });
  const made = template();
  const rights = Object.keys(made.findResources('AWS::IAM::Role')).flatMap((role) => rightsOf(made, role));

  it('are one for each function and delivery', () => {
    made.resourceCountIs('AWS::IAM::Role', 4);
    made.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('hold no action with a wildcard and no right on everything', () => {
    expect(rights.filter((right) => right.split(' ')[0]!.includes('*') || right.endsWith(' *'))).toEqual([]);
  });

  it('reach objects only below a prefix that says whose they are', () => {
    const objects = rights.filter((right) => right.includes('*'));
    expect(objects.length).toBeGreaterThan(10);
    for (const right of objects)
      expect(right).toMatch(/ <Shop\w+Bucket\.Arn>\/(_failed\/)?(by_lambda|by_firehose|by_file|aws\/lambda)\/(_files\/)?\*$/);
  });

  it('delete nothing, and read nothing of silver, gold, operations or quarantine', () => {
    expect(rights.filter((right) => /Delete/.test(right))).toEqual([]);
    expect(rights.filter((right) => /^s3:Get/.test(right) && /Silver|Gold|Operations|Quarantine/.test(right))).toEqual([]);
    expect(rights.filter((right) => right === 'kms:Decrypt <ShopQuarantineKey.Arn>')).toEqual([]);
  });

  it('name no partition of AWS by hand', () => {
    expect(JSON.stringify(made.toJSON())).not.toContain('arn:aws:');
  });
});
