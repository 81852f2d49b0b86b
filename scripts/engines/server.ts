import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CACHE } from './cache.js';

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves when the server answers as it should; an error means not yet. */
  readonly ready: () => Promise<unknown>;
  readonly timeoutMs?: number;
}

export interface RunningServer {
  /** Everything the server printed, for an error's message. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

// The shell's stdin is a pipe from this process. However this process ends, the pipe closes, and the shell ends the server:
// no test run leaves a server behind, not even a killed one.
const LEASH = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill "$server" 2>/dev/null; sleep 5; kill -KILL "$server" 2>/dev/null) &
wait "$server"`;

let count = 0;

/** A new folder for one start of a server, under the cache. */
export function runFolder(name: string): string {
  count += 1;
  const folder = join(CACHE, 'run', `${name}-${process.pid}-${count}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const logFile = join(runFolder('log'), `${options.name}.log`);
  const output = openSync(logFile, 'w');
  const child = spawn('sh', ['-c', LEASH, options.name, options.command, ...options.args], {
    stdio: ['pipe', output, output],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let running = true;
  void ended.then(() => {
    running = false;
  });
  const log = () => readFileSync(logFile, 'utf8');
  const stop = async () => {
    child.stdin?.end();
    await ended;
  };
  const deadline = Date.now() + (options.timeoutMs ?? 120_000);
  for (;;) {
    const problem = await options.ready().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (problem === undefined) return { log, stop };
    if (!running || Date.now() > deadline) {
      await stop();
      const tail = log().split('\n').slice(-25).join('\n');
      throw new Error(`${options.name} ${running ? 'was not ready in time' : 'ended while starting'}: ${String(problem)}\n${tail}`);
    }
    await sleep(200);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A port of the loopback interface that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
