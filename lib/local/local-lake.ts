import { LakeError } from '../contract/lake-error.js';
import type { LocalEvent } from './local-event.js';
import type {
  DeliveryReport,
  LakeTable,
  QueryReport,
  RecordedResource,
  RunOptions,
  RunReport,
  SourceInput,
  SourceReport,
} from './report.js';

export interface LocalLakeOptions {
  /** Folder of the synthesized cloud assembly, `cdk.out`. */
  readonly assembly: string;
  /** Folder that keeps objects and tables between runs; made when missing. */
  readonly folder: string;
  /** Id of the Stage to run, `Dev`. @default the only one; an assembly of several needs it */
  readonly stage?: string;
  /** The time here. @default the machine's */
  readonly clock?: () => Date;
  /** Makes sequence numbers and run names of two lakes differ. @default 0 */
  readonly seed?: number;
  readonly onEvent?: (event: LocalEvent) => void;
}

/** A synthesized lake on this machine. */
export class LocalLake {
  /** Ids of the assembly's stages that hold stacks; empty when its stacks stand in the app itself. */
  static async stages(_assembly: string): Promise<readonly string[]> {
    return notYet();
  }

  /**
   * Reads the assembly, makes or evolves the tables, starts the object store.
   * @throws LakeError naming each resource of the data path that this runtime does not run
   */
  static async open(_options: LocalLakeOptions): Promise<LocalLake> {
    return notYet();
  }

  private constructor() {}

  sources(): readonly SourceReport[] {
    return notYet();
  }

  /** Names of the pipelines, those that others read from first. */
  pipelines(): readonly string[] {
    return notYet();
  }

  /** Delivers records to a source as its synthesized mapping says. Ends when every record is a row, in quarantine, or in the failure destination. */
  async deliver(_source: string, _input: SourceInput): Promise<DeliveryReport> {
    return notYet();
  }

  /** Interprets the pipelines' state machines. A failed run is a report, not an exception. */
  async run(_options: RunOptions = {}): Promise<readonly RunReport[]> {
    return notYet();
  }

  /** Runs one DuckDB query over the lake; each Glue database is a schema, and the table names of gold, silver and bronze resolve bare. */
  async query(_sql: string): Promise<QueryReport> {
    return notYet();
  }

  async tables(): Promise<readonly LakeTable[]> {
    return notYet();
  }

  /** First rows of a table, `orders` or `shop_dev_silver.orders`. @default 20 rows */
  async show(_table: string, _limit = 20): Promise<QueryReport> {
    return notYet();
  }

  /** What the assembly holds that is listed only. */
  recorded(): readonly RecordedResource[] {
    return notYet();
  }

  async close(): Promise<void> {
    return notYet();
  }
}

function notYet(): never {
  throw new LakeError('local/not-yet', 'the local runtime is not complete yet');
}
