import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const cdk = join(root, 'node_modules/.bin/cdk');
const out = mkdtempSync(join(tmpdir(), 'medallion-cdk-'));

/** What a user types, with the real command line of CDK. */
function run(...args: string[]): string {
  const env = { ...process.env, CDK_VALIDATION: 'false', NO_COLOR: '1', AWS_REGION: 'eu-west-1' };
  return execFileSync(cdk, [...args, '--output', out], { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function template(stage: string): {
  Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties?: Record<string, unknown> }>;
} {
  const folder = join(out, `assembly-${stage}`);
  const file = readdirSync(folder).find((name) => name.endsWith('.template.json'))!;
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

describe('bin/lake.ts', () => {
  beforeAll(() => {
    run('synth', '--quiet');
  }, 120_000);

  it('has a dev and a prod environment', () => {
    expect(run('ls').split('\n').filter(Boolean)).toEqual(['Dev/Shop (Dev-Shop)', 'Prod/Shop (Prod-Shop)']);
  }, 60_000);

  it('synthesizes the same resources for both: only values differ', () => {
    expect(existsSync(join(out, 'manifest.json'))).toBe(true);
    const [dev, prod] = ['Dev', 'Prod'].map((stage) =>
      Object.values(template(stage).Resources)
        .map((resource) => resource.Type)
        .sort(),
    );
    expect(dev).toEqual(prod);
  });

  it('names databases after the environment', () => {
    const names = (stage: string) => JSON.stringify(template(stage));
    expect(names('Dev')).toContain('shop_dev_gold');
    expect(names('Dev')).not.toContain('shop_prod_');
    expect(names('Prod')).toContain('shop_prod_gold');
    expect(names('Prod')).not.toContain('shop_dev_');
  });

  it('keeps what holds data when a stack is deleted, in both', () => {
    const keeping = new Set(['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Glue::Database']);
    for (const stage of ['Dev', 'Prod']) {
      const lost = Object.entries(template(stage).Resources).filter(
        ([, { Type, DeletionPolicy }]) => keeping.has(Type) && !DeletionPolicy?.startsWith('Retain'),
      );
      expect(lost).toEqual([]);
    }
  });
});
