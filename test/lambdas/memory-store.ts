import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type GetOptions, type ObjectStore, ObjectStoreError } from '../../lambdas/object-store/object-store.js';

/** An object store in memory that can be made to fail. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Writes that were asked for, in order. */
  readonly writes: string[] = [];
  /** Says which writes fail, and whether before or after they took effect (a lost answer). */
  failing: (path: string, attempt: number) => 'before' | 'after' | undefined = () => undefined;
  /** Bytes of one chunk that `get` hands out. */
  chunk = 1000;

  async putOnce(bucket: string, key: string, body: Uint8Array): Promise<boolean> {
    const path = `${bucket}/${key}`;
    this.fail(path, 'before');
    const free = !this.objects.has(path);
    if (free) this.objects.set(path, Buffer.from(body));
    this.fail(path, 'after');
    this.writes.push(path);
    return free;
  }

  async put(bucket: string, key: string, body: Uint8Array): Promise<void> {
    this.objects.set(`${bucket}/${key}`, Buffer.from(body));
    this.writes.push(`${bucket}/${key}`);
  }

  async get(bucket: string, key: string, { range, etag }: GetOptions = {}): Promise<AsyncIterable<Uint8Array> | undefined> {
    const body = this.objects.get(`${bucket}/${key}`);
    if (body === undefined || (etag !== undefined && etag !== etagOf(body))) return undefined;
    return chunks(range === undefined ? body : body.subarray(...range), this.chunk);
  }

  async listPrefixes(bucket: string, prefix: string): Promise<string[]> {
    const found = new Set<string>();
    for (const path of this.objects.keys()) {
      if (!path.startsWith(`${bucket}/${prefix}`)) continue;
      const rest = path.slice(bucket.length + 1 + prefix.length);
      if (rest.includes('/')) found.add(prefix + rest.slice(0, rest.indexOf('/') + 1));
    }
    return [...found].sort();
  }

  /** Keys in a bucket. */
  keys(bucket: string): string[] {
    return [...this.objects.keys()]
      .filter((path) => path.startsWith(`${bucket}/`))
      .map((path) => path.slice(bucket.length + 1))
      .sort();
  }

  /** Lines of all objects of rows in a bucket, parsed. */
  rows<T = Record<string, unknown>>(bucket: string): T[] {
    return this.keys(bucket)
      .filter((key) => key.endsWith('.ndjson.gz'))
      .flatMap((key) => {
        const lines = gunzipSync(this.objects.get(`${bucket}/${key}`) as Buffer).toString('utf8');
        return lines
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as T);
      });
  }

  private readonly attempts = new Map<string, number>();

  private fail(path: string, moment: 'before' | 'after'): void {
    if (moment === 'before') this.attempts.set(path, (this.attempts.get(path) ?? 0) + 1);
    if (this.failing(path, this.attempts.get(path) as number) === moment) throw new ObjectStoreError('put', 500, 'InternalError');
  }
}

export function etagOf(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

async function* chunks(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < body.length; from += size) yield body.subarray(from, from + size);
}
