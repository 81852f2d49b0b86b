/** Where things lie: object keys and technical columns, written once for constructs, handlers and the local runtime. */
import type { TableZone } from './zone.js';

/** Partition of an arrival: the UTC hour, `2026-01-31-09`. */
export function arrivalOf(arrivedAt: Date): string {
  return arrivedAt.toISOString().slice(0, 13).replace('T', '-');
}

/** Prefix under which a table's conformed objects lie in the bronze bucket, and its refused records in the quarantine bucket. */
export function tablePrefix(table: string): string {
  return `${table}/`;
}

/** Key of one object of rows. `name` is unique for what the object holds, so that writing it twice changes nothing. */
export function arrivalKey(table: string, arrival: string, name: string): string {
  return `${tablePrefix(table)}arrival=${arrival}/${name}.ndjson.gz`;
}

/** Table of the quarantine database that keeps what a table's maker refused: `bronze_orders`, `silver_orders`. */
export function quarantineTableName(zone: TableZone, table: string): string {
  return `${zone}_${table}`;
}

/** Prefix of an Iceberg table's files. In quarantine they lie apart from refused records, which go by age and which VACUUM would take for orphans. */
export function icebergPrefix(zone: 'silver' | 'gold' | 'quarantine', table: string): string {
  return zone === 'quarantine' ? `tables/${table}/` : tablePrefix(table);
}

/** Prefix of the landing bucket that a file source watches. */
export function landingPrefix(table: string): string {
  return `${table}/`;
}

/** Prefix of the bronze bucket that remembers when each file was first seen. Engines pass over names that begin with an underscore. */
export function filesPrefix(table: string): string {
  return `${tablePrefix(table)}_files/`;
}

/** Prefix of run records in the operations bucket. */
export const RUNS_PREFIX = 'runs/';

/** Prefix of Athena's results in the operations bucket; candidate tables lie below it, because the workgroup enforces its output location. */
export const RESULTS_PREFIX = 'results/';

/** Prefix of the bronze bucket where Firehose puts what it could not hand to the conform code. No table's name begins with an underscore. */
export const FAILED_PREFIX = '_failed/';

/** Prefix of the quarantine bucket where Lambda itself keeps what a function never accepted, with payload. The service chooses it. */
export const LAMBDA_FAILURES_PREFIX = 'aws/lambda/';

/** Technical columns of every bronze row, after the contract's own. All are text in the object. */
export const BRONZE_META = {
  /** When the record reached the lake: UTC, microseconds, `2026-01-31 09:00:00.000000`. */
  arrivedAt: '_arrived_at',
  /** Where it stood in its source: `<shard>/<sequence>`, `<sequence>` a decimal number, or `<object>@<etag>/<row>`. Equal for a redelivered record. */
  position: '_position',
  /** Version of the contract that conformed it. */
  contract: '_contract',
  /** Fields the contract does not know, as one JSON object, or null (EV-3). */
  extra: '_extra',
} as const;

/** Partition key of bronze and quarantine tables. */
export const ARRIVAL = 'arrival';

/** Technical columns of every silver and gold row. */
export const TABLE_META = {
  /** The run that wrote this version of the row. */
  run: '_run_id',
} as const;
