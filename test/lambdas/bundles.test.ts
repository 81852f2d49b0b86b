import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildHandlers } from '../../scripts/build.js';
import { etagOf } from './memory-store.js';
import { ORDERS } from './orders.js';

/** The built handlers, as they are deployed: a bundle, a contract beside it, an environment, and S3 over HTTP. */

const CANARY = 'ada.lovelace@example.org';

let folder: string;
let server: Server;
const objects = new Map<string, Buffer>();
let broken = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medallion-bundles-'));
  const names = await buildHandlers(folder);
  for (const name of names) writeFileSync(join(folder, name, 'contract.json'), JSON.stringify(ORDERS));
  server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] as string);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (broken) return response.writeHead(403).end(`<Error><Code>AccessDenied</Code><Message>${CANARY}</Message></Error>`);
      if (request.method === 'GET') return objects.has(path) ? response.end(objects.get(path)) : response.writeHead(404).end();
      if (objects.has(path) && request.headers['if-none-match'] === '*') return response.writeHead(412).end();
      objects.set(path, Buffer.concat(parts));
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    MEDALLION_LAKE: 'shop_dev',
    MEDALLION_TABLE: 'orders',
    MEDALLION_PIPELINE: 'shop',
    MEDALLION_BRONZE_TABLES: 'orders',
    MEDALLION_OPERATIONS_BUCKET: 'operations',
    MEDALLION_BRONZE_BUCKET: 'bronze',
    MEDALLION_QUARANTINE_BUCKET: 'quarantine',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  objects.clear();
  broken = false;
});

type Handler = (event: unknown) => Promise<unknown>;

