import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Duration, Size } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_DEFAULTS } from '../../lib/lake/environment.js';
import { DELIVERY_DEFAULTS } from '../../lib/sources/delivery.js';
import { STREAM_DEFAULTS } from '../../lib/sources/event-stream.js';
import { FILE_DEFAULTS } from '../../lib/sources/file-source.js';
import { REFUSAL_DEFAULTS } from '../../lib/sources/refusal-alarm.js';
import { TRANSFORM_DEFAULTS } from '../../lib/transforms/sql-transform.js';

/** Defaults as the documentation of an interface states them, by property. Those that begin with a dash are prose, and factories have their own. */
function documented(file: string, interfaceName: string): Record<string, string> {
  const text = readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8');
  const body = text.slice(text.indexOf(`interface ${interfaceName}`)).split('\n}')[0]!;
  const found = [...body.matchAll(/@default (.*?)\s*\*\/\s*readonly (\w+)\?:/g)].map((match) => [match[2]!, match[1]!] as const);
  return Object.fromEntries(found.filter(([, value]) => !/^(-|EventStream|Delivery)/.test(value)));
}

/** `Duration.days(90)` as its value. */
function meant(text: string): unknown {
  const [, unit, amount] = /^(?:Duration|Size)\.(\w+)\((\d+)\)$/.exec(text) ?? [];
  if (unit === undefined) return JSON.parse(text);
  const of = (text.startsWith('Size') ? Size : Duration) as unknown as Record<string, (amount: number) => Duration | Size>;
  return comparable(of[unit]!(Number(amount)));
}

function comparable(value: unknown): unknown {
  if (value instanceof Duration) return `${value.toSeconds()} s`;
  return value instanceof Size ? `${value.toBytes()} bytes` : value;
}

describe('M-10 documented defaults', () => {
  it.each([
    ['lib/lake/environment.ts', 'Environment', ENVIRONMENT_DEFAULTS],
    ['lib/sources/delivery.ts', 'LambdaDeliveryOptions', DELIVERY_DEFAULTS.lambda],
    ['lib/sources/delivery.ts', 'FirehoseDeliveryOptions', DELIVERY_DEFAULTS.firehose],
    ['lib/sources/event-stream.ts', 'NewStreamOptions', STREAM_DEFAULTS],
    ['lib/transforms/sql-transform.ts', 'SqlTransformProps', TRANSFORM_DEFAULTS],
    ['lib/sources/kinesis-source.ts', 'KinesisSourceProps', REFUSAL_DEFAULTS],
    ['lib/sources/file-source.ts', 'FileSourceProps', FILE_DEFAULTS],
  ])('of %s, %s, are those in force', (file, name, defaults: Record<string, unknown>) => {
    const stated = documented(file, name);
    expect(Object.keys(stated).length).toBeGreaterThan(0);
    for (const [property, text] of Object.entries(stated))
      expect([property, meant(text)]).toEqual([property, comparable(defaults[property])]);
    const unstated = Object.keys(defaults).filter((property) => !(property in stated) && !Array.isArray(defaults[property]));
    expect(unstated).toEqual([]);
  });
});
