/** Runs a synthesized lake on this machine: its own mappings, state machines, SQL and handler bundles. Not an AWS emulator. */
export type { LocalEvent } from './local-event.js';
export { LocalLake, type LocalLakeOptions } from './local-lake.js';
export type {
  DeliveryReport,
  JsonValue,
  LakeTable,
  QueryReport,
  RecordedResource,
  RunOptions,
  RunReport,
  SourceInput,
  SourceRecord,
  SourceReport,
  TableReport,
} from './report.js';
