export * from './contract/index.js';
export {
  type AdoptedZone,
  ALLOW_DESTROY,
  DataLake,
  type DataLakeProps,
  ENVIRONMENT_DEFAULTS,
  type Environment,
  ServiceRole,
  type Statement,
} from './lake/index.js';
export { Partition } from './model/partition.js';
export type { QuarantineLimit } from './model/quarantine-limit.js';
export type { ILake, IPipeline, IStep, PipelineScope } from './model/step.js';
export { type DirectRead, directly, type ITable, type ITableRef } from './model/table.js';
export type { ITransformStep } from './model/transform-step.js';
export { append, full, replaceWindows, upsert, type WriteMode } from './model/write-mode.js';
export type { TableZone, Zone } from './model/zone.js';
export { Pipeline, PipelinePart, type PipelineProps, type ScheduleOptions, Trigger } from './pipeline/index.js';
export * from './sources/index.js';
export { type Compilable, compiled } from './sql/compiled.js';
export { asOf, Sql, sql } from './sql/sql.js';
export { sqlFile } from './sql/sql-file.js';
export * from './transforms/index.js';
