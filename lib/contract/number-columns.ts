import { changed, type Flag, type NeverNull, plain, type Slot, type slot } from './column.js';
import type { Kind } from './kinds.js';
import { OrderedColumn } from './ordered-column.js';
import type { NumberRef } from './ref.js';
import type { DecimalText } from './value.js';

/** A column of numbers, which may have a unit. */
abstract class NumberColumn<K extends Kind, F extends Flag, L extends number | bigint | DecimalText> extends OrderedColumn<
  K,
  F,
  NumberRef,
  L
> {
  /** What one stands for: `'EUR'`, `'km'`, `'ms'`. A change of unit is a change of meaning, and of the contract's version. */
  unit(unit: string): this {
    return changed(this, { unit });
  }
}

export class IntColumn<F extends Flag = never> extends NumberColumn<'int', F, number> {
  declare readonly [slot]: Slot<'int', NumberRef, number, number, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): IntColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** Orders the versions of a row: the greatest is the newest. */
  sequence(this: NeverNull<F>): IntColumn<F | 'sequence'> {
    return changed(this, { sequence: true });
  }

  /** The column names the person the row is about: erasure starts from it. */
  subject(): IntColumn<F | 'subject'> {
    return changed(this, { subject: true });
  }
}

export class BigintColumn<F extends Flag = never> extends NumberColumn<'bigint', F, number | bigint | DecimalText> {
  declare readonly [slot]: Slot<'bigint', NumberRef, bigint, bigint | number, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): BigintColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** Orders the versions of a row: the greatest is the newest. */
  sequence(this: NeverNull<F>): BigintColumn<F | 'sequence'> {
    return changed(this, { sequence: true });
  }

  /** The column names the person the row is about: erasure starts from it. */
  subject(): BigintColumn<F | 'subject'> {
    return changed(this, { subject: true });
  }
}

export class DecimalColumn<F extends Flag = never> extends NumberColumn<'decimal', F, number | bigint | DecimalText> {
  declare readonly [slot]: Slot<'decimal', NumberRef, DecimalText, DecimalText | number | bigint, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): DecimalColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** Orders the versions of a row: the greatest is the newest. */
  sequence(this: NeverNull<F>): DecimalColumn<F | 'sequence'> {
    return changed(this, { sequence: true });
  }
}

/** A floating-point number. It is no key and no sequence: equal amounts may differ in the last digit. */
export class DoubleColumn<F extends Flag = never> extends NumberColumn<'double', F, number> {
  declare readonly [slot]: Slot<'double', NumberRef, number, number, F>;
}

/** A whole number of 32 bits, signed. */
export function int(): IntColumn {
  return new IntColumn(plain({ kind: 'int' }));
}

/** A whole number of 64 bits, signed: exact, so a `bigint` in TypeScript. */
export function bigint(): BigintColumn {
  return new BigintColumn(plain({ kind: 'bigint' }));
}

/** A floating-point number of 64 bits. For money use `decimal`. */
export function double(): DoubleColumn {
  return new DoubleColumn(plain({ kind: 'double' }));
}

/**
 * An exact number of at most `precision` digits (1 to 38), `scale` of them after the point.
 * @example decimal(10, 2)   // up to 99999999.99
 */
export function decimal(precision: number, scale: number): DecimalColumn {
  const problems: string[] = [];
  if (!Number.isInteger(precision) || precision < 1 || precision > 38) {
    problems.push(`decimal(${precision}, ${scale}): the precision is 1 to 38 digits`);
  } else if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    problems.push(`decimal(${precision}, ${scale}): the scale is 0 to ${precision} digits`);
  }
  return new DecimalColumn(plain({ kind: 'decimal', precision, scale }, problems));
}
