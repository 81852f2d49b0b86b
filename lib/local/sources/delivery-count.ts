import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ARRIVAL, tablePrefix } from '../../model/layout.js';
import type { ObjectStore } from '../objects/object-store.js';

const unzip = promisify(gunzip);
const NEWLINE = 10;

export interface Counted {
  written: number;
  rejected: number;
  repeated: number;
}

/** Counts rows in the objects that a delivery writes: what is stored, not what a handler says of itself. */
export class DeliveryCount {
  private readonly counted: Counted = { written: 0, rejected: 0, repeated: 0 };
  private readonly pending: Promise<void>[] = [];
  private readonly stop: () => void;

  constructor(store: ObjectStore, table: string, bronze: string, quarantine: string) {
    const prefix = `${tablePrefix(table)}${ARRIVAL}=`;
    this.stop = store.observe((bucket, key, body, created) => {
      if (!key.startsWith(prefix) || (bucket !== bronze && bucket !== quarantine)) return;
      const kind = !created ? 'repeated' : bucket === bronze ? 'written' : 'rejected';
      this.pending.push(
        countLines(body).then((lines) => {
          this.counted[kind] += lines;
        }),
      );
    });
  }

  async end(): Promise<Counted> {
    this.stop();
    await Promise.all(this.pending);
    return this.counted;
  }
}

async function countLines(body: Buffer): Promise<number> {
  const text = body[0] === 0x1f && body[1] === 0x8b ? ((await unzip(body)) as Buffer) : body;
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines + (text.length > 0 && text.at(-1) !== NEWLINE ? 1 : 0);
}
