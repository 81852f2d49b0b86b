import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { run } from '../../scripts/engines/command.js';
import { type Finding, judgeMachine, lintTemplate, machineDefinitions, readTemplate, templateFiles } from '../../scripts/engines/judges.js';
import { runFolder } from '../../scripts/engines/server.js';
import { assemblyOf, EXAMPLES } from './examples.js';

/** Findings of cfn-lint that are no faults, each with the reason. */
const LINT_ALLOWED: readonly { readonly rule: string; readonly why: string }[] = [];

const ROOT = join(import.meta.dirname, '../..');

describe.each(Object.keys(EXAMPLES))('the templates of %s', (example) => {
  it('have nothing that cfn-lint objects to', async () => {
    const findings: Finding[] = [];
    for (const file of templateFiles(assemblyOf(example))) findings.push(...(await lintTemplate(file)));
    expect(findings.filter(({ rule }) => !LINT_ALLOWED.some((allowed) => allowed.rule === rule))).toEqual([]);
  });

  it('hold state machines that asl-validator accepts', () => {
    const definitions = templateFiles(assemblyOf(example)).flatMap((file) => [...machineDefinitions(readTemplate(file))]);
    expect(definitions.length).toBeGreaterThan(0);
    expect(definitions.flatMap(([id, definition]) => judgeMachine(id, definition))).toEqual([]);
  });

  it("pass cdk-nag's AwsSolutions pack, what is acknowledged by the library included", () => {
    const { violations } = nag(EXAMPLES[example]!);
    expect(violations).toEqual([]);
  });
});

describe("the example app under CDK's own validation", () => {
  it('synthesizes with every template rule on', async () => {
    const out = join(runFolder('validated'), 'cdk.out');
    const { CDK_VALIDATION: _, ...environment } = process.env;
    await run(process.execPath, ['--import', 'tsx', '--conditions=medallion-source', 'bin/lake.ts'], {
      cwd: ROOT,
      env: { ...environment, CDK_OUTDIR: out },
    });
    const report = JSON.parse(readFileSync(join(out, 'validation-report.json'), 'utf8')) as Report;
    expect(report.pluginReports.map(({ conclusion }) => conclusion)).toEqual(report.pluginReports.map(() => 'success'));
    expect(report.pluginReports.length).toBeGreaterThan(0);
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
    if (!String(error).includes('Validation failed')) throw error;
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
