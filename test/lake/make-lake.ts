import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { afterAll } from 'vitest';
import { DataLake, type DataLakeProps } from '../../lib/lake/data-lake.js';
import { HANDLERS_FOLDER } from '../../lib/lake/handler-code.js';
import type { ILake, IPipeline, IStep, PipelineScope } from '../../lib/model/step.js';

/** Built handlers that do nothing: what is in them is not what these tests are about. */
export const handlers = mkdtempSync(join(tmpdir(), 'handlers-'));
for (const handler of ['conform-stream', 'conform-firehose', 'conform-file']) {
  mkdirSync(join(handlers, handler));
  writeFileSync(join(handlers, handler, 'index.mjs'), `export const handler = '${handler}';`);
}
afterAll(() => rmSync(handlers, { recursive: true, force: true }));

/** A pipeline as steps see it. */
export class StubPipeline extends Construct implements IPipeline, PipelineScope {
  readonly pipeline = this;
  readonly steps: IStep[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly lake: ILake,
  ) {
    super(scope, id);
  }

  register(step: IStep): void {
    this.steps.push(step);
  }
}

export interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly lake: DataLake;
  readonly pipeline: StubPipeline;
  template(): Template;
}

/** A lake `shop` in `dev`, and whatever differs. */
export function makeLake(props: Partial<DataLakeProps> = {}, context: Record<string, unknown> = {}): Made {
  const app = new App({ context: { [HANDLERS_FOLDER]: handlers, ...context } });
  const stack = new Stack(app, 'Stack');
  const lake = new DataLake(stack, 'Shop', { environment: { name: 'dev' }, ...props });
  return { app, stack, lake, pipeline: new StubPipeline(stack, 'Orders', lake), template: () => Template.fromStack(stack) };
}

// biome-ignore lint/suspicious/noExplicitAny: a template has no types; what is missing fails the assertion on it
export type Untyped = any;

interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** The statements of the role whose logical id begins so. */
export function statementsOf(template: Template, role: string): PolicyStatement[] {
  const found = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith(role));
  if (found.length !== 1) throw new Error(`${found.length} roles begin with ${role}`);
  const policies = (found[0]![1] as { Properties: { Policies: { PolicyDocument: { Statement: PolicyStatement[] } }[] } }).Properties
    .Policies;
  return policies.flatMap((policy) => policy.PolicyDocument.Statement);
}

/** Each action with the resources it is allowed on, as flat text: `s3:PutObject <BronzeBucket.Arn>/orders/*`. */
export function rightsOf(template: Template, role: string): string[] {
  return statementsOf(template, role)
    .flatMap(({ Action, Resource }) => many(Action).flatMap((action) => many(Resource).map((resource) => `${action} ${flat(resource)}`)))
    .sort();
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

/** Hashes of logical ids are left out. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown[]> & { Ref?: string };
  if (ref !== undefined) return `<${ref.replace(/[0-9A-F]{8}$/, '')}>`;
  if (attribute !== undefined) return `<${String(attribute[0]).replace(/[0-9A-F]{8}$/, '')}.${attribute[1]}>`;
  return (join![1] as unknown[]).map(flat).join('');
}
