import type { ElementColumn, Flag, Parts } from './column.js';
import type { ArrayColumn, MapColumn, StructColumn } from './nested-columns.js';
import type { BigintColumn, DecimalColumn, DoubleColumn, IntColumn } from './number-columns.js';
import type { TypeSpec } from './spec.js';
import type { BooleanColumn, JsonColumn, OneOfColumn, TextColumn } from './text-columns.js';
import type { DateColumn, TimestampColumn } from './time-columns.js';

/** The kinds of columns. */
export type Kind = TypeSpec['kind'];

/**
 * The column class of each kind with its flags: a modifier of the common base looks its result up here, which costs the compiler next to
 * nothing. `A` is what a kind is made of: the words of `oneOf`, the element of an array, the fields of a struct, the value of a map.
 */
export interface ColumnKinds<F extends Flag, A> {
  readonly text: TextColumn<F>;
  readonly boolean: BooleanColumn<F>;
  readonly int: IntColumn<F>;
  readonly bigint: BigintColumn<F>;
  readonly double: DoubleColumn<F>;
  readonly decimal: DecimalColumn<F>;
  readonly date: DateColumn<F>;
  readonly timestamp: TimestampColumn<F>;
  readonly oneOf: OneOfColumn<Extract<A, string>, F>;
  readonly array: ArrayColumn<Extract<A, ElementColumn>, F>;
  readonly struct: StructColumn<Extract<A, Parts>, F>;
  readonly map: MapColumn<Extract<A, ElementColumn>, F>;
  readonly json: JsonColumn<F>;
}
