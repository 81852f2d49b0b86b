import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPattern } from '../../lib/contract/index.js';

describe('a pattern', () => {
  it.each([
    ['^[A-Z]{2}$', '^[A-Z]{2}$'],
    ['^\\d+$', '^[0-9]+$'],
    ['[\\d.-]', '[0-9.-]'],
    ['\\w@\\W', '[A-Za-z0-9_]@[^A-Za-z0-9_]'],
    ['a.c', 'a[^\\n]c'],
    ['[.]\\.', '[.]\\.'],
    ['(?:a|b)*?', '(?:a|b)*?'],
    ['[\\]\\-x]', '[\\]\\-x]'],
    ['\\s', '[ \\t\\n\\r\\f]'],
    ['größe 😀', 'größe 😀'],
  ])('%s becomes %s', (pattern, source) => {
    expect(checkPattern(pattern)).toEqual({ source });
    expect(checkPattern(source)).toEqual({ source });
  });

  it('may be written as a regular expression', () => {
    expect(checkPattern(/^a\/b\d$/)).toEqual({ source: '^a\\/b[0-9]$' });
  });

  it.each([
    ['', 'the pattern is empty'],
    ['(?=a)', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(?<year>a)', 'named groups'],
    ['(?i)a', 'inline flags'],
    ['(a)\\1', "'\\1' is not read alike by every engine: write the characters out"],
    ['\\bword', "'\\b' is not read alike by every engine: write the neighbours out"],
    ['\\p{L}', "'\\p' is not read alike"],
    ['\\x41', "'\\x' is not read alike"],
    ['\\', "'\\' is not read alike"],
    ['[]', '[] and [^] are not read alike'],
    ['[^]', '[] and [^] are not read alike'],
    ['a{1001}', 'at most 1000 repetitions'],
    ['a{1,1001}', 'at most 1000 repetitions'],
    ['a++', 'possessive'],
    ['a{2}+', 'possessive'],
    ['[[:alpha:]]', "write '\\[' inside […]"],
    ['[a&&b]', "'&&' inside […]"],
    ['[a--b]', "'--' inside […]"],
    ['[\\D]', "'\\D' inside […] is not read alike"],
    ['a\\-b', "write '-' without a backslash"],
    ['(', 'pattern ( is no regular expression'],
    ['[b-a]', 'is no regular expression'],
    ['a{', 'is no regular expression'],
    ['*', 'is no regular expression'],
  ])('may not be %s', (pattern, problem) => {
    expect(checkPattern(pattern).problem).toContain(problem);
  });

  it('has no flags', () => {
    expect(checkPattern(/a/i).problem).toBe("the pattern has the flags 'i': patterns have none; write [Aa] for either case");
  });
});

describe('patterns that are taken', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '1',
    '\\d',
    '\\w',
    '\\s',
    '\\W',
    '\\S',
    '.',
    '\\.',
    '[a-c]',
    '[^a]',
    '[\\d_]',
    '[\\w-]',
    '(a|b)',
    '(?:b)',
    '^',
    '$',
    ' ',
    '-',
    '/',
    'é',
  );
  const pattern = fc.array(fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}', '*?')), { minLength: 1, maxLength: 5 });
  const text = fc.array(
    fc.constantFrom('a', 'b', 'c', '1', '_', '-', ' ', '.', '/', '\n', '\r', '\t', '\u00a0', '\u2028', 'é', '٣', '😀'),
    { maxLength: 6 },
  );

  it('mean the same to JavaScript and DuckDB', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await fc.assert(
      fc.asyncProperty(pattern, text, async (parts, letters) => {
        const { source, problem } = checkPattern(parts.map((part) => part.join('')).join(''));
        fc.pre(problem === undefined);
        const value = letters.join('');
        const reader = await connection.runAndReadAll('select regexp_matches($value, $source)', { value, source });
        expect([source, value, reader.getRows()[0]?.[0]]).toEqual([source, value, new RegExp(source, 'u').test(value)]);
      }),
      { numRuns: 1500 },
    );
    connection.closeSync();
  });
});
