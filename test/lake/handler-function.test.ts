import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Size, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { afterAll, describe, expect, it } from 'vitest';
import { HANDLERS_FOLDER } from '../../lib/lake/handler-code.js';
import { HandlerFunction } from '../../lib/lake/handler-function.js';
import { handlers, type Untyped } from './make-lake.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function handlersWith(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'handlers-'));
  folders.push(folder);
  mkdirSync(join(folder, 'conform-stream'));
  writeFileSync(join(folder, 'conform-stream', 'index.mjs'), code);
  writeFileSync(join(folder, 'conform-stream', 'index.mjs.map'), '{}');
  return folder;
}

function make(scope: Construct, id = 'Function', files: Record<string, string> = { 'contract.json': '{}' }): HandlerFunction {
  return new HandlerFunction(scope, id, {
    handler: 'conform-stream',
    description: 'tests',
    environment: {},
    statements: [],
    files,
    timeout: Duration.seconds(3),
    memory: Size.mebibytes(128),
    keepLogs: Duration.days(7),
  });
}

function synthesized(folder: string, files?: Record<string, string>) {
  const app = new App({ context: { [HANDLERS_FOLDER]: folder } });
  const stack = new Stack(app, 'Stack');
  make(stack, 'Function', files);
  const assembly = app.synth();
  const artifact = assembly.getStackByName('Stack');
  const code = (Object.values(artifact.template.Resources) as Untyped[]).find(({ Type }) => Type === 'AWS::Lambda::Function');
  return { assembly, code };
}

describe("a handler's function", () => {
  it('carries the built handler and the files beside it, and nothing else', () => {
    const { assembly, code } = synthesized(handlersWith('export const handler = 1;'), { 'contract.json': '{"name":"orders"}' });
    const asset = join(assembly.directory, code.Metadata['aws:asset:path']);
    expect(readdirSync(asset).sort()).toEqual(['contract.json', 'index.mjs']);
    expect(readFileSync(join(asset, 'contract.json'), 'utf8')).toBe('{"name":"orders"}');
    expect(readFileSync(join(asset, 'index.mjs'), 'utf8')).toBe('export const handler = 1;');
  });

  it('is published as a zip by the manifest of its stack', () => {
    const { assembly, code } = synthesized(handlers);
    const manifest = JSON.parse(readFileSync(join(assembly.directory, 'Stack.assets.json'), 'utf8'));
    const file: Untyped = Object.values(manifest.files).find((entry: Untyped) => entry.source.packaging === 'zip');
    expect(file.source.path).toBe(code.Metadata['aws:asset:path']);
    expect(Object.values<Untyped>(file.destinations)[0].objectKey).toBe(code.Properties.Code.S3Key);
  });

  it('keeps its hash on another machine, and changes it with the handler or a file', () => {
    const key = (folder: string, files?: Record<string, string>) => synthesized(folder, files).code.Properties.Code.S3Key;
    const first = key(handlersWith('1'), { 'contract.json': '{}' });
    expect(key(handlersWith('1'), { 'contract.json': '{}' })).toBe(first);
    expect(key(handlersWith('2'), { 'contract.json': '{}' })).not.toBe(first);
    expect(key(handlersWith('1'), { 'contract.json': '{ }' })).not.toBe(first);
    expect(key(handlersWith('1'), { 'other.json': '{}' })).not.toBe(first);
  });

  it('shares one asset where two functions are the same', () => {
    const app = new App({ context: { [HANDLERS_FOLDER]: handlers } });
    const stack = new Stack(app, 'Stack');
    make(stack, 'A');
    make(stack, 'B');
    expect(readdirSync(app.synth().directory).filter((name) => name.startsWith('asset.'))).toHaveLength(1);
  });

  it('is found from a stack of a stage', () => {
    const app = new App({ context: { [HANDLERS_FOLDER]: handlers } });
    const stage = new Stage(app, 'Dev');
    make(new Stack(stage, 'Stack'));
    const assembly = app.synth().getNestedAssembly('assembly-Dev');
    const resources: Untyped[] = Object.values(assembly.stacks[0]!.template.Resources);
    const code = resources.find(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(existsSync(join(assembly.directory, code.Metadata['aws:asset:path'], 'index.mjs'))).toBe(true);
  });

  it('says what to do when the handlers were never built', () => {
    const app = new App({ context: { [HANDLERS_FOLDER]: join(tmpdir(), 'nowhere') } });
    expect(() => make(new Stack(app, 'Stack'))).toThrow(
      /the built handler 'conform-stream' is not in .*nowhere.*run 'npm run build' in a checkout, or install the package again/,
    );
  });
});
