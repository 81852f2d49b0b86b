import { describe, expect, it } from 'vitest';
import { matchesPattern, validatePattern } from '../../lib/local/sources/event-pattern.js';

const created = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::landing', 'other'],
  detail: { bucket: { name: 'landing' }, object: { key: 'orders/a.csv', size: 3 } },
};

describe('an event pattern', () => {
  it.each<[string, object, boolean]>([
    ['an exact value', { source: ['aws.s3'] }, true],
    ['one of several values', { source: ['aws.ec2', 'aws.s3'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['a prefix', { detail: { object: { key: [{ prefix: 'orders/' }] } } }, true],
    ['another prefix', { detail: { object: { key: [{ prefix: 'order_events/' }] } } }, false],
    ['a number', { detail: { object: { size: [3] } } }, true],
    ['a number as text', { detail: { object: { size: ['3'] } } }, false],
    ['one element of a list', { resources: ['other'] }, true],
    ['a field that is not there', { detail: { reason: ['PutObject'] } }, false],
    ['every field', { source: ['aws.s3'], detail: { bucket: { name: ['elsewhere'] } } }, false],
    ['nothing', {}, true],
  ])('matches %s', (_what, pattern, expected) => {
    validatePattern(pattern, 'Lake/Rule');
    expect(matchesPattern(pattern, created)).toBe(expected);
  });

  it.each<[object, string]>([
    [
      { detail: { object: { key: [{ suffix: '.csv' }] } } },
      "Lake/Rule: the local runtime does not run the matcher 'suffix' of 'detail.object.key'",
    ],
    [{ detail: { object: { key: [{ 'anything-but': ['x'] }] } } }, "the matcher 'anything-but'"],
    [{ detail: { object: { size: [{ numeric: ['>', 0] }] } } }, "the matcher 'numeric'"],
    [{ detail: { object: { key: [{ prefix: { 'equals-ignore-case': 'A' } }] } } }, "the matcher 'prefix with options'"],
    [{ $or: [{ source: ['a'] }] }, "the event pattern's '$or'"],
    [{ source: 'aws.s3' }, "no object at 'source'"],
  ])('refuses what it does not run: %j', (pattern, message) => {
    expect(() => validatePattern(pattern, 'Lake/Rule')).toThrow(message);
  });
});
