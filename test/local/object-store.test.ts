import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyToPath, pathToKey } from '../../lib/local/objects/object-key.js';
import { ObjectServer } from '../../lib/local/objects/object-server.js';
import { ObjectStore } from '../../lib/local/objects/object-store.js';

const folder = mkdtempSync(join(tmpdir(), 'objects-'));
const store = new ObjectStore(folder, new Set(['bronze']));
let server: ObjectServer;
let s3: S3Client;

beforeAll(async () => {
  server = await ObjectServer.start(store);
  s3 = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});

afterAll(async () => {
  s3.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('an object key', () => {
  it('F-36 becomes a path that stays in its bucket and reads back as the same key', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '%2e%2e', 'a\nb', '\\', 'arrival=2026-01-31-09', '*', 'é'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const key = Buffer.from(parts.join('/')).toString();
        fc.pre(key !== '' && Buffer.byteLength(key) <= 1024);
        const path = keyToPath(key);
        const inside = relative(folder, resolve(folder, path));
        expect(inside.startsWith('..') || inside === '').toBe(false);
        expect(path.split('/').every((name) => name.length <= 210 && name !== '')).toBe(true);
        expect(pathToKey(path)).toBe(key);
      }),
      { numRuns: 500 },
    );
  });

  it('F-36 keeps a segment longer than a file name', () => {
    const key = `orders/${'é'.repeat(500)}`;
    expect(pathToKey(keyToPath(key))).toBe(key);
  });

  it('is refused beyond the 1,024 bytes of S3', () => {
    expect(() => keyToPath('x'.repeat(1025))).toThrow('1 to 1024 bytes, found 1025');
  });

  it('keeps the partition readable in the path', () => {
    expect(keyToPath('orders/arrival=2026-01-31-09/s-1-2.ndjson.gz')).toBe('orders/arrival=2026-01-31-09/s-1-2.ndjson.gz');
  });
});

describe('the object server', () => {
  it('answers the SDK as S3 does: put, get, head, delete', async () => {
    const put = await s3.send(new PutObjectCommand({ Bucket: 'bronze', Key: 'a/b c+é.txt', Body: 'hello' }));
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const got = await s3.send(new GetObjectCommand({ Bucket: 'bronze', Key: 'a/b c+é.txt' }));
    expect(await got.Body?.transformToString()).toBe('hello');
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'bronze', Key: 'a/b c+é.txt' }));
    expect([head.ContentLength, head.ETag]).toEqual([5, put.ETag]);
    await s3.send(new DeleteObjectCommand({ Bucket: 'bronze', Key: 'a/b c+é.txt' }));
    await expect(s3.send(new GetObjectCommand({ Bucket: 'bronze', Key: 'a/b c+é.txt' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('F-23 writes a key once under If-None-Match, whoever else tries', async () => {
    const write = (body: string) => s3.send(new PutObjectCommand({ Bucket: 'bronze', Key: 'once', Body: body, IfNoneMatch: '*' }));
    const all = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => write(`body ${index}`)));
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of all) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    }
    const winner = all.findIndex((one) => one.status === 'fulfilled');
    expect((await store.get('bronze', 'once'))?.toString()).toBe(`body ${winner}`);
    expect(readdirSync(join(folder, '.writing'))).toEqual([]);
  });

  it('lists in pages, in byte order, by prefix and delimiter', async () => {
    for (const key of ['l/b/1', 'l/b/2', 'l/a/1', 'l/ü', 'l/z', 'l/gone/1']) await store.put('bronze', key, Buffer.from(key));
    await store.delete('bronze', 'l/gone/1');
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: 'bronze', Prefix: 'l/', Delimiter: '/', MaxKeys: 1, ContinuationToken: token }),
      );
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!), ...(page.Contents ?? []).map(({ Key }) => Key!));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(seen).toEqual(['l/a/', 'l/b/', 'l/z', 'l/ü']);
    const flat = await s3.send(new ListObjectsV2Command({ Bucket: 'bronze', Prefix: 'l/b' }));
    expect(flat.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
      ['l/b/1', 5],
      ['l/b/2', 5],
    ]);
  });

  it('F-36 takes dots in a raw path as a part of the key', async () => {
    const status = await new Promise<number | undefined>((done) => {
      const put = request(`${server.endpoint}`, { method: 'PUT', path: '/bronze/../../escape' }, (response) => done(response.statusCode));
      put.end('x');
    });
    expect(status).toBe(200);
    expect((await store.get('bronze', '../../escape'))?.toString()).toBe('x');
  });

  it('gives a range of bytes, and nothing where the etag is another', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket: 'bronze', Key: 'r', Body: '0123456789' }));
    const range = async (Range: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: 'bronze', Key: 'r', Range, IfMatch: ETag! }))).Body?.transformToString();
    expect([await range('bytes=2-4'), await range('bytes=7-'), await range('bytes=-2'), await range('bytes=8-99')]).toEqual([
      '234',
      '789',
      '89',
      '89',
    ]);
    await expect(range('bytes=10-11')).rejects.toMatchObject({ name: 'InvalidRange' });
    const other = s3.send(new GetObjectCommand({ Bucket: 'bronze', Key: 'r', IfMatch: '"0"' }));
    await expect(other).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it.each([
    ['POST', '/bronze/k?uploads', "POST with 'uploads'"],
    ['GET', '/bronze?acl', "GET with 'acl'"],
    ['GET', '/bronze', 'GET on a bucket'],
    ['GET', '/', 'GET /'],
  ])('answers 501 to %s %s and names it', async (method, path, name) => {
    const response = await fetch(`${server.endpoint}${path}`, { method });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain(`the local object store has no ${name}`);
  });

  it('answers 404 for a bucket that the lake does not declare', async () => {
    expect((await fetch(`${server.endpoint}/other/k`)).status).toBe(404);
  });
});
