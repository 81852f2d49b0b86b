import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Conform } from '../../lib/model/conform/index.js';
import { PARSERS, rowWriter, withRawDecimals } from './parquet-value.js';
import { FileFault, type FileRecord, type FileRecords } from './records.js';

/** Reads half-open ranges of a file's bytes. */
export interface RangeReader {
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** The rows of a Parquet file, one row group at a time. A file cut in the middle has lost its footer, and with it every row. */
export async function* parquetRecords(file: RangeReader, conform: Conform): FileRecords {
  const buffer = asyncBuffer(file);
  const metadata = await readable(() => parquetMetadataAsync(buffer, { geoparquet: false }));
  const write = rowWriter(metadata);
  const raw = withRawDecimals(metadata);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await readable(() => readRows(buffer, raw, rowStart, rowEnd));
    yield rows.map((row) => record(row, write, conform));
    rowStart = rowEnd;
  }
}

type Row = Readonly<Record<string, unknown>>;

async function readRows(file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number): Promise<Row[]> {
  if (rowEnd === rowStart) return [];
  // utf8 off: bytes that are not marked as text are decoded here, strictly.
  return await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors, parsers: PARSERS, utf8: false, geoparquet: false });
}

function record(row: Row, write: (row: Row) => string, conform: Conform): FileRecord {
  return { outcome: (arrival) => conform.text(write(row), arrival), payload: () => Buffer.from(write(row)) };
}

/** A request that fails is not the file's fault; everything else that is thrown while reading is. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && error.name === 'ObjectStoreError') throw error;
    throw new FileFault('parse');
  }
}

function asyncBuffer(file: RangeReader): AsyncBuffer {
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const from = start < 0 ? Math.max(0, file.size + start) : start;
      const bytes = await file.read(from, Math.min(end, file.size));
      return new Uint8Array(bytes).buffer;
    },
  };
}
