import type { BronzeTable } from '../../lambdas/bronze/write-batch.js';
import type { ContractSpec } from '../../lib/contract/spec.js';
import { compileConform } from '../../lib/model/conform/index.js';
import { column, specOf } from '../model/conform/specs.js';
import { MemoryStore } from './memory-store.js';

export const ORDERS: ContractSpec = specOf(
  column('id', { kind: 'text' }, { key: true }),
  column('amount', { kind: 'decimal', precision: 10, scale: 2 }),
  column('note', { kind: 'text' }, { nullable: true }),
);

export function makeTable(spec: ContractSpec = ORDERS): BronzeTable & { readonly store: MemoryStore } {
  return {
    table: spec.name,
    contract: spec.version,
    conform: compileConform(spec),
    bronzeBucket: 'bronze',
    quarantineBucket: 'quarantine',
    store: new MemoryStore(),
  };
}

export interface Quarantined {
  readonly position: string;
  readonly arrived_at: string;
  readonly contract: string;
  readonly reasons: { readonly rule: string; readonly field: string }[];
  readonly payload_base64?: string;
  readonly payload_key?: string;
  readonly bytes: number;
}

export function quarantined(table: { readonly store: MemoryStore }): Quarantined[] {
  return table.store.rows<Quarantined>('quarantine');
}

export function payloadOf(record: Quarantined): string {
  return Buffer.from(record.payload_base64 as string, 'base64').toString();
}
