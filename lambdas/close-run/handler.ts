import type { CloseRunEnvironment } from '../../lib/model/handler-environment.js';
import type { CloseRunInput, RunRecord } from '../../lib/model/run.js';
import { s3ObjectStore } from '../object-store/s3.js';
import { closeRun } from './close-run.js';

const environment = process.env as unknown as CloseRunEnvironment;
const ports = {
  pipeline: environment.MEDALLION_PIPELINE,
  operationsBucket: environment.MEDALLION_OPERATIONS_BUCKET,
  store: s3ObjectStore(process.env),
};

export function handler(event: CloseRunInput): Promise<RunRecord> {
  return closeRun(event, ports);
}
