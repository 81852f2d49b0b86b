import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { type GetOptions, type ObjectStore, ObjectStoreError } from './object-store.js';

/** Where S3 is and who asks: the environment that Lambda gives, and an endpoint for other servers. */
export interface S3Environment {
  readonly AWS_REGION?: string | undefined;
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
  readonly AWS_ENDPOINT_URL?: string | undefined;
}

/** Tries of one request: throttling, faults on the server's side and lost connections are worth another. */
const TRIES = 6;
const FIRST_WAIT_MS = 50;

/** S3 over plain requests, signed by aws4fetch: docs/decisions/006-s3-without-the-sdk.md. */
export function s3ObjectStore(environment: S3Environment): ObjectStore {
  const send = sender(environment);
  return {
    async putOnce(bucket, key, body) {
      const answer = await send('put', bucket, key, { method: 'PUT', body, headers: { 'if-none-match': '*' }, accept: [412] });
      return answer.status !== 412;
    },
    async put(bucket, key, body) {
      await send('put', bucket, key, { method: 'PUT', body });
    },
    async get(bucket, key, options = {}) {
      const answer = await send('get', bucket, key, { method: 'GET', ...getRequest(options), accept: [404, 412] });
      if (answer.status === 404 || answer.status === 412) return undefined;
      return (answer.body ?? []) as AsyncIterable<Uint8Array>;
    },
    async listPrefixes(bucket, prefix) {
      const found: string[] = [];
      let token: string | undefined;
      do {
        const query = { 'list-type': '2', delimiter: '/', prefix, ...(token === undefined ? {} : { 'continuation-token': token }) };
        const page = await (await send('list', bucket, '', { method: 'GET', query })).text();
        for (const match of page.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g)) found.push(unescapeXml(match[1] as string));
        token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
        if (token !== undefined) token = unescapeXml(token);
      } while (token !== undefined);
      return found;
    },
  };
}

interface Sending {
  readonly method: 'GET' | 'PUT';
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Answers that are no errors though their status says so. */
  readonly accept?: readonly number[];
}

type Send = (operation: string, bucket: string, key: string, sending: Sending) => Promise<Response>;

function sender(environment: S3Environment): Send {
  const region = environment.AWS_REGION ?? 'us-east-1';
  const client = new AwsClient({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    ...(environment.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: environment.AWS_SESSION_TOKEN }),
    service: 's3',
    region,
    retries: 0,
  });
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return async (operation, bucket, key, { method, body, headers, query, accept = [] }) => {
    const url = objectUrl(endpoint, region, bucket, key, query);
    // Signing the content makes S3 verify it.
    const init = {
      method,
      headers: {
        ...headers,
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    };
    for (let attempt = 1; ; attempt++) {
      const answer = await client.fetch(url, init).catch(() => undefined);
      if (answer !== undefined && (answer.ok || accept.includes(answer.status))) return answer;
      const status = answer?.status ?? 0;
      const code = /<Code>([A-Za-z0-9.]+)<\/Code>/.exec((await answer?.text().catch(() => '')) ?? '')?.[1] ?? '';
      if (attempt === TRIES || !isPassing(status, code)) throw new ObjectStoreError(operation, status, code);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * FIRST_WAIT_MS * 2 ** attempt));
    }
  };
}

/** 409 is S3's answer to two conditional writes of one key at the same moment. */
function isPassing(status: number, code: string): boolean {
  return status === 0 || status >= 500 || status === 429 || status === 409 || code === 'SlowDown' || code === 'RequestTimeout';
}

function getRequest({ range, etag }: GetOptions): Pick<Sending, 'headers'> {
  return {
    headers: {
      ...(range === undefined ? {} : { range: `bytes=${range[0]}-${range[1] - 1}` }),
      ...(etag === undefined ? {} : { 'if-match': `"${etag}"` }),
    },
  };
}

/** Path style at a given endpoint and for names with dots (no certificate covers them as a host); otherwise the bucket is the host. */
function objectUrl(endpoint: string | undefined, region: string, bucket: string, key: string, query: Sending['query']): string {
  // URLs swallow `..` even when it is escaped: the request would go to another object.
  if (key.split('/').some((part) => part === '.' || part === '..')) throw new ObjectStoreError('address', 0, 'DotSegment');
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const path = key.split('/').map(encodeURIComponent).join('/');
  const host = `s3.${region}.${suffix}`;
  const base =
    endpoint !== undefined
      ? `${endpoint.replace(/\/$/, '')}/${bucket}`
      : bucket.includes('.')
        ? `https://${host}/${bucket}`
        : `https://${bucket}.${host}`;
  return `${base}/${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