async function invoke(name: string, event: unknown): Promise<{ readonly result: unknown; readonly logged: string }> {
  const { handler } = (await import(pathToFileURL(join(folder, name, 'index.mjs')).href)) as { handler: Handler };
  const lines: string[] = [];
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...words) => void lines.push(words.map(String).join(' '))),
  );
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    const result = await handler(event).catch((error: unknown) => ({
      thrown: `${String(error)} ${(error as Error).stack} ${JSON.stringify(error)}`,
    }));
    return { result, logged: lines.join('\n') };
  } finally {
    for (const spy of [...spies, output]) spy.mockRestore();
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Good, broken in every way, and full of personal data. */
const BODIES = [
  `{"id":"${CANARY}","amount":1,"note":"${CANARY}"}`,
  `{"id":"${CANARY}"`,
  `${CANARY}`,
  `{"id":1,"amount":"${CANARY}","${CANARY}":1}`,
  `{"id":"${CANARY}","id":"${CANARY}","amount":1}`,
  `["${CANARY}"]`,
  `{"id":"${CANARY}\\ud800","amount":1}`,
];

const kinesis = {
  Records: BODIES.map((body, index) => ({
    eventID: `shardId-000000000000:${index}`,
    kinesis: { sequenceNumber: String(index), approximateArrivalTimestamp: 1769850000.123, data: base64(body), partitionKey: CANARY },
  })),
};

const firehose = {
  records: BODIES.map((body, index) => ({ recordId: String(index), approximateArrivalTimestamp: 1769850000123, data: base64(body) })),
};

function landed(name: string, content: string) {
  const body = gzipSync(content);
  objects.set(`/landing/orders/${name}`, body);
  return {
    time: '2026-01-31T09:00:00Z',
    detail: { bucket: { name: 'landing' }, object: { key: `orders/${name}`, size: body.length, etag: etagOf(body) } },
  };
}

const linesOf = (bucket: string) =>
  [...objects]
    .filter(([path]) => path.startsWith(`/${bucket}/`) && path.endsWith('.ndjson.gz'))
    .flatMap(([, body]) => gunzipSync(body).toString().trim().split('\n'));

describe('the built handlers', () => {
  it('conform-stream writes a Kinesis batch and acknowledges it', async () => {
    const { result } = await invoke('conform-stream', kinesis);
    expect(result).toEqual({ batchItemFailures: [] });
    expect(linesOf('bronze')).toHaveLength(1);
    expect(JSON.parse(linesOf('bronze')[0]!)).toMatchObject({
      id: CANARY,
      _arrived_at: '2026-01-31 09:00:00.123000',
      _position: 'shardId-000000000000/0',
    });
    expect(linesOf('quarantine')).toHaveLength(BODIES.length - 1);
  });

  it('conform-stream asks for the batch again when it cannot be written', async () => {
    broken = true;
    expect((await invoke('conform-stream', kinesis)).result).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
  });

  it("conform-firehose answers in Firehose's form", async () => {
    const { result } = await invoke('conform-firehose', firehose);
    const { records } = result as { records: { recordId: string; result: string; data: string }[] };
    expect(records.map((record) => record.result)).toEqual(['Ok', ...Array(BODIES.length - 1).fill('Dropped')]);
    expect(Buffer.from(records[0]!.data, 'base64').toString()).toMatch(/^\{"id":.*\}\n$/);
    expect(linesOf('quarantine')).toHaveLength(BODIES.length - 1);
  });

  it('conform-file reads what S3 tells of', async () => {
    const { result } = await invoke('conform-file', landed('x.csv', 'id,amount\na,1\nb,x\n'));
    expect(result).toEqual({ counts: { written: 1, rejected: 1, bom: 0, drifted: 0 } });
  });

  it('open-run and close-run begin and end a run', async () => {
    objects.set(
      '/bronze/',
      Buffer.from('<ListBucketResult><CommonPrefixes><Prefix>orders/arrival=2026-01-31-09/</Prefix></CommonPrefixes></ListBucketResult>'),
    );
    const { result } = await invoke('open-run', { execution: 'r1', startedAt: '2026-01-31T12:00:00Z', input: {} });
    expect(result).toMatchObject({ id: 'r1', sql: { from: "'2026-01-31-09'", to: "'2026-01-31-09'" } });
    await invoke('close-run', { run: result, status: 'succeeded', levels: [] });
    expect(objects.get('/operations/runs/shop/r1.json')?.toString()).toContain('"status":"succeeded"');
  });

  it('F-34 never let a value into a log, a reason, an answer or an error', async () => {
    for (const fails of [false, true]) {
      const heard: string[] = [];
      const events: [string, unknown][] = [
        ['conform-stream', kinesis],
        ['conform-firehose', firehose],
        ['conform-file', landed(`${CANARY}.ndjson`, BODIES.join('\n'))],
        ['conform-file', landed('x.csv', `id,amount,note\n"${CANARY},1,"x\n${CANARY},${CANARY},x\n`)],
        ['close-run', { run: { id: 'r' }, status: 'failed', error: { Error: 'States.TaskFailed', Cause: CANARY } }],
      ];
      broken = fails;
      for (const [name, event] of events) {
        const { result, logged } = await invoke(name, event);
        heard.push(logged);
        // Firehose's answer holds the rows themselves.
        if (name !== 'conform-firehose') heard.push(JSON.stringify(result));
      }
      for (const line of linesOf('quarantine')) {
        const { reasons } = JSON.parse(line) as { reasons: unknown };
        heard.push(JSON.stringify(reasons));
      }
      expect(heard.join('\n').length).toBeGreaterThan(500);
      expect(heard.join('\n')).not.toMatch(/ada|lovelace|example\.org/i);
    }
  });

  it('F-44 a handler without its contract or its environment does not start', async () => {
    rmSync(join(folder, 'conform-firehose', 'contract.json'));
    await expect(import(`${pathToFileURL(join(folder, 'conform-firehose', 'index.mjs')).href}?again`)).rejects.toThrow('ENOENT');
    writeFileSync(join(folder, 'conform-firehose', 'contract.json'), JSON.stringify(ORDERS));
    vi.stubEnv('MEDALLION_BRONZE_BUCKET', '');
    await expect(import(`${pathToFileURL(join(folder, 'conform-firehose', 'index.mjs')).href}?once-more`)).rejects.toThrow(
      'MEDALLION_BRONZE_BUCKET is missing',
    );
    vi.unstubAllEnvs();
  });
});
