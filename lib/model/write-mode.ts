/** How a transform's rows become its table. Each is one commit (IM-7, IM-10). */
export type WriteMode =
  /** Rows not seen before are added; nothing is changed or removed. */
  | { readonly kind: 'append' }
  /** One row a key: the row with the greatest sequence wins (IM-5, IM-7). */
  | { readonly kind: 'upsert' }
  /** Days (a date column) or days of a timestamp column that the result holds replace those in the table (IM-10). */
  | { readonly kind: 'replaceWindows'; readonly column: string }
  /** The result is the table. */
  | { readonly kind: 'full' };
