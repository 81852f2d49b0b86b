import { hash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { LakeError } from '../../contract/lake-error.js';
import type { SourceInput, SourceRecord } from '../report.js';
import type { IncomingRecord } from './stream-delivery.js';

/** Longest partition key a stream takes, in characters. */
const MAX_PARTITION_KEY = 256;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * The records of an input as they go onto a stream. A file gives a record a line (a line ending is no data, an empty line no record);
 * gzip is seen from its first bytes. `keys` are the contract's key columns, which make the default partition key.
 */
export async function* readRecords(input: SourceInput, keys: readonly string[], clock: () => Date): AsyncIterable<IncomingRecord> {
  const keyOf = keyReader(keys);
  for await (const item of typeof input === 'string' ? readLines(input) : input) {
    const given: SourceRecord = typeof item === 'string' || item instanceof Uint8Array ? { data: item } : item;
    if ((given.shardId === undefined) !== (given.sequenceNumber === undefined)) {
      throw new LakeError('local/record-place', 'a record takes shardId and sequenceNumber together or neither');
    }
    if (given.shardId !== undefined && !/^shardId-\d{12}$/.test(given.shardId))
      throw new LakeError('local/record-place', "a shardId is 'shardId-' and 12 digits");
    if (given.sequenceNumber !== undefined && !/^\d{1,128}$/.test(given.sequenceNumber)) {
      throw new LakeError('local/record-place', 'a sequenceNumber is a decimal number of at most 128 digits');
    }
    const data = typeof given.data === 'string' ? Buffer.from(given.data) : given.data;
    yield {
      data,
      partitionKey: partitionKeyOf(given.partitionKey ?? keyOf(data)),
      arrivedAt: given.arrivedAt ?? clock(),
      ...(given.shardId === undefined ? {} : { shardId: given.shardId, sequenceNumber: given.sequenceNumber! }),
    };
  }
}

async function* readLines(path: string): AsyncIterable<Buffer> {
  if (!existsSync(path)) throw new LakeError('local/input', `no file '${path}' to deliver`);
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of isGzip(path) ? file.pipe(createGunzip()) : file) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        const line = trimmed(bytes.subarray(from, end));
        if (line.length > 0) yield line;
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
  } catch (error) {
    if (error instanceof LakeError || !String((error as { code?: unknown }).code).startsWith('Z_')) throw error;
    throw new LakeError('local/input', `the file '${path}' is cut or is no whole gzip: its records up to the break were delivered`);
  }
  if (trimmed(rest).length > 0) yield trimmed(rest);
}

function trimmed(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

function isGzip(path: string): boolean {
  const magic = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    return readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(file);
  }
}

/**
 * What a careful producer does: all records of one key on one shard, so that their order is kept. The values are found in the text, as
 * parsing each record once more would cost as much as conforming it; where a nested field of the same name stands first, it decides.
 */
function keyReader(keys: readonly string[]): (data: Uint8Array) => string {
  const patterns = keys.map((key) => new RegExp(`${escapeRegExp(JSON.stringify(key))}\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"|-?[\\d.eE+-]+)`));
  return (data) => {
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    const values = patterns.map((pattern) => pattern.exec(text)?.[1]);
    return values.length > 0 && values.every((value) => value !== undefined) ? values.join('/') : hash('md5', data, 'hex');
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function partitionKeyOf(key: string): string {
  if (key !== '' && key.length <= MAX_PARTITION_KEY) return key;
  return hash('md5', key, 'hex');
}
