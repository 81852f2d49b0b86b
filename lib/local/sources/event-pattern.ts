import { LakeError } from '../../contract/lake-error.js';

/** An EventBridge pattern over objects, exact values and prefixes: the part that this library's rules use. */
export type EventPattern = { readonly [field: string]: EventPattern | readonly EventMatcher[] };

export type EventMatcher = string | number | boolean | null | { readonly prefix: string };

/** @throws LakeError that names a matcher which is not run here */
export function validatePattern(pattern: unknown, path: string, at: readonly string[] = []): asserts pattern is EventPattern {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw new LakeError('local/event-pattern', `the event pattern has no object at '${at.join('.')}'`, { path });
  }
  for (const [field, value] of Object.entries(pattern)) {
    if (field.startsWith('$'))
      throw new LakeError('local/event-pattern', `the local runtime does not run the event pattern's '${field}'`, { path });
    if (!Array.isArray(value)) {
      validatePattern(value, path, [...at, field]);
      continue;
    }
    for (const matcher of value as unknown[]) {
      if (typeof matcher !== 'object' || matcher === null) continue;
      const kinds = Object.keys(matcher);
      const prefix = (matcher as { prefix?: unknown }).prefix;
      if (kinds.length === 1 && typeof prefix === 'string') continue;
      const name = typeof prefix === 'object' ? 'prefix with options' : kinds.join(', ');
      throw new LakeError('local/event-pattern', `the local runtime does not run the matcher '${name}' of '${[...at, field].join('.')}'`, {
        path,
      });
    }
  }
}

/** Whether an event matches: every field of the pattern holds one of its values. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[field] : undefined;
    if (!isMatchers(expected)) return matchesPattern(expected, value);
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    return values.some((one) => expected.some((matcher) => matchesValue(matcher, one)));
  });
}

function isMatchers(expected: EventPattern | readonly EventMatcher[]): expected is readonly EventMatcher[] {
  return Array.isArray(expected);
}

function matchesValue(matcher: EventMatcher, value: unknown): boolean {
  if (typeof matcher === 'object' && matcher !== null) return typeof value === 'string' && value.startsWith(matcher.prefix);
  return matcher === value;
}
