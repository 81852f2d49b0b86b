import type { Conform } from '../../lib/model/conform/index.js';
import { lines, withoutReturn } from './lines.js';
import type { FileRecords } from './records.js';

/** One JSON document a line; empty lines are no records. */
export async function* ndjsonRecords(bytes: AsyncIterable<Buffer>, conform: Conform): FileRecords {
  for await (const found of lines(bytes)) {
    yield found
      .map(withoutReturn)
      .filter((line) => line.length > 0)
      .map((line) => ({ outcome: (arrival) => conform.line(line, arrival), payload: () => line }));
  }
}
