import { Template } from 'aws-cdk-lib/assertions';
import { App, Aws, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Allowed, compact, packed } from '../../lib/lake/policy-documents.js';
import { ServiceRole } from '../../lib/lake/service-role.js';
import type { Statement } from '../../lib/lake/statement.js';

/** Each single right: one action on one resource under one value of its condition. */
function rights(statements: readonly Allowed[]): Set<string> {
  return new Set(
    statements.flatMap(({ actions, resources, conditions }) => {
      const [operator, keys] = Object.entries(conditions ?? { none: {} })[0]!;
      const [key, values] = Object.entries(keys)[0] ?? ['', ['']];
      const under = operator === 'StringLike' ? (values as readonly string[]) : [JSON.stringify(values)];
      return actions.flatMap((action) =>
        resources.flatMap((resource) => under.map((value) => [action, resource, operator, key, value].join(' '))),
      );
    }),
  );
}

const some = (letters: string) => fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1 });
const statement: fc.Arbitrary<Statement> = fc
  .record({
    actions: some('gpd'),
    resources: some('abcdef'),
    conditions: fc.constantFrom<Statement['conditions']>(
      undefined,
      { StringLike: { 's3:prefix': ['x/*'] } },
      { StringLike: { 's3:prefix': ['y/*', 'z/*'] } },
      { StringEquals: { 'kms:ViaService': 's3' } },
      { Null: { 's3:if-none-match': 'false' } },
    ),
  })
  .map(({ conditions, ...rest }) => ({ ...rest, ...(conditions === undefined ? {} : { conditions }) }));

describe('a policy made short', () => {
  it('allows what was asked, no more and no less', () => {
    fc.assert(fc.property(fc.array(statement), (statements) => void expect(rights(compact(statements))).toEqual(rights(statements))));
  });

  it('names each resource once for each condition', () => {
    const statements = compact([
      { actions: ['s3:GetObject'], resources: ['a', 'b'] },
      { actions: ['s3:PutObject'], resources: ['b', 'c'] },
      { actions: ['s3:GetObject'], resources: ['c'] },
    ]);
    expect(statements).toEqual([
      { actions: ['s3:GetObject'], resources: ['a'] },
      { actions: ['s3:GetObject', 's3:PutObject'], resources: ['b', 'c'] },
    ]);
  });

  it('lists prefixes of one bucket together, and never those of two', () => {
    const list = (bucket: string, prefix: string): Statement => ({
      actions: ['s3:ListBucket'],
      resources: [bucket],
      conditions: { StringLike: { 's3:prefix': [prefix] } },
    });
    expect(compact([list('silver', 'a/*'), list('silver', 'b/*'), list('gold', 'c/*')])).toEqual([
      { actions: ['s3:ListBucket'], resources: ['silver'], conditions: { StringLike: { 's3:prefix': ['a/*', 'b/*'] } } },
      { actions: ['s3:ListBucket'], resources: ['gold'], conditions: { StringLike: { 's3:prefix': ['c/*'] } } },
    ]);
  });
});

describe('a policy cut to what IAM takes', () => {
  const long = fc.array(
    fc
      .tuple(some('gpd'), fc.uniqueArray(fc.string({ minLength: 60, maxLength: 120 }), { minLength: 1, maxLength: 60 }))
      .map(([actions, resources]) => ({ actions, resources })),
    { maxLength: 12 },
  );

  it('keeps every right, in documents that are not too long', () => {
    fc.assert(
      fc.property(long, (statements) => {
        const documents = packed(statements);
        expect(rights(documents.flat())).toEqual(rights(statements));
        documents.forEach((document, n) => {
          const text = JSON.stringify({
            Version: '2012-10-17',
            Statement: document.map((s) => ({ Effect: 'Allow', Action: s.actions, Resource: s.resources })),
          });
          expect(text.length).toBeLessThanOrEqual(n === 0 ? 10_240 : 6_144);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('counts a reference as long as its value can be', () => {
    const resources = Array.from({ length: 100 }, (_, n) => `arn:${Aws.PARTITION}:s3:::${Aws.STACK_ID}/${n}`);
    expect(packed([{ actions: ['s3:GetObject'], resources }]).length).toBe(1);
    expect(
      packed([{ actions: ['s3:GetObject'], resources: [...resources, ...resources.map((resource) => `${resource}${'x'.repeat(60)}`)] }])
        .length,
    ).toBe(3);
  });
});

describe('a role that may do much', () => {
  const tables = (count: number): Statement => ({
    actions: ['glue:GetTable', 'glue:UpdateTable'],
    resources: Array.from(
      { length: count },
      (_, n) => `arn:aws:glue:eu-west-1:111122223333:table/shop_dev_silver/table_${n}_${'x'.repeat(40)}/*`,
    ),
    because: 'these tests need a wildcard with a reason',
  });

  function roleWith(count: number) {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const role = new ServiceRole(stack, 'Role', { service: 'states.amazonaws.com', description: 'tests', statements: [] });
    return { app, stack, allow: () => role.allow(tables(count)) };
  }

  it('has the rest in managed policies that are there before it is', () => {
    const { stack, allow } = roleWith(150);
    allow();
    const template = Template.fromStack(stack);
    const policies = template.findResources('AWS::IAM::ManagedPolicy');
    const role = Object.values(template.findResources('AWS::IAM::Role'))[0]!['Properties'];
    expect(role.ManagedPolicyArns).toEqual(Object.keys(policies).map((Ref) => ({ Ref })));
    expect(Object.keys(policies)).toHaveLength(2);
    const documents = [role.Policies[0].PolicyDocument, ...Object.values(policies).map((policy) => policy['Properties'].PolicyDocument)];
    const resources = documents.flatMap((document) => document.Statement.flatMap(({ Resource }: { Resource: string[] }) => Resource));
    expect(new Set(resources)).toEqual(new Set(tables(150).resources));
    expect(resources).toHaveLength(150);
  });

  it('has no managed policy while it fits', () => {
    const { stack, allow } = roleWith(20);
    allow();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    expect(Object.values(template.findResources('AWS::IAM::Role'))[0]!['Properties'].ManagedPolicyArns).toBeUndefined();
  });

  it('has its wildcards acknowledged wherever they stand', () => {
    const { app, allow } = roleWith(150);
    allow();
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  it('is refused when IAM has no room for it', () => {
    expect(roleWith(1000).allow).toThrow(
      /Stack\/Role: what the role may do takes \d\d managed policies, and IAM lets a role have 10; split the pipeline/,
    );
  });
});
