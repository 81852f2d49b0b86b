import { type AsyncBuffer, parquetMetadataAsync, parquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Conform } from '../../lib/model/conform/index.js';
import { PARSERS, rowWriter, withRawDecimals } from './parquet-value.js';
import { FileFault, type FileRecord, type FileRecords } from './records.js';

/** Reads half-open ranges of a file's bytes. */
export interface RangeReader {
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** So many rows are handed on at a time. */
const SOME_ROWS = 4096;

/** The rows of a Parquet file, one row group at a time. A file cut in the middle has lost its footer, and with it every row. */
export async function* parquetRecords(file: RangeReader, conform: Conform): FileRecords {
  const buffer = asyncBuffer(file);
  const metadata = await readable(() => parquetMetadataAsync(buffer, { geoparquet: false }));
  const { names, write } = rowWriter(metadata);
  const scan = await readable(() => parquetScan({ ...OPTIONS, file: buffer, metadata: withRawDecimals(metadata) }));
  for (const range of scan.ranges) {
    // Columns and not row objects: half a million small objects cost more than everything else here.
    const columns = await readable(() => Promise.all(names.map((column) => scan.readColumn({ column, ...range }))));
    const rows = range.rowEnd - range.rowStart;
    for (let from = 0; from < rows; from += SOME_ROWS) {
      yield Array.from({ length: Math.min(SOME_ROWS, rows - from) }, (_, index) => record(() => write(columns, from + index), conform));
    }
  }
}

// utf8 off: bytes that are not marked as text are decoded here, strictly.
const OPTIONS = { compressors, parsers: PARSERS, utf8: false, geoparquet: false, useOffsetIndex: false } as const;

function record(text: () => string, conform: Conform): FileRecord {
  return { outcome: (arrival) => conform.text(text(), arrival), payload: () => Buffer.from(text()) };
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
