import { createHash } from 'node:crypto';
import type { Conform, Outcome, Reason } from '../../lib/model/conform/index.js';
import { arrivalKey, tablePrefix } from '../../lib/model/layout.js';
import type { ObjectStore } from '../object-store/object-store.js';
import { isOversize, type QuarantineRecord, quarantineLine } from './quarantine.js';
import { RowBuffer } from './rows.js';

/** The table that records are conformed for, and where it lies. */
export interface BronzeTable {
  readonly table: string;
  readonly contract: string;
  readonly conform: Conform;
  readonly bronzeBucket: string;
  readonly quarantineBucket: string;
  readonly store: ObjectStore;
}

export interface Rejected {
  readonly position: string;
  readonly arrivedAt: string;
  readonly reasons: readonly Reason[];
  readonly payload: Uint8Array;
}

/** What happened to some records: in = written + rejected. */
export interface Counts {
  written: number;
  rejected: number;
  /** Records whose byte-order mark was taken off. */
  bom: number;
  /** Records with fields that the contract does not know. */
  drifted: number;
}

export function noCounts(): Counts {
  return { written: 0, rejected: 0, bom: 0, drifted: 0 };
}

export function addCounts(to: Counts, more: Counts): void {
  to.written += more.written;
  to.rejected += more.rejected;
  to.bom += more.bom;
  to.drifted += more.drifted;
}

/** Conforms one record; a fault of ours in it stops this record only, not its neighbours (F-1). */
export function judge(conform: () => Outcome): Outcome {
  try {
    return conform();
  } catch {
    return { reasons: [{ rule: 'internal', field: '' }] };
  }
}

/** Partition of a canonical moment: `2026-01-31 09:…` lies in `2026-01-31-09`. */
export function arrivalOfText(arrivedAt: string): string {
  return `${arrivedAt.slice(0, 10)}-${arrivedAt.slice(11, 13)}`;
}

/**
 * Writes refused records, then rows, each as one object of the same name. The name is unique for the records that both
 * were made from, so a second try finds them written. Refused ones first: a row may be seen only when nothing beside it can be lost (F-40).
 */
export async function writeOnce(
  to: BronzeTable,
  arrival: string,
  name: string,
  rows: RowBuffer,
  rejected: readonly Rejected[],
): Promise<void> {
  // A redelivery under another version of the contract may judge otherwise: it must not find its name taken.
  const key = arrivalKey(to.table, arrival, `${name}-${to.contract}`);
  if (rejected.length > 0) {
    const lines = new RowBuffer();
    for (const record of rejected) lines.append(await keepRejected(to, arrival, record));
    await to.store.putOnce(to.quarantineBucket, key, lines.gzip());
  }
  if (rows.count > 0) await to.store.putOnce(to.bronzeBucket, key, rows.gzip());
}

/** The quarantine line of a record; a payload too large to stand in it becomes an object of its own. */
async function keepRejected(to: BronzeTable, arrival: string, { position, arrivedAt, reasons, payload }: Rejected): Promise<string> {
  const record: QuarantineRecord = { position, arrived_at: arrivedAt, contract: to.contract, reasons, bytes: payload.length };
  if (!isOversize(payload)) return quarantineLine({ ...record, payload_base64: Buffer.from(payload).toString('base64') });
  const name = createHash('sha256').update(position).digest('hex');
  const payloadKey = `${tablePrefix(to.table)}payload/arrival=${arrival}/${name}`;
  await to.store.putOnce(to.quarantineBucket, payloadKey, payload);
  return quarantineLine({ ...record, payload_key: payloadKey });
}
