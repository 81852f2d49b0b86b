import { instantText } from '../../lib/model/conform/index.js';
import { RowBuffer } from '../bronze/rows.js';
import {
  addCounts,
  arrivalOfText,
  type BronzeTable,
  type Counts,
  judge,
  noCounts,
  type Rejected,
  writeOnce,
} from '../bronze/write-batch.js';

/** A record of a stream: where it stood, when it came, what it is. */
export interface StreamRecord {
  readonly shard: string;
  /** A decimal number, larger than a double holds. */
  readonly sequence: string;
  readonly arrivedAtMs: number;
  readonly payload: Uint8Array;
}

export interface StreamResult {
  readonly counts: Counts;
  /** The first record that is not safely written, if any: it and all after it must come again. */
  readonly failedFrom?: string;
  readonly cause?: unknown;
}

interface Group {
  readonly shard: string;
  readonly arrival: string;
  readonly first: string;
  last: string;
  readonly rows: RowBuffer;
  readonly rejected: Rejected[];
  readonly counts: Counts;
}

/** Conforms a batch and writes one object of rows and one of refused records for each arrival hour in it. */
export async function conformStream(records: readonly StreamRecord[], to: BronzeTable): Promise<StreamResult> {
  const groups = new Map<string, Group>();
  for (const record of records) conformRecord(record, to, groups);
  const counts = noCounts();
  // Groups stand in the order of their first record, so the first that fails holds the lowest sequence that is not written.
  for (const group of groups.values()) {
    try {
      await writeOnce(to, group.arrival, `${group.shard}-${group.first}-${group.last}`, group.rows, group.rejected);
    } catch (cause) {
      return { counts, failedFrom: group.first, cause };
    }
    addCounts(counts, group.counts);
  }
  return { counts };
}

function conformRecord(record: StreamRecord, to: BronzeTable, groups: Map<string, Group>): void {
  const arrivedAt = instantText(record.arrivedAtMs);
  const position = `${record.shard}/${record.sequence}`;
  const group = groupOf(record, arrivalOfText(arrivedAt), groups);
  group.last = record.sequence;
  const outcome = judge(() => to.conform.record(record.payload, { arrivedAt, position }));
  if ('reasons' in outcome) {
    group.rejected.push({ position, arrivedAt, reasons: outcome.reasons, payload: record.payload });
    group.counts.rejected++;
    return;
  }
  group.rows.append(outcome.row);
  group.counts.written++;
  if (outcome.bom) group.counts.bom++;
  if (outcome.drifted) group.counts.drifted++;
}

function groupOf(record: StreamRecord, arrival: string, groups: Map<string, Group>): Group {
  const key = `${record.shard}/${arrival}`;
  let group = groups.get(key);
  if (group === undefined) {
    group = {
      shard: record.shard,
      arrival,
      first: record.sequence,
      last: record.sequence,
      rows: new RowBuffer(),
      rejected: [],
      counts: noCounts(),
    };
    groups.set(key, group);
  }
  return group;
}
