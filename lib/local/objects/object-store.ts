import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';
import { keyToPath, pathToKey } from './object-key.js';

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
}

/** Told about each write: `created` is false where `If-None-Match` found the object there already. */
export type WriteObserver = (bucket: string, key: string, body: Buffer, created: boolean) => void;

/** Buckets as folders. A write is a temporary file and a rename, so a reader sees an object whole or not at all. */
export class ObjectStore {
  private readonly etags = new Map<string, string>();
  private readonly observers = new Set<WriteObserver>();
  private temporary = 0;

  constructor(
    readonly root: string,
    readonly buckets: ReadonlySet<string>,
  ) {
    // What a process left that was killed while it wrote.
    rmSync(join(root, '.writing'), { recursive: true, force: true });
    mkdirSync(join(root, '.writing'), { recursive: true });
    for (const bucket of buckets) mkdirSync(join(root, bucket), { recursive: true });
  }

  /** Calls `observer` on each write until the returned function is called. */
  observe(observer: WriteObserver): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  has(bucket: string): boolean {
    return this.buckets.has(bucket);
  }

  /** Writes an object. With `onlyNew`, answers `undefined` and changes nothing when the key is taken. */
  async put(bucket: string, key: string, body: Buffer, options: { readonly onlyNew?: boolean } = {}): Promise<string | undefined> {
    const path = this.pathOf(bucket, key);
    const temporary = join(this.root, '.writing', `${process.pid}-${this.temporary++}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, body);
    const created = options.onlyNew === true ? await linkNew(temporary, path) : await rename(temporary, path).then(() => true);
    for (const observer of this.observers) observer(bucket, key, body, created);
    if (!created) return undefined;
    const etag = createHash('md5').update(body).digest('hex');
    this.etags.set(path, etag);
    return etag;
  }

  async get(bucket: string, key: string): Promise<Buffer | undefined> {
    return await readFile(this.pathOf(bucket, key)).catch(missing);
  }

  async head(bucket: string, key: string): Promise<(StoredObject & { readonly etag: string }) | undefined> {
    const path = this.pathOf(bucket, key);
    const found = await stat(path).catch(missing);
    if (found === undefined || !found.isFile()) return undefined;
    return { key, size: found.size, lastModified: found.mtime, etag: this.etagOf(path) };
  }

  async delete(bucket: string, key: string): Promise<void> {
    const path = this.pathOf(bucket, key);
    this.etags.delete(path);
    await rm(path, { force: true });
  }

  /** Objects and common prefixes under a prefix, each in the order of their UTF-8 bytes. */
  list(bucket: string, prefix = '', delimiter = ''): Listing {
    const folder = this.bucketFolder(bucket);
    const objects: StoredObject[] = [];
    const prefixes = new Set<string>();
    const walk = (relative: string): void => {
      const path = join(folder, relative);
      if (!existsSync(path)) return;
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
        if (entry.isDirectory()) {
          // A folder that continues a long name is not a level of the key.
          const key = below.endsWith('%+') ? pathToKey(`${below}/`) : `${pathToKey(below)}/`;
          if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
          if (delimiter === '/' && key.endsWith('/') && key.length > prefix.length && key.startsWith(prefix)) {
            if (holdsObject(join(folder, below))) prefixes.add(cut(key, prefix, '/'));
          } else walk(below);
        } else {
          const key = pathToKey(below);
          if (!key.startsWith(prefix)) continue;
          const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
          if (at >= 0) prefixes.add(cut(key, prefix, delimiter));
          else objects.push({ key, ...sizeOf(join(path, entry.name)) });
        }
      }
    };
    walk('');
    return { objects: objects.sort((a, b) => byBytes(a.key, b.key)), prefixes: [...prefixes].sort(byBytes) };
  }

  /** Whether any object lies under a prefix that ends in a slash. */
  holds(bucket: string, prefix: string): boolean {
    const path = join(this.bucketFolder(bucket), keyToPath(prefix.replace(/\/$/, '')));
    return existsSync(path) && holdsObject(path);
  }

  /** Absolute path of an object's file. */
  pathOf(bucket: string, key: string): string {
    return join(this.bucketFolder(bucket), keyToPath(key));
  }

  private bucketFolder(bucket: string): string {
    if (!this.buckets.has(bucket)) throw new LakeError('local/bucket', `no bucket '${bucket}' in this lake`);
    return join(this.root, bucket);
  }

  private etagOf(path: string): string {
    const known = this.etags.get(path);
    if (known !== undefined) return known;
    const etag = createHash('md5').update(readFileSync(path)).digest('hex');
    this.etags.set(path, etag);
    return etag;
  }
}

/** A link fails when its name is taken: the one atomic "write once" of a file system. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Deleting leaves empty folders behind, and those are nothing to S3. */
function holdsObject(path: string): boolean {
  return readdirSync(path, { withFileTypes: true }).some((entry) => entry.isFile() || holdsObject(join(path, entry.name)));
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined;
  throw error;
}

function sizeOf(path: string): { readonly size: number; readonly lastModified: Date } {
  const found = statSync(path);
  return { size: found.size, lastModified: found.mtime };
}

function cut(key: string, prefix: string, delimiter: string): string {
  return key.slice(0, key.indexOf(delimiter, prefix.length) + delimiter.length);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
