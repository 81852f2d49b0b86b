import { createGunzip } from 'node:zlib';
import { hasByteOrderMark, isGzip } from '../../lib/model/conform/index.js';
import { FileFault } from './records.js';

/** A file that unpacks to more than this many times its size is an attack or a fault; text reaches about 100. */
const MAX_RATIO = 250;
/** Small files may unpack to anything up to this. */
const FREE_BYTES = 64 * 1024 * 1024;
const SLICE = 64 * 1024;

export interface Peeked {
  /** The first bytes, at least four where the file has them. */
  readonly head: Buffer;
  /** All bytes, the first included. */
  readonly bytes: AsyncGenerator<Buffer, void>;
}

/** Looks at the beginning without losing it. */
export async function peek(source: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  while (head.length < 4 && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  return { head, bytes: rest(head, iterator) };
}

async function* rest(head: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer, void> {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield Buffer.from(next.value);
  } finally {
    await iterator.return?.();
  }
}

/** The text of a file as bytes: unpacked if it is gzip, whatever its name says, and without a byte-order mark at its beginning. */
export async function* textBytes(file: Peeked): AsyncGenerator<Buffer, void> {
  let { head, bytes } = file;
  if (isGzip(head)) {
    ({ head, bytes } = await peek(gunzip(bytes)));
    // Unpacked again and again, a small file could become any size.
    if (isGzip(head)) throw new FileFault('gzip');
  }
  let first = hasByteOrderMark(head);
  for await (const chunk of bytes) {
    yield first ? chunk.subarray(3) : chunk;
    first = false;
  }
}

/**
 * Unpacks as much as is whole, then says what is wrong. Input goes in by slices of one size, each unpacked before the next:
 * so the same file gives the same bytes before its fault on every try, and never more than one slice's worth is held.
 */
async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const unpacker = createGunzip();
  let out: Buffer[] = [];
  let fault: NodeJS.ErrnoException | undefined;
  const failed = new Promise<void>((resolve) => {
    unpacker.on('error', (error) => {
      fault = error;
      resolve();
    });
  });
  unpacker.on('data', (chunk: Buffer) => out.push(chunk));
  let read = 0;
  let written = 0;
  for await (const slice of slices(source)) {
    await Promise.race([new Promise<void>((resolve) => unpacker.write(slice, () => resolve())), failed]);
    read += slice.length;
    for (const chunk of out) written += chunk.length;
    yield* out;
    out = [];
    if (fault !== undefined) throw new FileFault('gzip');
    if (written > FREE_BYTES && written > read * MAX_RATIO) throw new FileFault('gzip');
  }
  const ended = new Promise<void>((resolve) => unpacker.on('end', resolve));
  unpacker.end();
  await Promise.race([ended, failed]);
  yield* out;
  // The only fault left at the end is that there is no end.
  if (fault !== undefined) throw new FileFault('truncated');
}

async function* slices(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let from = 0;
    for (; held.length - from >= SLICE; from += SLICE) yield held.subarray(from, from + SLICE);
    held = held.subarray(from);
  }
  if (held.length > 0) yield held;
}
