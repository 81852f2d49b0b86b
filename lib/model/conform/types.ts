import type { TypeSpec } from '../../contract/spec.js';
import { decimal, double, integer } from './number.js';
import type { Canonical } from './refusal.js';
import { date, timestamp } from './time.js';

/** The scalar types: the canonical text of a value that was written as plain text (a CSV cell, a map's key, a JSON string's content). */

export type ScalarSpec =
  | { readonly kind: 'text' | 'boolean' | 'int' | 'bigint' | 'double' | 'date' | 'timestamp' }
  | Extract<TypeSpec, { readonly kind: 'decimal' | 'oneOf' }>;

export function isScalar(type: TypeSpec): type is ScalarSpec {
  return type.kind !== 'array' && type.kind !== 'struct' && type.kind !== 'map' && type.kind !== 'json';
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Canonical text of a scalar from plain text, by the contract's own words: `true`, `12.50`, `2026-01-31`. Nothing is trimmed or guessed. */
export function canonicalText(type: ScalarSpec): (text: string) => Canonical {
  switch (type.kind) {
    case 'text':
      return (text) => (LONE_SURROGATE.test(text) ? { rule: 'encoding' } : { text });
    case 'boolean':
      return (text) => (text === 'true' || text === 'false' ? { text } : { rule: 'drift' });
    case 'int':
      return (text) => integer(text, 32);
    case 'bigint':
      return (text) => integer(text, 64);
    case 'double':
      return double;
    case 'decimal':
      return (text) => decimal(text, type.precision, type.scale);
    case 'date':
      return date;
    case 'timestamp':
      return timestamp;
    case 'oneOf': {
      const values = new Set(type.values);
      return (text) => (values.has(text) ? { text } : { rule: 'oneOf' });
    }
  }
}

/** Whether the type stands in a bronze line as a JSON string. */
export function isQuoted(type: TypeSpec): boolean {
  return type.kind !== 'boolean' && type.kind !== 'int' && type.kind !== 'bigint' && type.kind !== 'double';
}
