import { createHash } from 'node:crypto';
import type { ContractSpec } from './spec.js';

/** 12 hex digits, the same for declarations that mean the same: descriptions do not count, nor does the order of keys in the data. */
export function fingerprint(declaration: Pick<ContractSpec, 'columns' | 'rules'>): string {
  return createHash('sha256').update(canonicalJson(declaration)).digest('hex').slice(0, 12);
}

function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (key, value: unknown) => {
    if (key === 'description') return undefined;
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
}
