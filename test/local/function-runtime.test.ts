import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type FunctionProps, FunctionRuntime } from '../../lib/local/functions/function-runtime.js';

const folder = mkdtempSync(join(tmpdir(), 'functions-'));
const open: FunctionRuntime[] = [];

function makeFunction(source: string, props: Partial<FunctionProps> = {}): FunctionRuntime {
  const code = mkdtempSync(join(folder, 'code-'));
  writeFileSync(join(code, 'index.mjs'), source);
  const runtime = new FunctionRuntime({
    name: 'Conform',
    code,
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 5,
    memoryMegabytes: 128,
    ...props,
  });
  open.push(runtime);
  return runtime;
}

afterAll(async () => {
  await Promise.all(open.map((runtime) => runtime.close()));
  rmSync(folder, { recursive: true });
});

describe('a function', () => {
  it('is loaded once and sees its own environment only', async () => {
    const runtime = makeFunction(
      'let calls = 0; export const handler = async (event) => ({ calls: ++calls, table: process.env.TABLE, path: process.env.PATH, event });',
      { environment: { TABLE: 'orders' }, concurrency: 1 },
    );
    expect(await runtime.invoke({ a: 1 })).toEqual({ calls: 1, table: 'orders', event: { a: 1 } });
    expect(await runtime.invoke(null)).toEqual({ calls: 2, table: 'orders', event: null });
  });

  it('F-34 fails with the type of its error and nothing of the message', async () => {
    const runtime = makeFunction("export const handler = async ({ email }) => JSON.parse('{' + email);");
    const failure = await runtime.invoke({ email: 'ada@example.com' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'SyntaxError' });
    expect(JSON.stringify([failure, (failure as Error).message, (failure as Error).stack])).not.toContain('ada@');
  });

  it('F-23 is killed at its timeout, and the next event runs in a fresh worker', async () => {
    const runtime = makeFunction('let calls = 0; export const handler = async ({ hang }) => { calls++; while (hang); return calls; };', {
      timeoutSeconds: 1,
      concurrency: 1,
    });
    expect(await runtime.invoke({})).toBe(1);
    await expect(runtime.invoke({ hang: true })).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
    expect(await runtime.invoke({})).toBe(1);
  });

  it('F-23 that ends its process fails, and the next event runs', async () => {
    const runtime = makeFunction('export const handler = async ({ exit }) => { if (exit) process.exit(1); return 1; };');
    await expect(runtime.invoke({ exit: true })).rejects.toMatchObject({ name: 'Runtime.ExitError' });
    expect(await runtime.invoke({})).toBe(1);
  });

  it('runs no more events at once than it may', async () => {
    const runtime = makeFunction(
      'let now = 0; export const handler = async () => { now++; await new Promise((r) => setTimeout(r, 5)); return now--; };',
      {
        concurrency: 2,
      },
    );
    expect(await Promise.all(Array.from({ length: 10 }, () => runtime.invoke({})))).toEqual(Array(10).fill(1));
  });

  it('F-6 refuses a payload and an answer of more than 6 MB', async () => {
    const runtime = makeFunction("export const handler = async ({ size }) => 'x'.repeat(size);");
    await expect(runtime.invoke({ body: 'x'.repeat(7e6) })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    await expect(runtime.invoke({ size: 7e6 })).rejects.toMatchObject({ name: 'Function.ResponseSizeTooLarge' });
  });

  it('says which part of its code is missing', async () => {
    await expect(makeFunction('export const other = 1;').invoke({})).rejects.toMatchObject({ name: 'Runtime.HandlerNotFound' });
    await expect(makeFunction("import 'not-bundled';").invoke({})).rejects.toMatchObject({ name: 'Runtime.ImportModuleError' });
    await expect(makeFunction('', { handler: 'other.handler' }).invoke({})).rejects.toThrow(
      "the code of function 'Conform' holds no 'other.mjs'",
    );
  });

  it('hands its log lines to the lake', async () => {
    const lines: string[] = [];
    const runtime = makeFunction("export const handler = async () => { console.log('one'); console.error('two'); };", {
      onLog: (line) => lines.push(line),
    });
    await runtime.invoke({});
    await expect.poll(() => lines.toSorted()).toEqual(['one', 'two']);
  });
});
