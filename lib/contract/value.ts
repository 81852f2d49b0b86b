/**
 * How values look in TypeScript. Exact types are text: a JavaScript number cannot hold a decimal or a bigint, and a `Date` has a time zone
 * and only milliseconds. The phantom `_form` makes a hover say which text is meant; it never exists at run time.
 */

/** A calendar date, `2026-01-31`. */
export type DateText = `${number}-${number}-${number}` & { readonly _form?: 'date' };

/** A moment in UTC with microseconds, `2026-01-31T12:00:00.000000Z`: of fixed width, so that `<` sorts it. */
export type TimestampText = `${number}-${number}-${number}T${number}:${number}:${number}Z` & { readonly _form?: 'timestamp' };

/** A moment as ISO 8601 text: a zone (`Z` or an offset) is required, which only a run can check. */
export type InstantText = `${number}-${number}-${number}T${string}` & { readonly _form?: 'instant' };

/** An exact number as plain digits, `12.50`. */
export type DecimalText = `${number}` & { readonly _form?: 'decimal' };

/** Valid JSON. */
export type JsonText = string & { readonly _form?: 'json' };
