import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameProblem, RESERVED_WORDS } from '../../lib/contract/index.js';

describe('a name', () => {
  it.each(['orders', 'order_id', 'a', 'x2', 'address_line_1', 'year', 'month', 'status'])('may be %s', (name) => {
    expect([nameProblem('contract', name), nameProblem('column', name), nameProblem('rule', name)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['', "column name is empty: use lower-case letters, digits and underscores, as 'order_id'"],
    ['OrderId', `column name "OrderId" must be lower-case letters, digits and underscores and begin with a letter: use 'order_id'`],
    ['order-id', `column name "order-id" must be lower-case letters, digits and underscores and begin with a letter: use 'order_id'`],
    ['Größe', "use 'gro_e'"],
    ['1st', "begin with a letter: use 'st'"],
    ['_extra', `column name "_extra" starts with '_', which is kept for technical columns`],
    ['__proto__', "starts with '_'"],
    ['date', `column name "date" is a reserved word of Athena: use another, as 'date_value'`],
    ['timestamp', 'reserved word'],
    ['user', 'reserved word'],
    ['skip', 'reserved word'],
    ['json_value', 'reserved word'],
    ['arrival', `column name "arrival" is taken by the lake's own partition key`],
    ['名', 'must be lower-case letters'],
  ])('of a column may not be %j', (name, problem) => {
    expect(nameProblem('column', name)).toContain(problem);
  });

  it.each([
    ['contract', 50],
    ['column', 255],
    ['rule', 128],
  ] as const)('of a %s has at most %i characters', (kind, most) => {
    expect(nameProblem(kind, 'a'.repeat(most))).toBeUndefined();
    expect(nameProblem(kind, 'a'.repeat(most + 1))).toMatch(/has \d+ characters: at most/);
  });

  it('of a rule may be a reserved word: it stands in no statement as a name', () => {
    expect(nameProblem('rule', 'values')).toBeUndefined();
  });

  it.each([undefined, null, 7, {}, Symbol('x')])('is text, not %s', (name) => {
    expect(nameProblem('column', name)).toMatch(/^column name must be text, got/);
  });

  it.each([
    'x"; DROP TABLE t; --',
    "x' OR '1'='1",
    'x`',
    'x;y',
    'x y',
    'x\ny',
    'x\u0000',
    '../x',
    '%2e%2e',
    '${x}',
    '$.run',
    'x{}',
    "x')--",
    'x\u202e',
  ])('F-35 %j is refused, and shown so that it bends nothing', (name) => {
    for (const kind of ['contract', 'column', 'rule'] as const) {
      const problem = nameProblem(kind, name);
      expect(problem).toBeDefined();
      expect(problem).not.toContain('\n');
    }
  });

  it('F-35 that is accepted needs no quoting anywhere', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)), (name) => {
        if (nameProblem('column', name) === undefined) {
          expect(name).toMatch(/^[a-z][a-z0-9_]{0,254}$/);
          expect(RESERVED_WORDS.has(name)).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never offers a name that is wrong itself in its letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const offered = /: use '([^']*)'$/.exec(nameProblem('rule', name) ?? '')?.[1];
        if (offered !== undefined) expect(nameProblem('rule', offered)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the reserved words', () => {
  it('are those of DDL and of queries', () => {
    expect(RESERVED_WORDS.size).toBeGreaterThan(150);
    for (const word of ['partialscan', 'utc_timestamp', 'date', 'listagg', 'unnest', 'current_catalog'])
      expect(RESERVED_WORDS.has(word)).toBe(true);
    for (const word of RESERVED_WORDS) expect(word).toMatch(/^[a-z][a-z_]*$/);
  });
});
