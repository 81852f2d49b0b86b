import { readFileSync } from 'node:fs';
import type { ContractSpec } from '../../lib/contract/spec.js';
import { compileConform } from '../../lib/model/conform/index.js';
import type { ConformEnvironment } from '../../lib/model/handler-environment.js';
import { s3ObjectStore } from '../object-store/s3.js';
import type { BronzeTable } from './write-batch.js';

/** What a conform handler works for, from its environment and the `contract.json` beside its bundle. Without either it does not start (F-44). */
export function bronzeTable(contractFile: URL): BronzeTable {
  const environment = process.env as unknown as ConformEnvironment;
  for (const key of ['MEDALLION_TABLE', 'MEDALLION_BRONZE_BUCKET', 'MEDALLION_QUARANTINE_BUCKET'] as const) {
    if (!environment[key]) throw new Error(`environment variable ${key} is missing`);
  }
  const spec = JSON.parse(readFileSync(contractFile, 'utf8')) as ContractSpec;
  return {
    table: environment.MEDALLION_TABLE,
    contract: spec.version,
    conform: compileConform(spec),
    bronzeBucket: environment.MEDALLION_BRONZE_BUCKET,
    quarantineBucket: environment.MEDALLION_QUARANTINE_BUCKET,
    store: s3ObjectStore(process.env),
  };
}
