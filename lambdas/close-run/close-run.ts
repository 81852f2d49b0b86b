import { createHash } from 'node:crypto';
import { RUNS_PREFIX } from '../../lib/model/layout.js';
import type { CloseRunInput, RunRecord, TableCounts } from '../../lib/model/run.js';
import type { ObjectStore } from '../object-store/object-store.js';

export interface CloseRunPorts {
  readonly pipeline: string;
  readonly operationsBucket: string;
  readonly store: Pick<ObjectStore, 'put'>;
}

/**
 * Writes the run's record to the operations bucket and gives it back. A run that failed and is then redriven writes it
 * again, under the same key: the last word counts.
 */
export async function closeRun(input: CloseRunInput, { pipeline, operationsBucket, store }: CloseRunPorts): Promise<RunRecord> {
  const { run, status, levels = [], error } = checked(input);
  const record: RunRecord = {
    run_id: run.id,
    pipeline: run.pipeline,
    as_of: run.asOf,
    started_at: run.startedAt,
    status,
    // Only the error's name: its cause may quote data.
    ...(error === undefined ? {} : { error: error.Error }),
    tables: levels.flat().map(tableRecord),
  };
  const key = `${RUNS_PREFIX}${keyPart(pipeline)}/${keyPart(run.id)}.json`;
  await store.put(operationsBucket, key, Buffer.from(`${JSON.stringify(record)}\n`));
  return record;
}

function checked(input: CloseRunInput): CloseRunInput {
  if (typeof input?.run?.id !== 'string' || input.run.id === '') throw new Error('close run got no run: the machine must pass $.run on');
  if (input.status !== 'succeeded' && input.status !== 'failed') throw new Error("close run got no status: 'succeeded' or 'failed'");
  return input;
}

function tableRecord(counts: TableCounts): RunRecord['tables'][number] {
  return {
    table: counts.table,
    rows_in: count(counts, 'rows_in'),
    published: count(counts, 'published'),
    deduplicated: count(counts, 'deduplicated'),
    quarantined: count(counts, 'quarantined'),
  };
}

/** Athena gives every value as text; a count that is none must not become a zero in the books. */
function count(counts: TableCounts, name: 'rows_in' | 'published' | 'deduplicated' | 'quarantined'): number {
  const text = counts[name];
  const value = Number(text);
  if (typeof text !== 'string' || !/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new Error(`close run got no number as ${name} of table '${counts.table}'`);
  }
  return value;
}

/** Ids become one part of a key: whatever could leave the prefix is replaced, and told apart by a hash (F-36). */
function keyPart(id: string): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(id)) return id;
  return `${id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100)}-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}
