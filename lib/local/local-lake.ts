import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LakeError } from '../contract/lake-error.js';
import type { Zone } from '../model/zone.js';
import { quoteIdentifier as q } from '../sql/literal.js';
import { readStacks, readStages } from './assembly/assembly.js';
import { knownBuckets } from './assembly/buckets.js';
import type { LocalEnvironment } from './assembly/environment.js';
import { Inventory } from './assembly/inventory.js';
import { LocalFunctions } from './functions/functions.js';
import type { LocalEvent } from './local-event.js';
import { inReadingOrder, LocalPipeline } from './machine/local-pipeline.js';
import { ObjectServer } from './objects/object-server.js';
import { ObjectStore } from './objects/object-store.js';
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
import { DeliveryCount } from './sources/delivery-count.js';
import type { LocalSource } from './sources/local-source.js';
import { localSources } from './sources/sources.js';
import { athenaToDuckDb } from './tables/athena-query.js';
import { LakeState } from './tables/lake-state.js';
import { type GlueTable, glueTables } from './tables/lake-tables.js';
import { StatementTranslator } from './tables/statement-translator.js';
import { OBJECTS_FOLDER, Warehouse } from './tables/warehouse.js';

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

/** Where a bare table name is looked for: what people ask for most, first. */
const SEARCH_ORDER: readonly Zone[] = ['gold', 'silver', 'bronze', 'quarantine', 'operations'];

/** A synthesized lake on this machine. Not an emulator of AWS: what it does not know it refuses by name. */
export class LocalLake {
  /** Ids of the assembly's stages that hold stacks; empty when its stacks stand in the app itself. */
  static async stages(assembly: string): Promise<readonly string[]> {
    return readStages(assembly);
  }

