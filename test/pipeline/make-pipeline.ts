import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { afterAll } from 'vitest';
import { bigint, contract, DataLake, date, decimal, Pipeline, type PipelineProps, text, timestamp } from '../../lib/index.js';
import { HANDLERS_FOLDER } from '../../lib/lake/handler-code.js';
import type { MachineDefinition } from '../../lib/pipeline/machine-definition.js';

/** Built handlers that do nothing: what is in them is not what these tests are about. */
export const handlers = mkdtempSync(join(tmpdir(), 'handlers-'));
for (const handler of ['conform-stream', 'conform-file', 'open-run', 'close-run']) {
  mkdirSync(join(handlers, handler));
  writeFileSync(join(handlers, handler, 'index.mjs'), `export const handler = '${handler}';`);
}
afterAll(() => rmSync(handlers, { recursive: true, force: true }));

export const Event = contract('order_events', {
  order_id: text().key(),
  version: bigint().sequence(),
  amount: decimal(10, 2).min(0),
  ordered_at: timestamp().eventTime(),
});
export const Order = contract('orders', {
  order_id: text().key(),
  version: bigint().sequence(),
  amount: decimal(10, 2).min(0),
  ordered_at: timestamp().eventTime(),
});
export const Revenue = contract('daily_revenue', { day: date().key(), revenue: decimal(38, 2) });

/** A lake `shop` in `dev` with the pipeline `Orders`. */
export function makePipeline(props: Partial<PipelineProps> = {}, id = 'Orders') {
  const app = new App({ context: { [HANDLERS_FOLDER]: handlers } });
  const stack = new Stack(app, 'Stack');
  const lake = new DataLake(stack, 'Shop', { environment: { name: 'dev' } });
  const pipeline = new Pipeline(stack, id, { lake, ...props });
  return { app, stack, lake, pipeline, template: () => Template.fromStack(stack) };
}

// biome-ignore lint/suspicious/noExplicitAny: a template has no types; what is missing fails the assertion on it
export type Untyped = any;

/** The one machine of a template. */
export function machineOf(template: Template): { readonly properties: Untyped; readonly definition: MachineDefinition } {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine')) as Untyped[];
  return { properties: machine.Properties, definition: JSON.parse(machine.Properties.DefinitionString) };
}

/** Every state of a machine by name, those in branches too. */
export function statesOf(definition: MachineDefinition): Record<string, Untyped> {
  const states: Record<string, Untyped> = {};
  JSON.stringify(definition, (key, value) => {
    if (key === 'States') Object.assign(states, value);
    return value;
  });
  return states;
}

/** The message of an error, without the path in front of it. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
