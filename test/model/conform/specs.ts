import type { ColumnSpec, ContractSpec, TypeSpec } from '../../../lib/contract/spec.js';
import { type Arrival, type ConformOptions, compileConform, type Outcome, type Rule } from '../../../lib/model/conform/index.js';

export const ARRIVAL: Arrival = { arrivedAt: '2026-01-31 09:00:00.250000', position: 'shardId-000000000000/42' };

export function specOf(...columns: readonly ColumnSpec[]): ContractSpec {
  return { name: 'orders', version: '0123456789ab', columns, rules: [] };
}

export function column(name: string, type: TypeSpec, flags: Partial<ColumnSpec> = {}): ColumnSpec {
  return { name, type, nullable: false, ...flags };
}

/** A contract of one nullable column `v`. */
export function only(type: TypeSpec, flags: Partial<ColumnSpec> = {}): ContractSpec {
  return specOf(column('v', type, { nullable: true, ...flags }));
}

export function conformed(spec: ContractSpec, record: string | Uint8Array, options?: ConformOptions): Outcome {
  return compileConform(spec, options).record(typeof record === 'string' ? Buffer.from(record) : record, ARRIVAL);
}

/** The row as a reader of the object sees it. */
export function rowOf(outcome: Outcome): Record<string, unknown> {
  if ('reasons' in outcome) throw new Error(`refused: ${JSON.stringify(outcome.reasons)}`);
  return JSON.parse(outcome.row) as Record<string, unknown>;
}

/** The text of column `v` in the object's line, digits as they stand. */
export function written(outcome: Outcome): string {
  if ('reasons' in outcome) throw new Error(`refused: ${JSON.stringify(outcome.reasons)}`);
  const match = /^\{"v":(.*),"_arrived_at":/s.exec(outcome.row);
  if (match === null) throw new Error('no column v in the line');
  return match[1] as string;
}

/** `rule field` of each reason. */
export function reasons(outcome: Outcome): string[] {
  if (!('reasons' in outcome)) throw new Error('accepted');
  return outcome.reasons.map(({ rule, field }: { rule: Rule; field: string }) => (field === '' ? rule : `${rule} ${field}`));
}
