import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { LakeError } from '../../contract/lake-error.js';
import { quoteIdentifier } from '../literal.js';
import { duckDbType } from '../print/duckdb.js';
import type { CatalogTable } from '../types/catalog.js';
import { WORKER_SOURCE } from './worker-source.js';

/** A column as DuckDB sees it, its type in DuckDB's words. */
export interface BoundColumn {
  readonly name: string;
  readonly type: string;
}

/** DuckDB did not accept a statement. Its own text is in `cause` only: it can quote values. */
export class BindError extends LakeError {}

interface Answer {
  readonly id: number;
  readonly columns?: readonly BoundColumn[];
  readonly error?: string;
}

/** A dead worker cannot say so: this is how long the first and every later answer may take, in milliseconds. */
const PATIENCE = 15_000;

/** One thread with an empty DuckDB, asked synchronously: construct constructors cannot wait for promises. */
class Binder {
  private readonly port: MessagePort;
  private readonly signal: Int32Array;
  private id = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const flag = new SharedArrayBuffer(4);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      // Loaders of the host (tsx, vitest) have no business in this thread and cost it half a second.
      execArgv: [],
      env,
      workerData: { port: port2, flag, module: createRequire(import.meta.url).resolve('@duckdb/node-api') },
      transferList: [port2],
    });
    worker.unref();
    port1.unref();
    this.port = port1;
    this.signal = new Int32Array(flag);
  }

  /** Lets the thread make tables while this one goes on. What fails then fails again, and is told, when it is asked. */
  prepare(tables: readonly CatalogTable[]): void {
    this.port.postMessage({ tables: tables.map(tableDdl) });
  }

  ask(sql: string, tables: readonly CatalogTable[], describe: boolean): Answer {
    const seen = Atomics.load(this.signal, 0);
    const id = ++this.id;
    this.port.postMessage({ id, sql, describe, tables: tables.map(tableDdl) });
    if (Atomics.wait(this.signal, 0, seen, PATIENCE) === 'timed-out') {
      binder = undefined;
      throw new LakeError(
        'sql-bind',
        `duckdb gave no answer in ${PATIENCE / 1000} s: check that @duckdb/node-api can be loaded on this machine`,
      );
    }
    for (let answer = receiveMessageOnPort(this.port); answer !== undefined; answer = receiveMessageOnPort(this.port)) {
      if ((answer.message as Answer).id === id) return answer.message as Answer;
    }
    throw new LakeError('sql-bind', 'duckdb gave an answer to another question');
  }
}

let binder: Binder | undefined;

/** Tells of tables that will soon be bound over: DuckDB starts and makes them while the statement is still being read. */
export function prepareToBind(tables: readonly CatalogTable[]): void {
  binder ??= new Binder();
  binder.prepare(tables);
}

/**
 * Binds DuckDB SQL over empty tables, without waiting for a promise: names, types and grouping get a second opinion.
 * Takes about 150 ms the first time and 1 ms after.
 * @throws BindError when DuckDB does not accept it
 */
export function bind(sql: string, tables: readonly CatalogTable[], options: { readonly describe?: boolean } = {}): readonly BoundColumn[] {
  binder ??= new Binder();
  const answer = binder.ask(sql, tables, options.describe ?? true);
  if (answer.columns !== undefined) return answer.columns;
  const kind = /^(\w+) Error/.exec(answer.error ?? '')?.[1]?.toLowerCase() ?? 'unknown';
  throw new BindError('sql-bind', `duckdb refuses the statement (${kind} error)`, { cause: answer.error });
}

function tableDdl(table: CatalogTable) {
  const columns = table.columns.map((column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`);
  return { schema: quoteIdentifier(table.database), name: quoteIdentifier(table.name), ddl: `(${columns.join(', ')})` };
}
