import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What a handler's bundle holds of the library. */
async function bundle(text: string): Promise<string> {
  const result = await build({
    stdin: { contents: text, resolveDir: join(root, 'test/contract'), loader: 'ts' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    conditions: ['medallion-source'],
    write: false,
  });
  return result.outputFiles[0]!.text;
}

describe('a handler that imports a contract', () => {
  it('bundles a few kilobytes, without CDK and without the file system', async () => {
    const text = await bundle(`import { contract, text } from 'cdk-medallion/contract';
      export const Order = contract('orders', { order_id: text().key() }, { rules: (t) => [t.order_id.notBlank()] });`);
    expect(text).toContain('orders');
    expect(text).not.toMatch(/node:fs|aws-cdk|constructs/);
    expect(text.length).toBeLessThan(25_000);
  });

  it('bundles nothing for a row type', async () => {
    const text = await bundle(`import type { Contract, Row } from 'cdk-medallion/contract';
      export const keep = (rows: readonly Row<Contract>[]) => rows;`);
    expect(text.length).toBeLessThan(100);
  });
});
