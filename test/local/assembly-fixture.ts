import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const roots: string[] = [];

afterAll(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

export function makeFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'local-lake-'));
  roots.push(root);
  return root;
}

export interface StackSource {
  readonly template: object;
  readonly dependencies?: readonly string[];
  readonly environment?: string;
}

/** Writes a cloud assembly by hand, as `cdk synth` lays it out; `assets` are files by asset name. Gives its folder. */
export function writeAssembly(
  stacks: Readonly<Record<string, StackSource>>,
  options: {
    readonly stage?: string;
    readonly assets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly folder?: string;
  } = {},
): string {
  const root = options.folder ?? makeFolder();
  const folder = options.stage === undefined ? root : join(root, `assembly-${options.stage}`);
  mkdirSync(folder, { recursive: true });
  const files: Record<string, object> = {};
  for (const [name, content] of Object.entries(options.assets ?? {})) {
    const asset = join(folder, `asset.${name}`);
    mkdirSync(asset, { recursive: true });
    for (const [file, text] of Object.entries(content)) writeFileSync(join(asset, file), text);
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
    };
  }
  const artifacts: Record<string, object> = { assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } } };
  writeFileSync(join(folder, 'assets.json'), JSON.stringify({ files }));
  for (const [id, { template, dependencies = [], environment = 'aws://unknown-account/unknown-region' }] of Object.entries(stacks)) {
    writeFileSync(join(folder, `${id}.template.json`), JSON.stringify(template));
    artifacts[id] = { type: 'aws:cloudformation:stack', environment, dependencies, properties: { templateFile: `${id}.template.json` } };
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '43.0.0', artifacts }));
  if (options.stage !== undefined) {
    const nested = { type: 'cdk:cloud-assembly', properties: { directoryName: `assembly-${options.stage}`, displayName: options.stage } };
    writeFileSync(join(root, 'manifest.json'), JSON.stringify({ version: '43.0.0', artifacts: { [`assembly-${options.stage}`]: nested } }));
  }
  return root;
}

/** A function over an asset of the fixture. */
export function functionResource(asset: string, environment: Readonly<Record<string, unknown>> = {}, properties: object = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${asset}.zip` },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: environment },
      Timeout: 5,
      MemorySize: 256,
      ...properties,
    },
  };
}
