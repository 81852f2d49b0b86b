import { gzipSync } from 'node:zlib';

/** Lines of text as one gzip object. The same lines give the same bytes: no time and no machine in the header. */
export function gzipLines(lines: readonly string[]): Uint8Array {
  const packed = gzipSync(`${lines.join('\n')}\n`, { level: 4 });
  // RFC 1952: the operating system's byte; 255 is "unknown".
  packed[9] = 0xff;
  return packed;
}
