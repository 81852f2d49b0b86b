import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KinesisSource, SqlTransform, sql, Trigger, upsert } from '../lib/index.js';
import type { Untyped } from './lake/make-lake.js';
import { Event, makePipeline, messageOf, Order } from './pipeline/make-pipeline.js';

/** Mistakes that other libraries of this kind let through, by their row in docs/mistakes.md. Those of one room stand in its own tests. */

function makeOrders(query: (events: KinesisSource<typeof Event>) => ReturnType<typeof sql>) {
  const made = makePipeline();
  const events = new KinesisSource(made.pipeline, 'Events', { contract: Event });
  new SqlTransform(made.pipeline, 'Orders', { zone: 'silver', contract: Order, write: upsert(), query: query(events) as never });
  return made;
}

const good = (events: KinesisSource<typeof Event>) => sql`select order_id, version, amount, ordered_at from ${events}`;

describe('SQL that cannot run', () => {
  it.each([
    ['is broken', () => sql`select order_id frm where`, 'Stack/Orders/Orders/query 1:'],
    ['names a table by hand', () => sql`select * from nowhere.orders`, 'Stack/Orders/Orders/query 1:'],
    [
      'names a column that is not there',
      (events: Untyped) => sql`select nothing from ${events}`,
      "unknown column 'nothing' in order_events",
    ],
  ])('M-1 M-14 is refused at synth where it %s', (_, query, message) => {
    const { template } = makeOrders(query);
    expect(messageOf(template)).toContain(message);
  });

  it('M-14 has no place in a deployment: no statement is run by CloudFormation', () => {
    const types = Object.values(makeOrders(good).template().toJSON()['Resources'] as Record<string, Untyped>).map(({ Type }) => Type);
    expect(types.filter((type: string) => type.startsWith('Custom::') || type.startsWith('AWS::CloudFormation::'))).toEqual([]);
  });
});

describe('what is declared late', () => {
  it('M-5 still has its action: each alarm and each machine tells the topic of its lake', () => {
    const template = makeOrders(good).template();
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Untyped[];
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual([[{ Ref: topic }]]);
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine')) as Untyped[];
    expect(machine.Properties.DefinitionSubstitutions.FailureTopicArn).toEqual({ Ref: topic });
  });
});

describe('access', () => {
  it('M-6 is never given around Lake Formation: whoever may read files of tables has a grant on the tables, or wrote them', () => {
    const { app, lake, pipeline, template } = makeOrders(good);
    const resources = template().toJSON()['Resources'] as Record<string, Untyped>;
    const granted = new Set(
      Object.values(resources)
        .filter(({ Type }) => Type === 'AWS::LakeFormation::PrincipalPermissions')
        .map(({ Properties }) => Properties.Principal.DataLakePrincipalIdentifier['Fn::GetAtt'][0]),
    );
    const readers = Object.entries(resources).filter(([, { Type, Properties }]) => {
      const statements =
        Type === 'AWS::IAM::Role' ? (Properties.Policies ?? []).flatMap((policy: Untyped) => policy.PolicyDocument.Statement) : [];
      return statements.some(
        ({ Action, Resource }: Untyped) =>
          [Action].flat().includes('s3:GetObject') && /Shop(Bronze|Silver|Gold)Bucket/.test(JSON.stringify(Resource)),
      );
    });
    expect(readers.map(([id]) => id)).toEqual([...granted]);
    expect(granted.size).toBe(1);
    // No method gives access to a table's files beside it.
    const grants = [app, lake, pipeline, lake.zones.silver].flatMap((thing) =>
      methodsOf(thing).filter((name) => /^(grant|allow)/.test(name)),
    );
    expect(grants).toEqual(['grantTables']);
  });

  it("M-15 leaves the account's own settings alone", () => {
    makeOrders(good).template().resourceCountIs('AWS::LakeFormation::DataLakeSettings', 0);
  });
});

describe('a schedule', () => {
  it('M-9 is one that EventBridge takes', () => {
    const made = makePipeline({ trigger: Trigger.schedule('every tuesday') });
    expect(messageOf(made.template)).toContain("got 'every tuesday'");
  });
});

describe('docs/mistakes.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/mistakes.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) \| .* \| .* \| (.*) \|$/gm)].map(([, row, tests]) => [row!, tests!] as const);

  it('has every row', () => {
    expect(rows.map(([row]) => Number(row))).toEqual(Array.from({ length: 16 }, (_, n) => n + 1));
  });

  it.each(rows.filter(([, tests]) => tests.startsWith('`')))('row %s names tests that carry its number', (row, tests) => {
    for (const [, file] of tests.matchAll(/`([^`]+)`/g)) {
      expect(readFileSync(join(import.meta.dirname, '..', file!), 'utf8')).toMatch(new RegExp(`\\bM-${row}\\b`));
    }
  });
});

function methodsOf(thing: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(thing));
}
