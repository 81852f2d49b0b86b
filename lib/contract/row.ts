import type { Columns, slot } from './column.js';

/** Shows an intersection as one object, and is an object type of its own in a hover. */
export type Flatten<T> = { [K in keyof T]: T[K] } & {};

export type RowOf<C extends Columns> = { readonly [N in keyof C]: C[N][typeof slot]['read'] };

/** Names of the columns that may be left out. */
type Optional<C extends Columns> = { [N in keyof C]: null extends C[N][typeof slot]['write'] ? N : never }[keyof C];

export type NewRowOf<C extends Columns> = Flatten<
  { readonly [N in Exclude<keyof C, Optional<C>>]: C[N][typeof slot]['write'] } & {
    readonly [N in Optional<C>]?: C[N][typeof slot]['write'];
  }
>;
