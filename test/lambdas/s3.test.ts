import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../lambdas/object-store/s3.js';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

let server: Server;
let asked: Asked[];
/** Answers of the server, one after the other; the last one stays. 0 breaks the connection. */
let answers: [status: number, body?: string][];

beforeEach(async () => {
  asked = [];
  answers = [[200]];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      const [status, body = ''] = (answers.length > 1 ? answers.shift() : answers[0]) as [number, string?];
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

function store() {
  return s3ObjectStore({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

describe('the object store over S3', () => {
  it("writes once, signed, with the content's digest in the signature", async () => {
    const body = Buffer.from('rows');
    expect(await store().putOnce('bronze', 'orders/arrival=2026-01-31-09/a+b é.gz', body)).toBe(true);
    const [{ method, url, headers, body: sent }] = asked as [Asked];
    expect([method, url]).toEqual(['PUT', '/bronze/orders/arrival%3D2026-01-31-09/a%2Bb%20%C3%A9.gz']);
    expect(headers['if-none-match']).toBe('*');
    expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
    expect(headers['x-amz-security-token']).toBe('token');
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=host;if-none-match;/,
    );
    expect(sent).toEqual(body);
  });

  it('takes a taken key as written, and does not ask again', async () => {
    answers = [[412]];
    expect(await store().putOnce('bronze', 'k', Buffer.from('x'))).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it.each([[500], [503], [429], [409], [0]])('tries again after %i', async (status) => {
    answers = [[status], [status], [200]];
    expect(await store().putOnce('bronze', 'k', Buffer.from('x'))).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('F-32 F-33 gives up at once where trying again cannot help, naming operation, status and code only', async () => {
    answers = [[403, '<Error><Code>AccessDenied</Code><Message>ada@example.org may not</Message><Key>ada</Key></Error>']];
    const failure = await store()
      .put('bronze', 'ada@example.org', Buffer.from('x'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ObjectStoreError', message: 's3 put failed: status 403, AccessDenied' });
    expect(JSON.stringify(failure)).not.toContain('ada');
    expect(asked).toHaveLength(1);
  });

  it('gives up after a bounded number of tries', async () => {
    answers = [[503, '<Error><Code>SlowDown</Code></Error>']];
    await expect(store().put('bronze', 'k', Buffer.from('x'))).rejects.toThrow('s3 put failed: status 503, SlowDown');
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(10);
  });

  it('reads a range of an object only while it is the one meant', async () => {
    answers = [[206, 'part']];
    const parts: Uint8Array[] = [];
    for await (const part of (await store().get('landing', 'k', { range: [10, 14], etag: 'abc' })) ?? []) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('part');
    expect(asked[0]!.headers).toMatchObject({ range: 'bytes=10-13', 'if-match': '"abc"' });
    for (const status of [404, 412]) {
      answers = [[status]];
      expect(await store().get('landing', 'k', { etag: 'abc' })).toBeUndefined();
    }
  });

  it('lists prefixes page by page', async () => {
    const page = (prefixes: string[], next?: string) =>
      `<ListBucketResult>${prefixes.map((prefix) => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`).join('')}${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`;
    answers = [
      [200, page(['o/a=1/', 'o/a=&lt;&amp;/'], 'n&amp;1')],
      [200, page(['o/a=2/'])],
    ];
    expect(await store().listPrefixes('bronze', 'o/a=')).toEqual(['o/a=1/', 'o/a=<&/', 'o/a=2/']);
    expect(asked.map(({ url }) => url)).toEqual([
      '/bronze/?list-type=2&delimiter=%2F&prefix=o%2Fa%3D',
      '/bronze/?list-type=2&delimiter=%2F&prefix=o%2Fa%3D&continuation-token=n%261',
    ]);
  });

  it.each(['orders/../secret', './x', 'orders/..', '..'])('F-36 asks for no key like %j: a URL would lead elsewhere', async (key) => {
    await expect(store().get('landing', key)).rejects.toThrow('DotSegment');
    expect(asked).toEqual([]);
  });

  it('F-36 sends what looks like an escape or a query as a part of the key', async () => {
    await store().put('bronze', 'a/%2e%2e/b?x#y\n/', Buffer.from('x'));
    expect(asked[0]!.url).toBe('/bronze/a/%252e%252e/b%3Fx%23y%0A/');
  });
});