  /**
   * Reads the assembly, makes or evolves the tables, starts the object store.
   * @throws LakeError naming each resource of the data path that this runtime does not run
   */
  static async open(options: LocalLakeOptions): Promise<LocalLake> {
    const folder = resolve(options.folder);
    const inventory = Inventory.of(readStacks(resolve(options.assembly), options.stage));
    const tables = glueTables(inventory);
    mkdirSync(folder, { recursive: true });
    const databases = inventory.all('AWS::Glue::Database').map(({ ref }) => ref);
    // First, for it keeps every other process out of the folder.
    const warehouse = await Warehouse.open(folder, tables, databases);
    const store = new ObjectStore(join(folder, OBJECTS_FOLDER), knownBuckets(inventory, tables));
    const server = await ObjectServer.start(store);
    const onEvent = options.onEvent ?? (() => {});
    const functions = new LocalFunctions(inventory, server.endpoint, onEvent);
    const environment: LocalEnvironment = {
      folder,
      inventory,
      store,
      state: new LakeState(folder),
      functions,
      clock: options.clock ?? (() => new Date()),
      seed: options.seed ?? 0,
      onEvent,
    };
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= (async () => {
        await functions.close();
        await server.close();
        await warehouse.close();
      })();
      return closed;
    };
    try {
      await warehouse.refreshViews(store);
      return new LocalLake(environment, tables, warehouse, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  private readonly localSources: readonly LocalSource[];
  private readonly localPipelines: readonly LocalPipeline[];
  private readonly translator: StatementTranslator;
  private before: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly environment: LocalEnvironment,
    private readonly glueTables: readonly GlueTable[],
    private readonly warehouse: Warehouse,
    /** Stops functions and object store and closes the database file. */
    readonly close: () => Promise<void>,
  ) {
    this.localSources = localSources(environment);
    const machines = environment.inventory.all('AWS::StepFunctions::StateMachine');
    this.localPipelines = inReadingOrder(machines.map((resource) => new LocalPipeline(environment, resource)));
    this.translator = new StatementTranslator(glueTables);
  }

  sources(): readonly SourceReport[] {
    return this.localSources.map(({ table, kind, notes, path }) => {
      const pipeline = this.localPipelines.find((candidate) => path.startsWith(`${candidate.path}/`))?.name;
      return { name: table.name, kind, notes, ...(pipeline === undefined ? {} : { pipeline }) };
    });
  }

  /** Names of the pipelines, those that others read from first. */
  pipelines(): readonly string[] {
    return this.localPipelines.map(({ name }) => name);
  }

  /** Delivers records to a source as its synthesized mapping says. Ends when every record is a row, in quarantine, or in the failure destination. */
  deliver(source: string, input: SourceInput): Promise<DeliveryReport> {
    return this.alone(() => this.deliverTo(source, input));
  }

  private async deliverTo(source: string, input: SourceInput): Promise<DeliveryReport> {
    const chosen = this.localSources.find(({ table }) => table.name === source);
    if (chosen === undefined)
      throw new LakeError(
        'local/source',
        `no source '${source}': this lake has ${this.listed(this.localSources.map(({ table }) => table.name))}`,
      );
    const { state, clock, store } = this.environment;
    const { table } = chosen;
    const started = performance.now();
    const count = new DeliveryCount(store, table.name, table.bronzeBucket, table.quarantineBucket);
    const outcome = await chosen.deliver(input).finally(() => count.end());
    const counted = await count.end();
    await this.warehouse.refreshViews(store);
    const filled = this.glueTables.filter(({ objects }) => objects !== undefined && objects.prefix === `${table.name}/`);
    state.touch(filled.map(nameOf), clock());
    return {
      source,
      received: outcome.received ?? counted.written + counted.rejected + counted.repeated + outcome.failed,
      ...counted,
      failed: outcome.failed,
      batches: outcome.batches,
      ms: Math.round(performance.now() - started),
    };
  }

  /** Interprets the pipelines' state machines. A failed run is a report, not an exception. */
  run(options: RunOptions = {}): Promise<readonly RunReport[]> {
    return this.alone(async () => {
      const chosen =
        options.pipeline === undefined ? this.localPipelines : this.localPipelines.filter(({ name }) => name === options.pipeline);
      if (chosen.length === 0)
        throw new LakeError('local/pipeline', `no pipeline '${options.pipeline ?? ''}': this lake has ${this.listed(this.pipelines())}`);
      const reports: RunReport[] = [];
      for (const pipeline of chosen) reports.push(await this.runPipeline(pipeline, options.asOf));
      return reports;
    });
  }

  private async runPipeline(pipeline: LocalPipeline, asOf: Date | undefined): Promise<RunReport> {
    const { clock, state, store } = this.environment;
    await this.warehouse.refreshViews(store);
    const report = await pipeline.run((text) => this.translator.run(this.warehouse, text), asOf);
    await this.warehouse.refreshViews(store);
    const seen = new Set(report.tables.map(({ zone, table }) => `${zone}.${table}`));
    const tables = this.glueTables.filter(({ zone, name }) => seen.has(`${zone}.${name}`));
    state.touch(tables.map(nameOf), clock());
    // Candidates of failed runs stay to be looked at until a run succeeds, as those in AWS until they expire.
    if (report.status === 'succeeded') await this.warehouse.dropLeftovers(tables.map(({ zone, name }) => `${zone}_${name}__`));
    return report;
  }

  /** One delivery or run at a time: they take positions on streams, and a run sees what was there when it began. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.before.then(work);
    this.before = result.catch(() => {});
    return result;
  }

  /** Runs one DuckDB query over the lake; each Glue database is a schema, and the table names of gold, silver and bronze resolve bare. */
  async query(sql: string): Promise<QueryReport> {
    return await this.warehouse.readOnly(sql, this.searchPath());
  }

  /**
   * DuckDB's text of a query in the portable subset of Athena's SQL, for `query`. Tables may be named by zone, `gold.daily_revenue`.
   * @throws LakeError with the place of what is wrong or outside the subset
   */
  translate(sql: string): string {
    return athenaToDuckDb(sql, this.glueTables, SEARCH_ORDER);
  }

  async tables(): Promise<readonly LakeTable[]> {
    return await Promise.all(this.glueTables.map((table) => this.tableReport(table)));
  }

  /** First rows of a table, `orders` or `shop_dev_silver.orders`. @default 20 rows */
  async show(table: string, limit = 20): Promise<QueryReport> {
    const found = this.findTable(table);
    if (!Number.isInteger(limit) || limit < 0) throw new LakeError('local/limit', `the limit is a whole number of rows, got ${limit}`);
    return await this.warehouse.read(`SELECT * FROM ${q(found.database)}.${q(found.name)} LIMIT ${limit}`);
  }

  /** What the assembly holds that is listed only. */
  recorded(): readonly RecordedResource[] {
    return this.environment.inventory.recorded;
  }

  private async tableReport(table: GlueTable): Promise<LakeTable> {
    const { rows } = await this.warehouse.read(`SELECT count(*) FROM ${q(table.database)}.${q(table.name)}`);
    const lastRun = this.environment.state.lastRun(nameOf(table));
    const stored =
      table.objects === undefined
        ? { storage: 'simulated Iceberg' as const, bytes: await this.warehouse.bytesOf(table) }
        : { storage: 'objects' as const, bytes: this.objectBytes(table.objects) };
    const { zone, database, name } = table;
    return { zone, database, name, ...stored, rows: Number(rows[0]?.[0] ?? 0), ...(lastRun === undefined ? {} : { lastRun }) };
  }

  private objectBytes({ bucket, prefix }: NonNullable<GlueTable['objects']>): number {
    return this.environment.store.list(bucket, prefix).objects.reduce((sum, { size }) => sum + size, 0);
  }

  private findTable(name: string): GlueTable {
    const candidates = this.glueTables.filter(
      (table) => table.name === name || nameOf(table) === name || `${table.zone}.${table.name}` === name,
    );
    const first = [...candidates].sort((a, b) => SEARCH_ORDER.indexOf(a.zone) - SEARCH_ORDER.indexOf(b.zone))[0];
    if (first === undefined)
      throw new LakeError('local/table', `no table '${name}': this lake has ${this.listed(this.glueTables.map(nameOf))}`);
    return first;
  }

  private searchPath(): readonly string[] {
    const databases = SEARCH_ORDER.flatMap((zone) =>
      this.glueTables.filter((table) => table.zone === zone).map(({ database }) => database),
    );
    return [...new Set(databases)];
  }

  private listed(names: readonly string[]): string {
    return names.length === 0 ? 'none' : names.join(', ');
  }
}

function nameOf({ database, name }: GlueTable): string {
  return `${database}.${name}`;
}
