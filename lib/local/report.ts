import type { Zone } from '../model/zone.js';

/** One record as a producer would put it on a stream. Text and bytes are delivered as they are, valid or not. */
export interface SourceRecord {
  readonly data: string | Uint8Array;
  /** Decides the shard. @default the values of the contract's key columns; for data that is not a JSON object, a hash of the data */
  readonly partitionKey?: string;
  /** When the record reaches the stream. @default the lake's clock */
  readonly arrivedAt?: Date;
  /** Where another stream put the record, to repeat its delivery here. Given both or neither. @default chosen by the partition key */
  readonly shardId?: string;
  readonly sequenceNumber?: string;
}

/** What `deliver` takes: the path of a file, or the records themselves (a bare text or bytes is a record's data). */
export type SourceInput = string | Iterable<SourceRecord | string | Uint8Array> | AsyncIterable<SourceRecord | string | Uint8Array>;

/** A source of the lake that `deliver` can feed. */
export interface SourceReport {
  /** Equal to the bronze table it fills. */
  readonly name: string;
  readonly kind: 'stream' | 'firehose' | 'file';
  readonly pipeline?: string;
  /** What the mapping says and this machine does not do, one sentence each. */
  readonly notes: readonly string[];
}

/** What became of one delivery: `received = written + rejected + repeated + failed`, to the record (packed records: to the inner row). */
export interface DeliveryReport {
  readonly source: string;
  readonly received: number;
  /** Rows now in bronze that were not there before. */
  readonly written: number;
  /** Records now in quarantine, each with its reason. */
  readonly rejected: number;
  /** Rows and refused records that an earlier delivery had already written: nothing changed. */
  readonly repeated: number;
  /** Records in the failure destination, with payload. */
  readonly failed: number;
  readonly batches: number;
  readonly ms: number;
}

/** One table in one run. Counts are those that the run's own audit took. */
export interface TableReport {
  readonly table: string;
  readonly zone: Zone;
  readonly rowsIn: number;
  readonly written: number;
  readonly rejected: number;
  readonly deduplicated: number;
  /** Time in the table's own states. */
  readonly ms: number;
}

/** One execution of a pipeline's state machine. */
export interface RunReport {
  readonly pipeline: string;
  readonly runId: string;
  readonly asOf: string;
  readonly status: 'succeeded' | 'failed';
  /** The state that failed, the error's name, and our own words about it. */
  readonly error?: { readonly state: string; readonly name: string; readonly message: string };
  readonly ms: number;
  readonly tables: readonly TableReport[];
}

export interface RunOptions {
  /** @default every pipeline of the lake, those that others read from first */
  readonly pipeline?: string;
  /** The moment the run sees the lake at. @default the lake's clock */
  readonly asOf?: Date;
}

export interface LakeTable {
  readonly zone: Zone;
  readonly database: string;
  readonly name: string;
  /** `objects`: read from the object store at each query. `simulated Iceberg`: a table of the local database. */
  readonly storage: 'objects' | 'simulated Iceberg';
  readonly rows: number;
  /** Stored size. For `simulated Iceberg` an estimate from DuckDB's blocks. */
  readonly bytes: number;
  /** End of the last run that changed or checked the table, ISO 8601; of the last delivery for bronze. */
  readonly lastRun?: string;
}

/** Rows of a query. Values are JSON: exact numbers beyond 2^53, decimals, dates and timestamps are text. */
export interface QueryReport {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly JsonValue[])[];
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A resource of the assembly that exists in AWS only: it is listed, not run. */
export interface RecordedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly path?: string;
}
