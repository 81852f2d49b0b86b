import { createHash } from 'node:crypto';
import { instantText, type Rule } from '../../lib/model/conform/index.js';
import { filesPrefix, landingPrefix } from '../../lib/model/layout.js';
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
import { type GetOptions, ObjectStoreError } from '../object-store/object-store.js';
import { peek, textBytes } from './bytes.js';
import { csvRecords } from './csv.js';
import { ndjsonRecords } from './ndjson.js';
import { FileFault, type FileRecord, type FileRecords } from './records.js';

export type FileFormat = 'csv' | 'ndjson' | 'parquet';

/** A file that was dropped in the landing bucket. */
export interface LandedFile {
  readonly bucket: string;
  readonly key: string;
  /** Changes with the content: a file dropped again unchanged has the same. */
  readonly etag: string;
  readonly size: number;
  readonly arrivedAtMs: number;
}

export interface FileResult {
  readonly counts: Counts;
  /** The file was replaced before it was read: another event tells of what stands there now. */
  readonly superseded?: true;
}

export interface FileOptions {
  /** @default - Parquet by its first bytes, else by the file's extension */
  readonly format?: FileFormat | undefined;
  /** The most records in one object. Borders depend on the content alone, so a second try has the same. @default 200000 */
  readonly pieceRows?: number;
}

const PIECE_ROWS = 200_000;
/** Objects of rows stay within what engines and this function's memory hold at once. */
const PIECE_BYTES = 64 * 1024 * 1024;

interface Piece {
  readonly from: number;
  readonly rows: RowBuffer;
  readonly rejected: Rejected[];
  /** Bytes of refused records. */
  rejectedBytes: number;
}

/** Conforms every record of a file and writes them in pieces. The same file again, on whatever day, finds everything written. */
export async function conformFile(file: LandedFile, to: BronzeTable, options: FileOptions = {}): Promise<FileResult> {
  if (!file.key.startsWith(landingPrefix(to.table))) throw new Error(`the file is not below the prefix of table '${to.table}'`);
  const counts = noCounts();
  if (file.size === 0) return { counts };
  const name = fileName(file);
  try {
    const records = await recordsOf(file, to, options.format);
    const arrivedAt = await firstSeen(file, to, name);
    await writePieces(records, { file, to, name, arrivedAt, counts, pieceRows: options.pieceRows ?? PIECE_ROWS });
  } catch (error) {
    if (error instanceof Superseded) return { counts, superseded: true };
    throw error;
  }
  return { counts };
}

interface Writing {
  readonly file: LandedFile;
  readonly to: BronzeTable;
  readonly name: string;
  readonly arrivedAt: string;
  readonly counts: Counts;
  readonly pieceRows: number;
}

async function writePieces(records: FileRecords, writing: Writing): Promise<void> {
  let row = 0;
  let piece = newPiece(1);
  const take = async (some: readonly FileRecord[]) => {
    for (const record of some) {
      judgeRecord(record, ++row, piece, writing);
      if (row - piece.from + 1 < writing.pieceRows && piece.rows.size + piece.rejectedBytes < PIECE_BYTES) continue;
      await writePiece(piece, row, writing);
      piece = newPiece(row + 1);
    }
  };
  try {
    for await (const some of records) await take(some);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // What could not be read counts as one more record, refused.
    const { rule, partial } = error;
    await take([{ outcome: () => ({ reasons: [{ rule, field: '' }] }), payload: () => partial }]);
  }
  if (row >= piece.from) await writePiece(piece, row, writing);
}

function judgeRecord(record: FileRecord, row: number, piece: Piece, { file, arrivedAt, counts }: Writing): void {
  const position = `${file.key}@${file.etag}/${row}`;
  const outcome = judge(() => record.outcome({ arrivedAt, position }));
  if ('reasons' in outcome) {
    const payload = record.payload();
    piece.rejected.push({ position, arrivedAt, reasons: outcome.reasons, payload });
    piece.rejectedBytes += payload.length;
  } else {
    piece.rows.append(outcome.row);
    if (outcome.drifted) counts.drifted++;
  }
}

function newPiece(from: number): Piece {
  return { from, rows: new RowBuffer(), rejected: [], rejectedBytes: 0 };
}

async function writePiece(piece: Piece, last: number, { to, name, arrivedAt, counts }: Writing): Promise<void> {
  await writeOnce(to, arrivalOfText(arrivedAt), `${name}-${piece.from}-${last}`, piece.rows, piece.rejected);
  addCounts(counts, { ...noCounts(), written: piece.rows.count, rejected: piece.rejected.length });
}

/** A name for the file's objects that holds nothing of its key: keys may hold anything (F-36). */
function fileName({ key, etag }: LandedFile): string {
  return createHash('sha256').update(`${key}@${etag}`).digest('hex').slice(0, 32);
}

/** When this content was first seen under this key. Dropped again on another day it would else land in another partition, twice. */
async function firstSeen(file: LandedFile, to: BronzeTable, name: string): Promise<string> {
  const key = `${filesPrefix(to.table)}${name}.json`;
  const arrivedAt = instantText(file.arrivedAtMs);
  if (await to.store.putOnce(to.bronzeBucket, key, Buffer.from(JSON.stringify({ arrived_at: arrivedAt })))) return arrivedAt;
  const known = await to.store.get(to.bronzeBucket, key);
  if (known === undefined) throw new ObjectStoreError('get', 404, 'FirstSeen');
  const { arrived_at } = JSON.parse((await allOf(known)).toString()) as { arrived_at: string };
  return arrived_at;
}

/** The file was replaced between its event and its reading. */
class Superseded extends Error {}

async function recordsOf(file: LandedFile, to: BronzeTable, declared: FileFormat | undefined): Promise<FileRecords> {
  if (file.key.split('/').some((part) => part === '.' || part === '..')) return unreadable('name');
  const open = async (options: GetOptions = {}) => {
    const bytes = await to.store.get(file.bucket, file.key, { ...options, etag: file.etag });
    if (bytes === undefined) throw new Superseded();
    return bytes;
  };
  const peeked = await peek(await open());
  const isParquet = peeked.head.toString('latin1', 0, 4) === 'PAR1';
  const format = declared ?? (isParquet ? 'parquet' : formatOfName(file.key));
  if (format === 'parquet') {
    await peeked.bytes.return();
    if (!isParquet) return unreadable('format');
    // Loaded only when it is needed: most files are text, and every cold start would pay for it.
    const { parquetRecords } = await import('./parquet.js');
    return parquetRecords({ size: file.size, read: async (from, end) => allOf(await open({ range: [from, end] })) }, to.conform);
  }
  if (format === undefined || isParquet) return unreadable('format');
  return (format === 'csv' ? csvRecords : ndjsonRecords)(textBytes(peeked), to.conform);
}

// biome-ignore lint/correctness/useYield: a file that cannot be read has no records, only a fault
async function* unreadable(rule: Rule): FileRecords {
  throw new FileFault(rule);
}

function formatOfName(key: string): FileFormat | undefined {
  const name = key.toLowerCase().replace(/\.gz$/, '');
  if (/\.(ndjson|jsonl|json)$/.test(name)) return 'ndjson';
  return name.endsWith('.csv') ? 'csv' : undefined;
}

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
