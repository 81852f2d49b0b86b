import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';
import type { ContractSpec } from '../../contract/spec.js';
import type { ConformEnvironment } from '../../model/handler-environment.js';
import type { Inventory, RunResource } from '../assembly/inventory.js';
import type { SourceInput, SourceReport } from '../report.js';

/** The bronze table that a source's function fills, as its environment and the contract beside its code say. */
export interface SourceTable {
  readonly name: string;
  readonly bronzeBucket: string;
  readonly quarantineBucket: string;
  /** Names that the contract's key columns have in the source's records. */
  readonly keys: readonly string[];
}

export interface SourceOutcome {
  /** Records of a stream; for files their rows are counted in what was written. */
  readonly received?: number;
  readonly batches: number;
  readonly failed: number;
}

/** A way into the lake. */
export interface LocalSource {
  readonly kind: SourceReport['kind'];
  readonly table: SourceTable;
  readonly notes: readonly string[];
  /** Where its resource stands in the construct tree. */
  readonly path: string;
  deliver(input: SourceInput): Promise<SourceOutcome>;
}

export function sourceTableOf(inventory: Inventory, target: RunResource): SourceTable {
  const environment = variablesOf(target) as Partial<Record<keyof ConformEnvironment, string>>;
  const { MEDALLION_TABLE: name, MEDALLION_BRONZE_BUCKET: bronzeBucket, MEDALLION_QUARANTINE_BUCKET: quarantineBucket } = environment;
  if (name === undefined || bronzeBucket === undefined || quarantineBucket === undefined) {
    throw new LakeError('local/source', 'the function is no conform handler of this library: its environment names no table', {
      path: target.path,
    });
  }
  const file = join(inventory.codeOf(target), 'contract.json');
  const contract = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ContractSpec) : undefined;
  const keys = contract?.columns.filter((column) => column.key).map((column) => column.from ?? column.name) ?? [];
  return { name, bronzeBucket, quarantineBucket, keys };
}

/** The environment of a function as synthesized. */
export function variablesOf(target: RunResource): Record<string, string> {
  const { Variables: variables = {} } = (target.properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}
