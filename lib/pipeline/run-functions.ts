import { Duration, Lazy, Size } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { HandlerFunction } from '../lake/handler-function.js';
import { listObjects, writeObjects } from '../lake/statement.js';
import type { CloseRunEnvironment, OpenRunEnvironment } from '../model/handler-environment.js';
import { RUNS_PREFIX, tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import type { ITableRef } from '../model/table.js';

/** The functions at both ends of a run. */
export interface RunFunctions {
  readonly open: HandlerFunction;
  readonly close: HandlerFunction;
  /** Lets `Open run` see which arrivals of the tables there are. */
  allowListing(tables: readonly ITableRef[]): void;
}

/** @param bronzeTables asked when the template is made: only then are all steps known. */
export function runFunctions(scope: Construct, lake: ILake, bronzeTables: () => readonly string[]): RunFunctions {
  const pipeline = scope.node.id;
  const common = { timeout: Duration.minutes(5), memory: Size.mebibytes(256), keepLogs: lake.keepLogs };
  const openEnvironment: OpenRunEnvironment = {
    MEDALLION_PIPELINE: pipeline,
    MEDALLION_BRONZE_BUCKET: lake.zones.bronze.bucket.bucketName,
    MEDALLION_BRONZE_TABLES: Lazy.string({ produce: () => bronzeTables().join(',') }),
  };
  const closeEnvironment: CloseRunEnvironment = {
    MEDALLION_PIPELINE: pipeline,
    MEDALLION_OPERATIONS_BUCKET: lake.zones.operations.bucket.bucketName,
  };
  const open = new HandlerFunction(scope, 'OpenRun', {
    ...common,
    handler: 'open-run',
    description: `Freezes what a run of ${pipeline} works on`,
    environment: { ...openEnvironment },
    statements: [],
  });
  const close = new HandlerFunction(scope, 'CloseRun', {
    ...common,
    handler: 'close-run',
    description: `Writes the record of a run of ${pipeline}`,
    environment: { ...closeEnvironment },
    statements: writeObjects(lake.zones.operations, RUNS_PREFIX),
  });
  const allowListing = (tables: readonly ITableRef[]) =>
    open.role.allow(...tables.flatMap(({ tableName }) => listObjects(lake.zones.bronze, tablePrefix(tableName))));
  return { open, close, allowListing };
}
