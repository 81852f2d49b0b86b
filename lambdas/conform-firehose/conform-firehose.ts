import { createHash } from 'node:crypto';
import { instantText, refused } from '../../lib/model/conform/index.js';
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

/** A record that Firehose hands over on its way. */
export interface TransitRecord {
  /** Firehose's own id, under which it wants the answer. */
  readonly id: string;
  /** `<shard>/<sequence>` where the source is a stream, else Firehose's id. */
  readonly position: string;
  readonly arrivedAtMs: number;
  readonly payload: Uint8Array;
}

export type TransitAnswer =
  | { readonly id: string; readonly result: 'Ok'; readonly line: string }
  /** It lies in quarantine. */
  | { readonly id: string; readonly result: 'Dropped' }
  /** It is nowhere yet. */
  | { readonly id: string; readonly result: 'ProcessingFailed' };

export interface TransitResult {
  readonly answers: readonly TransitAnswer[];
  readonly counts: Counts;
  readonly cause?: unknown;
}

/** Lambda answers at most 6 MB; rows travel as base64, four bytes for three. */
const MAX_ANSWER_BYTES = 5_500_000;

/** Conforms records on their way through Firehose. Refused ones are safe in quarantine before Firehose hears that it may drop them. */
export async function conformFirehose(records: readonly TransitRecord[], to: BronzeTable): Promise<TransitResult> {
  const answers: TransitAnswer[] = [];
  const refusedOnes: { readonly index: number; readonly rejected: Rejected }[] = [];
  const counts = noCounts();
  let answerBytes = 0;
  for (const record of records) {
    const arrivedAt = instantText(record.arrivedAtMs);
    let outcome = judge(() => to.conform.record(record.payload, { arrivedAt, position: record.position }));
    if ('row' in outcome) {
      const bytes = Math.ceil(Buffer.byteLength(outcome.row) / 3) * 4 + 200;
      if (answerBytes + bytes > MAX_ANSWER_BYTES) outcome = refused('size');
      else answerBytes += bytes;
    }
    if ('reasons' in outcome) {
      const rejected = { position: record.position, arrivedAt, reasons: outcome.reasons, payload: record.payload };
      refusedOnes.push({ index: answers.length, rejected });
      answers.push({ id: record.id, result: 'Dropped' });
    } else {
      answers.push({ id: record.id, result: 'Ok', line: outcome.row });
      addCounts(counts, { written: 1, rejected: 0, bom: outcome.bom ? 1 : 0, drifted: outcome.drifted ? 1 : 0 });
    }
  }
  const cause = await keep(refusedOnes, to, answers, counts);
  return { answers, counts, ...(cause === undefined ? {} : { cause }) };
}

/** Writes the refused records by arrival hour; where that fails, Firehose is told to keep them itself. */
async function keep(
  all: readonly { readonly index: number; readonly rejected: Rejected }[],
  to: BronzeTable,
  answers: TransitAnswer[],
  counts: Counts,
): Promise<unknown> {
  let cause: unknown;
  const arrivals = new Set(all.map(({ rejected }) => arrivalOfText(rejected.arrivedAt)));
  for (const arrival of arrivals) {
    const group = all.filter(({ rejected }) => arrivalOfText(rejected.arrivedAt) === arrival);
    const positions = group.map(({ rejected }) => rejected.position).join('\n');
    const name = `firehose-${createHash('sha256').update(positions).digest('hex').slice(0, 32)}`;
    try {
      await writeOnce(
        to,
        arrival,
        name,
        new RowBuffer(),
        group.map(({ rejected }) => rejected),
      );
      counts.rejected += group.length;
    } catch (error) {
      cause = error;
      for (const { index } of group) answers[index] = { id: (answers[index] as TransitAnswer).id, result: 'ProcessingFailed' };
    }
  }
  return cause;
}
