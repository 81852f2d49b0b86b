import { gzipSync } from 'node:zlib';

const FIRST_BYTES = 64 * 1024;

/**
 * Lines of an object in the making. They are laid down as bytes at once: kept as strings, every line would hold on to the
 * record it was cut from, and hundreds of thousands of them make the collector the largest cost.
 */
export class RowBuffer {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private length = 0;
  private lines = 0;

  get count(): number {
    return this.lines;
  }

  get size(): number {
    return this.length;
  }

  append(line: string): void {
    // UTF-8 takes at most three bytes for each unit of a string.
    const needed = this.length + line.length * 3 + 1;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    this.length += this.bytes.write(line, this.length, 'utf8');
    this.bytes[this.length++] = 0x0a;
    this.lines++;
  }

  /** One gzip object. The same lines give the same bytes: no time and no machine in the header. */
  gzip(): Uint8Array {
    const packed = gzipSync(this.bytes.subarray(0, this.length), { level: 4 });
    // RFC 1952: the operating system's byte; 255 is "unknown".
    packed[9] = 0xff;
    return packed;
  }
}
