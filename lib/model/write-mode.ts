/** How a transform's rows become its table. Each is one commit (IM-7, IM-10). */
export type WriteMode = Append | Upsert | ReplaceWindows | Full;

/** Rows whose key the table does not hold are added; nothing is changed or removed. */
export interface Append {
  readonly kind: 'append';
}

/** One row a key: the row with the greatest sequence wins (IM-5, IM-7). */
export interface Upsert {
  readonly kind: 'upsert';
}

/** The days (UTC) of the column that the result holds replace those days in the table (IM-10). Days it does not hold stay. */
export interface ReplaceWindows<N extends string = string> {
  readonly kind: 'replaceWindows';
  /** A date or timestamp column. */
  readonly column: N;
}

/** The result is the table. */
export interface Full {
  readonly kind: 'full';
}

/** Adds rows whose key is new and leaves all others alone. Needs a key: it is how a row is known to be there already. */
export function append(): Append {
  return { kind: 'append' };
}

/** Keeps one row a key, the one with the greatest sequence, whatever the order in which rows arrive. Needs a key and a sequence. */
export function upsert(): Upsert {
  return { kind: 'upsert' };
}

/**
 * Replaces the days (UTC) that the result holds, and leaves the others alone. With a key, a row whose key comes back in another day
 * moves there; without one, equal rows are counted.
 */
export function replaceWindows<const N extends string>(column: N): ReplaceWindows<N> {
  return { kind: 'replaceWindows', column };
}

/** Makes the table equal to the result. */
export function full(): Full {
  return { kind: 'full' };
}
