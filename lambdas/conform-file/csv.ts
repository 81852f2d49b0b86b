import { type Conform, MAX_RECORD_BYTES, refused, utf8Text } from '../../lib/model/conform/index.js';
import { lines, withoutReturn } from './lines.js';
import { FileFault, type FileRecord, type FileRecords } from './records.js';

/**
 * CSV by RFC 4180 with a header: commas, quotes doubled inside quotes, line ends inside quotes. Written here because each
 * record's own bytes are needed (a refused one is kept to the byte, a wrong one may not take its neighbours with it), and no
 * parser gives them after a fault.
 */
export async function* csvRecords(bytes: AsyncIterable<Buffer>, conform: Conform): FileRecords {
  let judge: ReturnType<Conform['cells']> | undefined;
  for await (const found of rawRecords(bytes)) {
    const records: FileRecord[] = [];
    for (const raw of found) {
      if (judge !== undefined) records.push(record(raw, judge));
      else judge = conform.cells(headerOf(raw));
    }
    if (records.length > 0) yield records;
  }
}

type Judge = ReturnType<Conform['cells']>;

function record(raw: Buffer, judge: Judge): FileRecord {
  return {
    payload: () => raw,
    outcome(arrival) {
      if (raw.length > MAX_RECORD_BYTES) return refused('size');
      const text = utf8Text(raw);
      if (text === undefined) return refused('encoding');
      const cells = cellsOf(text);
      return cells === undefined ? refused('framing') : judge(cells, arrival);
    },
  };
}

/** A header that cannot be read names no column, so that every row says which ones it misses. */
function headerOf(raw: Buffer): string[] {
  return cellsOf(utf8Text(raw) ?? '') ?? [];
}

const QUOTE = 0x22;

/** Lines joined to records: a record is whole when its quotes are even. A quote that never ends spoils its own line only. */
async function* rawRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer[], void> {
  let open: Buffer[] = [];
  let size = 0;
  const feed = (line: Buffer, whole: Buffer[]): void => {
    const odd = isOdd(line);
    if (open.length === 0 && !odd) {
      const plain = withoutReturn(line);
      if (plain.length > 0) whole.push(plain);
      return;
    }
    open.push(line);
    size += line.length + 1;
    if (open.length > 1 && odd) whole.push(withoutReturn(join(takeOpen())));
    else if (size > MAX_RECORD_BYTES) giveUp(whole);
  };
  const takeOpen = (): Buffer[] => {
    const taken = open;
    open = [];
    size = 0;
    return taken;
  };
  const giveUp = (whole: Buffer[]): void => {
    const [first, ...others] = takeOpen();
    whole.push(withoutReturn(first as Buffer));
    for (const line of others) feed(line, whole);
  };
  try {
    for await (const found of lines(bytes)) {
      const whole: Buffer[] = [];
      for (const line of found) feed(line, whole);
      if (whole.length > 0) yield whole;
    }
  } catch (error) {
    throw error instanceof FileFault ? new FileFault(error.rule, join([...open, Buffer.from(error.partial)])) : error;
  }
  const whole: Buffer[] = [];
  while (open.length > 0) giveUp(whole);
  if (whole.length > 0) yield whole;
}

function isOdd(line: Buffer): boolean {
  let odd = false;
  for (let at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at + 1)) odd = !odd;
  return odd;
}

function join(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from('\n'), part])));
}

const QUOTED = /"([^"]*(?:""[^"]*)*)"(?=,|$)|([^",]*)(?=,|$)/y;

/** The cells of one record; `undefined` where its quotes do not stand as they must. */
export function cellsOf(text: string): string[] | undefined {
  if (!text.includes('"')) return text.split(',');
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    QUOTED.lastIndex = at;
    const match = QUOTED.exec(text);
    if (match === null) return undefined;
    cells.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'));
    at = QUOTED.lastIndex;
    if (at === text.length) return cells;
    at++;
  }
}
