import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { readStacks } from '../../lib/local/assembly/assembly.js';
import { attempt } from '../../scripts/engines/command.js';
import { type Finding, judgeMachine, lintTemplate, machineDefinitions } from '../../scripts/engines/judges.js';
import { runFolder } from '../../scripts/engines/server.js';
import { assemblyOf, EXAMPLES } from './examples.js';

const ROOT = join(import.meta.dirname, '../..');

describe.each(Object.keys(EXAMPLES))('the templates of %s', (example) => {
  it('have nothing that cfn-lint objects to', async () => {
    const findings: Finding[] = [];
    for (const { templateFullPath: file } of assemblyOf(example).stacks) findings.push(...(await lintTemplate(file)));
    expect(findings).toEqual([]);
  });

  it('hold state machines that asl-validator accepts', () => {
    const definitions = [...machineDefinitions(readStacks(assemblyOf(example).directory))];
    expect(definitions.length).toBeGreaterThan(0);
    expect(definitions.flatMap(([id, definition]) => judgeMachine(id, definition))).toEqual([]);
  });

  it("pass cdk-nag's AwsSolutions pack, what is acknowledged by the library included", () => {
    const { violations } = nag(EXAMPLES[example]!);
    expect(violations).toEqual([]);
  });
});

describe("under CDK's own validation", () => {
  it('the example app synthesizes with nothing to report', async () => {
    expect(await validationOf('bin/lake.ts')).toEqual([]);
  });

  it('a stage with an impossible value is reported', async () => {
    expect(await validationOf('test/engines/invalid-app.ts')).not.toEqual([]);
  });
});

describe('the judges', () => {
  it('see a property that does not exist', async () => {
    const file = join(runFolder('seed'), 'template.json');
    writeFileSync(file, JSON.stringify({ Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketNme: 'x' } } } }));
    expect((await lintTemplate(file)).map(({ rule }) => rule)).toContain('E3002');
  });

  it('see a transition to a state that does not exist', () => {
    const states = { A: { Type: 'Pass', Next: 'B' } };
    expect(judgeMachine('M', { StartAt: 'A', States: states }).map(({ rule }) => rule)).toContain('MISSING_TRANSITION_TARGET');
  });

  it('see a bucket that takes plain HTTP', () => {
    const { violations } = nag((app) => new CfnBucket(new Stack(app, 'Seed'), 'Open'));
    expect(violations.map(({ rule }) => rule)).toContain('AwsSolutions-S10');
  });
});

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations?: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Synthesizes an app in a process of its own with every template rule on, and gives what the rules say. */
async function validationOf(app: string): Promise<Report['pluginReports']> {
  const out = join(runFolder('validated'), 'cdk.out');
  const { CDK_VALIDATION: _, ...environment } = process.env;
  await attempt(process.execPath, ['--import', 'tsx', '--conditions=medallion-source', app], {
    cwd: ROOT,
    env: { ...environment, CDK_OUTDIR: out },
  });
  return (JSON.parse(readFileSync(join(out, 'validation-report.json'), 'utf8')) as Report).pluginReports;
}

/** Synthesizes with the pack as a plugin; synth throws on a violation, the report holds them all. */
function nag(declare: (app: App) => unknown): { readonly violations: readonly Finding[] } {
  const outdir = join(runFolder('nag'), 'cdk.out');
  const app = new App({ outdir });
  declare(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  let failed = false;
  try {
    app.synth();
  } catch (error) {
    failed = true;
    if ((error as Error).name !== 'ValidationFailed') throw error;
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  const violations = report.pluginReports
    .flatMap((plugin) => plugin.violations ?? [])
    .flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({ where: constructPath, rule: ruleName, message: description })),
    );
  if (failed && violations.length === 0) throw new Error('validation failed without a finding');
  return { violations };
}
