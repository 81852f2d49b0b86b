import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each room may import. A room may always import itself. */
const ARROWS: Record<string, readonly string[]> = {
  'lib/contract': [],
  'lib/sql': ['lib/contract', 'lib/model'],
  'lib/model': ['lib/contract', 'lib/sql'],
  'lib/lake': ['lib/contract', 'lib/sql', 'lib/model'],
  'lib/sources': ['lib/contract', 'lib/sql', 'lib/model', 'lib/lake'],
  'lib/transforms': ['lib/contract', 'lib/sql', 'lib/model', 'lib/lake'],
  'lib/pipeline': ['lib/contract', 'lib/sql', 'lib/model', 'lib/lake'],
  'lib/local': ['lib/contract', 'lib/sql', 'lib/model'],
  'lib/cli': ['lib/contract', 'lib/sql', 'lib/model', 'lib/local'],
  lambdas: ['lib/contract', 'lib/sql', 'lib/model'],
};

/** The pure leaf files of the model that the SQL room may read: the arrow otherwise points the other way. */
const MODEL_LEAVES = ['table', 'zone', 'write-mode', 'layout', 'run', 'partition', 'quarantine-limit'].map(
  (name) => `lib/model/${name}.ts`,
);

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

function roomOf(path: string): string {
  return Object.keys(ARROWS).find((room) => path.startsWith(`${room}/`)) ?? path;
}

describe('the rooms', () => {
  it.each(Object.entries(ARROWS))('%s imports only the rooms below it', (room, below) => {
    const back = sources(room).flatMap((file) =>
      imports(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(root, resolve(dirname(file), name)).replace(/\.js$/, '.ts'))
        .filter((target) => {
          const other = roomOf(target);
          if (other === room) return false;
          if (room === 'lib/sql' && other === 'lib/model') return !MODEL_LEAVES.includes(target);
          return !below.includes(other);
        })
        .map((target) => `${relative(root, file)} -> ${target}`),
    );
    expect(back).toEqual([]);
  });

  it.each(['lib/contract', 'lib/sql', 'lib/model', 'lib/local', 'lib/cli', 'lambdas'])('%s knows nothing of CDK at run time', (room) => {
    const known = sources(room).filter((file) => /^import (?!type)[^;]*'(aws-cdk-lib|constructs)/m.test(readFileSync(file, 'utf8')));
    expect(known.map((file) => relative(root, file))).toEqual([]);
  });

  it('takes aws-cdk-lib by its submodules, never by its root', () => {
    const whole = ['lib', 'bin', 'examples'].flatMap(sources).filter((file) => imports(file).includes('aws-cdk-lib'));
    expect(whole.map((file) => relative(root, file))).toEqual([]);
  });
});
