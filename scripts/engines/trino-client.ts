import { canonical, EngineError, type QueryResult } from './result.js';
import { sleep } from './server.js';

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly errorName: string; readonly message: string };
}

/** The statement protocol over HTTP: post the text, follow `nextUri` to the end. */
export async function trinoQuery(endpoint: string, sql: string, session: Readonly<Record<string, string>> = {}): Promise<QueryResult> {
  const headers = {
    'X-Trino-User': 'test',
    'X-Trino-Catalog': 'hive',
    'X-Trino-Time-Zone': 'UTC',
    // Without it timestamps are cut to milliseconds.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    'X-Trino-Session': Object.entries(session)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  };
  let page = await request(`${endpoint}/v1/statement`, { method: 'POST', body: sql, headers });
  let columns = page.columns;
  const rows: (string | null)[][] = [];
  for (;;) {
    if (page.error !== undefined) throw new EngineError(page.error.errorName, page.error.message);
    columns ??= page.columns;
    for (const row of page.data ?? []) rows.push(row.map(canonical));
    if (page.nextUri === undefined) break;
    page = await request(page.nextUri, { headers });
  }
  return { columns: columns?.map((c) => c.name) ?? [], types: columns?.map((c) => c.type) ?? [], rows };
}

async function request(url: string, init: RequestInit): Promise<Page> {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(url, init);
    if (response.status === 200) return JSON.parse(quoteLongIntegers(await response.text())) as Page;
    const body = await response.text();
    if (response.status < 502 || response.status > 504 || tries > 50) throw new EngineError(`HTTP_${response.status}`, body.slice(0, 500));
    await sleep(100);
  }
}

/** `JSON.parse` rounds integers of more than 53 bits: those outside of strings become strings. */
export function quoteLongIntegers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token));
}
