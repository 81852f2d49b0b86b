import { Column, checked, type Flag } from './column.js';
import type { Kind } from './kinds.js';
import type { LiteralInput } from './literal-value.js';
import type { OrderedRef, ValueGroup } from './ref.js';

/** A column whose values have an order, so that bounds can be set on it. */
export abstract class OrderedColumn<
  K extends Kind,
  F extends Flag,
  Ref extends OrderedRef<ValueGroup, never>,
  L extends LiteralInput,
> extends Column<K, F, Ref> {
  /** No value is less. */
  min(least: L): this {
    return checked(this, { suffix: 'min', rule: (column: OrderedRef<ValueGroup, L>) => column.gte(least) });
  }

  /** No value is greater. */
  max(greatest: L): this {
    return checked(this, { suffix: 'max', rule: (column: OrderedRef<ValueGroup, L>) => column.lte(greatest) });
  }

  /** Every value is one of `least`, `greatest` or between them. */
  between(least: L, greatest: L): this {
    return checked(this, { suffix: 'between', rule: (column: OrderedRef<ValueGroup, L>) => column.between(least, greatest) });
  }
}
