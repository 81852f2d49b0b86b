import type { OpenRunEnvironment } from '../../lib/model/handler-environment.js';
import type { OpenRunInput, Run } from '../../lib/model/run.js';
import { s3ObjectStore } from '../object-store/s3.js';
import { openRun } from './open-run.js';

const environment = process.env as unknown as OpenRunEnvironment;
const ports = {
  pipeline: environment.MEDALLION_PIPELINE,
  bronzeBucket: environment.MEDALLION_BRONZE_BUCKET,
  bronzeTables: environment.MEDALLION_BRONZE_TABLES.split(',').filter((name) => name !== ''),
  store: s3ObjectStore(process.env),
};

export function handler(event: OpenRunInput): Promise<Run> {
  return openRun(event, ports);
}
