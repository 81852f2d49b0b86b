import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';

/** How many stream positions are set aside at once. */
const RESERVED = 100_000;

interface State {
  /** How many records each stream has ever taken. */
  streams: Record<string, number>;
  /** Things that were given a number: executions, events, objects that a service names. */
  counters: Record<string, number>;
  /** When a run or a delivery last touched a table, ISO 8601, by `database.table`. */
  tables: Record<string, string>;
}

/** What the lake's folder remembers beside objects and tables. Written whole, by a rename. */
export class LakeState {
  private readonly path: string;
  private readonly state: State;

  constructor(folder: string) {
    this.path = join(folder, 'state.json');
    this.state = { streams: {}, counters: {}, tables: {}, ...read(this.path) };
  }

  streamPosition(stream: string): number {
    return this.state.streams[stream] ?? 0;
  }

  setStreamPosition(stream: string, next: number): void {
    this.state.streams[stream] = next;
    this.save();
  }

  /** Passes records on, writing down ahead of them which positions they take: a delivery that is cut off never gives one twice. */
  async *reserving<T>(stream: string, records: AsyncIterable<T>): AsyncIterable<T> {
    const from = this.streamPosition(stream);
    let count = 0;
    for await (const record of records) {
      if (count % RESERVED === 0) this.setStreamPosition(stream, from + count + RESERVED);
      yield record;
      count++;
    }
  }

  /** The next number of a kind: never given again. */
  next(kind: string): number {
    const number = (this.state.counters[kind] ?? 0) + 1;
    this.state.counters[kind] = number;
    this.save();
    return number;
  }

  lastRun(table: string): string | undefined {
    return this.state.tables[table];
  }

  touch(tables: readonly string[], at: Date): void {
    for (const table of tables) this.state.tables[table] = at.toISOString();
    this.save();
  }

  private save(): void {
    const temporary = `${this.path}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(this.state, null, 1)}\n`);
    renameSync(temporary, this.path);
  }
}

function read(path: string): Partial<State> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<State>;
  } catch {
    throw new LakeError('local/state', `'${path}' is not readable: without it record positions would repeat; start with a new folder`);
  }
}
