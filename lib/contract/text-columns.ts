import { Column, changed, checked, type Flag, type NeverNull, plain, type Slot, type slot } from './column.js';
import type { BooleanRef, NestedRef, TextRef, WordRef } from './ref.js';
import type { JsonText } from './value.js';

export class TextColumn<F extends Flag = never> extends Column<'text', F, TextRef> {
  declare readonly [slot]: Slot<'text', TextRef, string, string, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): TextColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** The column names the person the row is about: erasure starts from it. */
  subject(): TextColumn<F | 'subject'> {
    return changed(this, { subject: true });
  }

  /** A part of the text fits the pattern; for all of it write `^…$`. */
  matches(pattern: string | RegExp): this {
    return checked(this, { suffix: 'matches', rule: (column: TextRef) => column.matches(pattern) });
  }

  /** Holds something other than white space. */
  notBlank(): this {
    return checked(this, { suffix: 'not_blank', rule: (column: TextRef) => column.notBlank() });
  }
}

/** One of a few fixed words. */
export class OneOfColumn<W extends string, F extends Flag = never> extends Column<'oneOf', F, WordRef<W>, W> {
  declare readonly [slot]: Slot<'oneOf', WordRef<W>, W, W, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): OneOfColumn<W, F | 'key'> {
    return changed(this, { key: true });
  }
}

export class BooleanColumn<F extends Flag = never> extends Column<'boolean', F, BooleanRef> {
  declare readonly [slot]: Slot<'boolean', BooleanRef, boolean, boolean, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): BooleanColumn<F | 'key'> {
    return changed(this, { key: true });
  }
}

/** Any JSON, kept as text: for what has no fixed shape. */
export class JsonColumn<F extends Flag = never> extends Column<'json', F, NestedRef> {
  declare readonly [slot]: Slot<'json', NestedRef, JsonText, JsonText, F>;
}

/** Text of any length. */
export function text(): TextColumn {
  return new TextColumn(plain({ kind: 'text' }));
}

export function boolean(): BooleanColumn {
  return new BooleanColumn(plain({ kind: 'boolean' }));
}

/**
 * One of a few fixed words.
 * @example oneOf('placed', 'paid', 'shipped')
 */
export function oneOf<const W extends string>(...words: readonly W[]): OneOfColumn<W> {
  const twice = words.filter((word, index) => words.indexOf(word) !== index);
  const problems = [
    ...(words.length === 0 ? ['oneOf() needs at least one word'] : []),
    ...twice.map((word) => `oneOf() has '${word}' twice`),
    ...words
      .filter((word) => word.trim() !== word || word === '')
      .map((word) => `oneOf() has '${word}', which is blank or has white space around it`),
  ];
  return new OneOfColumn(plain({ kind: 'oneOf', values: [...words] }, problems));
}

/** Any JSON, kept as text. Its inside is unknown to rules and lineage: prefer `struct`, `array` and `map`. */
export function json(): JsonColumn {
  return new JsonColumn(plain({ kind: 'json' }));
}
