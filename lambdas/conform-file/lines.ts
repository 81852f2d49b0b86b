import { FileFault } from './records.js';

const NEWLINE = 0x0a;
/** Of a line without end no more than this is held; it is far over the size of a record, so it is refused anyway. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** The lines of a file, without their ends, some at a time. Where the bytes break off, the line begun is the fault's. */
export async function* lines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer[], void> {
  let begun: Buffer[] = [];
  let size = 0;
  const hold = (part: Buffer) => {
    if (size < MAX_LINE_BYTES) begun.push(part);
    size += part.length;
  };
  const finish = (): Buffer => {
    const line = begun.length === 1 ? (begun[0] as Buffer) : Buffer.concat(begun);
    begun = [];
    size = 0;
    return line;
  };
  try {
    for await (const chunk of bytes) {
      const found: Buffer[] = [];
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        hold(chunk.subarray(from, end));
        found.push(finish());
        from = end + 1;
      }
      if (from < chunk.length) hold(chunk.subarray(from));
      if (found.length > 0) yield found;
    }
  } catch (error) {
    throw error instanceof FileFault ? new FileFault(error.rule, finish()) : error;
  }
  if (size > 0) yield [finish()];
}

/** A line without the carriage return of Windows. */
export function withoutReturn(line: Buffer): Buffer {
  return line.length > 0 && line[line.length - 1] === 0x0d ? line.subarray(0, -1) : line;
}
