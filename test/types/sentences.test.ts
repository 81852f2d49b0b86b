import { describe, expect, it } from 'vitest';
import { check, declarationsOf, IMPORTS } from './compiler.js';

/** A mistake, and what the editor must say of it. Compilers differ in the words around it, so only this is asked for. */
const MISTAKES: readonly (readonly [mistake: string, sentence: string])[] = [
  ['text().nullable().key();', 'a key, sequence or eventTime column is never null: drop nullable()'],
  ['bigint().nullable().sequence();', 'a key, sequence or eventTime column is never null: drop nullable()'],
  ['text().key().nullable();', 'a key column is never null: drop nullable()'],
  ['timestamp().sequence().nullable();', 'a sequence column is never null: drop nullable()'],
  ['timestamp().eventTime().nullable();', 'an eventTime column is never null: drop nullable()'],
  ['double().key();', "Property 'key' does not exist on type 'DoubleColumn<never>'"],
  ["contract('t', { id: text() }, { rules: (t) => [t.it.isNull()] });", "Property 'it' does not exist"],
  ["contract('t', { id: text() }, { ownr: 'me' });", "'ownr' does not exist"],
  ["contract('t', { id: text() }, { freshness: 'soon' });", `Type '"soon"' is not assignable to type`],
  ["contract('t', { s: oneOf('a') }, { rules: (t) => [t.s.eq('b')] });", `Argument of type '"b"' is not assignable`],
];

describe('what the editor says', () => {
  it('says nothing of a contract that is right', () => {
    expect(
      check(`${IMPORTS} contract('t', { id: text().key(), at: timestamp().sequence() }, { rules: (t) => [t.id.notBlank()] });`).errors,
    ).toEqual([]);
  });

  it.each(MISTAKES)('of %s', (mistake, sentence) => {
    const { errors } = check(IMPORTS + mistake);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(sentence);
  });
});

describe('what the compiler writes down', () => {
  const declarations = declarationsOf(`${IMPORTS}
    export const T = contract('t', {
      id: text().key(), word: oneOf('x', 'y').nullable(), at: timestamp().sequence(),
      where: struct({ zip: text().nullable(), geo: array(struct({ lat: double() })) }), prices: map(text(), decimal(3, 1)).pii('payment'),
    }, { rules: (t) => [t.at.isNotNull()] });
    export const same = (row: Row<typeof T>) => row;
    export const { c } = T;`);

  it('shows a row as one object of its columns', () => {
    expect(declarations).toMatch(
      /readonly where: \{\s+readonly zip: string \| null;\s+readonly geo: readonly \{\s+readonly lat: number;\s+\}\[\];\s+\};/,
    );
    expect(declarations).toMatch(/readonly word: "x" \| "y" \| null;/);
  });

  it('names only what can be imported from outside the library', () => {
    expect(declarations).toContain('import("cdk-medallion/contract").TextColumn<"key">');
    expect(declarations).not.toMatch(/import\("\./);
  });
});
