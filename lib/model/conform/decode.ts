import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { isPlainAscii } from './plain-ascii.js';
import { type Refused, refused } from './refusal.js';

export interface DecodeLimits {
  /** The most bytes a record may have as it comes; larger ones are refused before anything is read. @default 1048576 (1 MiB) */
  readonly maxBytes?: number;
  /** The most bytes a compressed record may unpack to. @default 4194304 (4 MiB) */
  readonly maxUnpackedBytes?: number;
}

export interface Decoded {
  readonly text: string;
  /** The text is known to hold no escape, no control character and nothing but ASCII. */
  readonly plain: boolean;
  /** A byte-order mark was taken off. */
  readonly bom: boolean;
}

/** Where a record's payload stops being kept beside its reasons, and a pointer takes its place. */
export const MAX_RECORD_BYTES = 1_048_576;
const MAX_UNPACKED_BYTES = 4_194_304;

/** A file or record packed by gzip says so in its first two bytes, whatever its name is. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 1 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The text of a record. By rule: over the size it is not looked at; gzip is unpacked once, up to a limit; one byte-order
 * mark is taken off, a second is data; the rest must be UTF-8, and nothing is replaced.
 */
export function decodeRecord(bytes: Uint8Array, limits: DecodeLimits = {}): Decoded | Refused {
  if (bytes.length > (limits.maxBytes ?? MAX_RECORD_BYTES)) return refused('size');
  let plain = bytes;
  if (isGzip(bytes)) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: limits.maxUnpackedBytes ?? MAX_UNPACKED_BYTES });
    } catch {
      return refused('gzip');
    }
    if (isGzip(plain)) return refused('gzip');
  }
  const bom = hasByteOrderMark(plain);
  return decodeText(bom ? plain.subarray(3) : plain, bom) ?? refused('encoding');
}

/** The text of bytes that are neither packed nor marked; `undefined` when they are not UTF-8. */
export function decodeText(bytes: Uint8Array, bom = false): Decoded | undefined {
  if (isPlainAscii(bytes)) return { text: bufferOf(bytes).toString('latin1'), plain: true, bom };
  const text = utf8Text(bytes);
  return text === undefined ? undefined : { text, plain: false, bom };
}

export function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The text that UTF-8 bytes stand for; `undefined` when they are none. Nothing is replaced. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  const buffer = bufferOf(bytes);
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
