import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObjectStore } from './object-store.js';

const MAX_LISTED = 1000;
/** Query parameters that belong to the operations served here; any other names another operation. */
const KNOWN_PARAMETERS = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'continuation-token',
  'start-after',
  'max-keys',
  'encoding-type',
  'fetch-owner',
  'x-id',
]);
/** Headers that change what a request means, by the operations that heed them; any other is another operation. */
const KNOWN_CONDITIONS: Readonly<Record<string, readonly string[]>> = { PUT: ['if-none-match'], GET: ['if-match', 'range'] };

/** Serves an object store on loopback in the part of the S3 API that the handlers use, path style. Anything else is answered 501 by its name. */
export class ObjectServer {
  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  static async start(store: ObjectStore): Promise<ObjectServer> {
    const server = createServer((request, response) => {
      serve(store, request, response).catch((error: unknown) => {
        const code = (error as { code?: unknown }).code;
        fail(response, 500, 'InternalError', typeof code === 'string' ? code : 'internal error');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return new ObjectServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function serve(store: ObjectStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Taken apart by hand: `URL` resolves `..` in a path, which in a key is only text.
  const [path = '', search = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const query = new URLSearchParams(search);
  const name = operationOf(request, query, bucket, key);
  if (!(name in OPERATIONS)) return fail(response, 501, 'NotImplemented', `the local object store has no ${name}`);
  if (!store.has(bucket)) return fail(response, 404, 'NoSuchBucket', `no bucket '${bucket}' in this lake`);
  await OPERATIONS[name as keyof typeof OPERATIONS]({ store, bucket, key, query, request, response });
}

interface Call {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The S3 operation a request asks for, or what it looks like when it is none of ours. */
function operationOf(request: IncomingMessage, query: URLSearchParams, bucket: string, key: string): string {
  const method = request.method ?? '';
  const foreign = [...query.keys()].find((parameter) => !KNOWN_PARAMETERS.has(parameter));
  const headers = Object.keys(request.headers);
  const known = KNOWN_CONDITIONS[method] ?? [];
  const condition = headers.find((header) => header.startsWith('if-') && !known.includes(header));
  const unserved = headers.find(
    (header) => (header === 'range' && method !== 'GET') || header === 'x-amz-copy-source' || header === 'x-amz-tagging',
  );
  if (bucket === '') return `${method} /`;
  if (foreign !== undefined) return `${method} with '${foreign}'`;
  if (condition !== undefined || unserved !== undefined) return `${method} with header '${condition ?? unserved}'`;
  if (key === '') return method === 'GET' && query.get('list-type') === '2' ? 'ListObjectsV2' : `${method} on a bucket`;
  return { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }[method] ?? `${method} on an object`;
}

const OPERATIONS = {
  async PutObject({ store, bucket, key, request, response }: Call): Promise<void> {
    const condition = request.headers['if-none-match'];
    if (condition !== undefined && condition !== '*') return fail(response, 501, 'NotImplemented', "If-None-Match takes '*' only");
    const body = await readBody(request);
    if (body === undefined) return fail(response, 501, 'NotImplemented', 'the local object store takes no chunk-signed bodies');
    const etag = await store.put(bucket, key, body, { onlyNew: condition === '*' });
    if (etag === undefined) return fail(response, 412, 'PreconditionFailed', 'the key is taken');
    response.writeHead(200, { etag: `"${etag}"` }).end();
  },

  async GetObject({ store, bucket, key, request, response }: Call): Promise<void> {
    const found = await store.head(bucket, key);
    const body = found === undefined ? undefined : await store.get(bucket, key);
    if (found === undefined || body === undefined) return fail(response, 404, 'NoSuchKey', 'no such key');
    const expected = request.headers['if-match'];
    if (expected !== undefined && expected.replaceAll('"', '') !== found.etag)
      return fail(response, 412, 'PreconditionFailed', 'another etag');
    const range = rangeOf(request.headers.range, body.length);
    if (range === undefined) {
      response.writeHead(200, headersOf(found)).end(body);
    } else if (range === 'unsatisfiable') {
      fail(response, 416, 'InvalidRange', 'the range lies outside the object');
    } else {
      const part = body.subarray(range[0], range[1] + 1);
      const contentRange = `bytes ${range[0]}-${range[1]}/${body.length}`;
      response.writeHead(206, { ...headersOf(found), 'content-length': part.length, 'content-range': contentRange }).end(part);
    }
  },

  async HeadObject({ store, bucket, key, response }: Call): Promise<void> {
    const found = await store.head(bucket, key);
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, headersOf(found)).end();
  },

  async DeleteObject({ store, bucket, key, response }: Call): Promise<void> {
    await store.delete(bucket, key);
    response.writeHead(204).end();
  },

  async ListObjectsV2({ store, bucket, query, response }: Call): Promise<void> {
    const ask = (name: string): string => query.get(name) ?? '';
    const { objects, prefixes } = store.list(bucket, ask('prefix'), ask('delimiter'));
    const after = ask('continuation-token') === '' ? ask('start-after') : Buffer.from(ask('continuation-token'), 'base64url').toString();
    const limit = Math.min(ask('max-keys') === '' ? MAX_LISTED : Number(ask('max-keys')), MAX_LISTED);
    const entries = [
      ...objects.map((object) => ({ name: object.key, xml: contentsXml(object, ask('encoding-type')) })),
      ...prefixes.map((prefix) => ({
        name: prefix,
        xml: `<CommonPrefixes><Prefix>${text(prefix, ask('encoding-type'))}</Prefix></CommonPrefixes>`,
      })),
    ]
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
      .filter(({ name }) => after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0);
    const page = entries.slice(0, limit);
    const last = page.at(-1);
    const more = entries.length > page.length && last !== undefined;
    const token = more ? `<NextContinuationToken>${Buffer.from(last.name).toString('base64url')}</NextContinuationToken>` : '';
    sendXml(
      response,
      200,
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${text(ask('prefix'), ask('encoding-type'))}</Prefix>` +
        `<KeyCount>${page.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${more}</IsTruncated>${token}${page.map(({ xml }) => xml).join('')}</ListBucketResult>`,
    );
  },
} satisfies Record<string, (call: Call) => Promise<void>>;

/** One range of bytes, both ends included; what is no single range is ignored, as S3 does. */
function rangeOf(header: string | undefined, length: number): readonly [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const from = match[1] === '' ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  const to = match[1] === '' || match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  return from > to || from >= length ? 'unsatisfiable' : [from, to];
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  if (
    String(request.headers['x-amz-content-sha256']).startsWith('STREAMING-') ||
    String(request.headers['content-encoding']).includes('aws-chunked')
  )
    return undefined;
  return Buffer.concat(pieces);
}

function headersOf(found: { readonly size: number; readonly etag: string; readonly lastModified: Date }): Record<string, string | number> {
  return { 'content-length': found.size, etag: `"${found.etag}"`, 'last-modified': found.lastModified.toUTCString() };
}

function contentsXml(object: { readonly key: string; readonly size: number; readonly lastModified: Date }, encoding: string): string {
  return `<Contents><Key>${text(object.key, encoding)}</Key><LastModified>${object.lastModified.toISOString()}</LastModified><Size>${object.size}</Size></Contents>`;
}

function text(value: string, encoding: string): string {
  if (encoding === 'url') return encodeURIComponent(value).replaceAll('%2F', '/');
  return value.replace(/[&<>"\p{Cc}]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>${text(message, '')}</Message></Error>`);
}

function sendXml(response: ServerResponse, status: number, body: string): void {
  const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
  response
    .writeHead(status, { 'content-type': 'application/xml', 'content-length': bytes.length })
    .end(response.req.method === 'HEAD' ? undefined : bytes);
}
