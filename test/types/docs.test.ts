import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from './compiler.js';

const text = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/contracts.md'), 'utf8');
const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

describe('docs/contracts.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  it.each(examples.map((example) => [example.split('\n').find((line) => line.includes('const '))!, example]))(
    'compiles: %s',
    (_line, example) => {
      expect(check(example).errors).toEqual([]);
    },
  );
});
