import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { contract, text } from '../../lib/contract/index.js';
import { ServiceRole } from '../../lib/lake/service-role.js';
import { readObjects } from '../../lib/lake/statement.js';
import { Delivery } from '../../lib/sources/delivery.js';
import { FileSource } from '../../lib/sources/file-source.js';
import { KinesisSource } from '../../lib/sources/kinesis-source.js';
import { makeLake, StubPipeline } from '../lake/make-lake.js';

const named = (name: string) => contract(name, { id: text().key() });

function findings(more: (made: ReturnType<typeof makeLake>) => void = () => {}): string[] {
  const made = makeLake({ environment: { name: 'dev', notify: ['oncall@example.com'] } });
  new KinesisSource(made.pipeline, 'Stream', { contract: named('by_lambda') });
  new KinesisSource(made.pipeline, 'Firehose', { contract: named('by_firehose'), delivery: Delivery.firehose() });
  new FileSource(made.pipeline, 'Files', { contract: named('by_file') });
  more(made);
  const { violations } = new AwsSolutionsChecks(made.app).validateScope(made.app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map((resource) => `${ruleName} ${resource.constructPath}`),
  );
}

describe('cdk-nag on a lake and every kind of source', () => {
  it('finds nothing that is not acknowledged', () => {
    expect(findings()).toEqual([]);
  });

  it('finds nothing where the lake stands in another stack', () => {
    const { app, lake } = makeLake();
    const stack = new Stack(app, 'Other');
    new KinesisSource(new StubPipeline(stack, 'Orders', lake), 'Stream', { contract: named('far_away') });
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  it('still finds what is added beside them', () => {
    expect(findings(({ stack }) => void new Bucket(stack, 'Plain')).some((finding) => finding.startsWith('AwsSolutions-S10'))).toBe(true);
  });

  it('acknowledges a prefix of one role, not wildcards as such', () => {
    const found = findings(({ stack, lake }) => {
      const role = new ServiceRole(stack, 'Reader', {
        service: 'lambda.amazonaws.com',
        description: 'tests',
        statements: readObjects(lake.zones.gold, 'x/'),
      });
      role.resource.addPropertyOverride('Description', 'still one');
      role.resource.policies = [
        { policyName: 'wide', policyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] } },
      ];
    });
    expect(found).toEqual(['AwsSolutions-IAM5[Resource::*] Stack/Reader/Resource']);
  });

  it('gives every acknowledgement a reason that says something', () => {
    const made = makeLake();
    new FileSource(made.pipeline, 'Files', { contract: named('by_file') });
    made.app.synth();
    const reasons = made.app.node
      .findAll()
      .flatMap((node) => node.node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY))
      .flatMap(({ data }) => Object.values(data as Record<string, string>));
    expect(reasons.length).toBeGreaterThan(5);
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(30);
  });
});
