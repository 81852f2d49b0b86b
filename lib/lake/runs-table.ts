import type { Construct } from 'constructs';
import { RUNS_PREFIX } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { JsonTable } from './json-table.js';

/** The run records of all pipelines of a lake: what ran, for which moment, with which counts. */
export class RunsTable extends JsonTable {
  constructor(scope: Construct, id: string, lake: ILake) {
    super(scope, id, {
      lake,
      zone: 'operations',
      tableName: 'runs',
      description: 'What ran, for which moment, with which counts',
      columns: [
        { name: 'run_id', type: 'string' },
        { name: 'pipeline', type: 'string' },
        { name: 'as_of', type: 'string', comment: 'the moment the run is for, UTC' },
        { name: 'started_at', type: 'string', comment: 'UTC' },
        { name: 'status', type: 'string', comment: 'succeeded or failed' },
        { name: 'error', type: 'string' },
        { name: 'tables', type: 'array<struct<table:string,rows_in:bigint,published:bigint,deduplicated:bigint,quarantined:bigint>>' },
      ],
      prefix: RUNS_PREFIX,
      byArrival: false,
    });
  }
}
