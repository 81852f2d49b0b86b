import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf } from './cache.js';
import { freePort, type RunningServer, startServer } from './server.js';

export const SCRIPTS = dirname(fileURLToPath(import.meta.url));

/** What every engine and client here signs with: the servers do not check it. */
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

export interface GlueServer extends RunningServer {
  /** Serves the APIs of Glue and S3 (path style). */
  readonly endpoint: string;
}

/** An empty Glue catalog and S3, in memory. */
export async function startGlue(): Promise<GlueServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'glue',
    command: join(folderOf('moto'), 'bin/python'),
    args: [join(SCRIPTS, 'glue_server.py'), '-H', '127.0.0.1', '-p', String(port)],
    ready: () => fetch(`${endpoint}/moto-api/`),
    timeoutMs: 60_000,
  });
  return { ...server, endpoint };
}
