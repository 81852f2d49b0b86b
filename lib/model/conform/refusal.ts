/** Why a record is not a row of its table. A reason names the rule and the contract's field, never a value. */

export type Rule =
  /** Not JSON, or cut off. */
  | 'parse'
  /** More than one document in a record, or a line with another number of cells than its header. */
  | 'framing'
  /** JSON, but not an object; or nothing at all. */
  | 'shape'
  /** Not UTF-8, or half of a surrogate pair. */
  | 'encoding'
  /** Compressed data that is cut off, packed twice, or unpacks to too much. */
  | 'gzip'
  /** Larger than a record may be; judged before anything is parsed. */
  | 'size'
  /** Nested deeper than engines can read. */
  | 'depth'
  /** The same key twice in one object. */
  | 'duplicate'
  /** The key `__proto__`. */
  | 'proto'
  /** A required field that is missing or null, or a value of another type than the contract's. */
  | 'drift'
  /** A number that is none: not finite, or not written as one. */
  | 'number'
  /** A number beyond its column's type. */
  | 'overflow'
  /** More digits after the point than the column keeps. */
  | 'scale'
  /** A day that does not exist, or not written as one. */
  | 'date'
  /** A moment that does not exist, or not written as one. */
  | 'timestamp'
  /** A time without a zone. */
  | 'zone'
  /** More than microseconds. */
  | 'precision'
  /** Not one of the contract's values. */
  | 'oneOf'
  /** An event from the future, beyond the tolerance. */
  | 'skew'
  /** A file that ended in the middle. */
  | 'truncated'
  /** A file of no kind that is read. */
  | 'format'
  /** A file whose name has a `.` or `..` between slashes: as a URL it would lead to another. */
  | 'name'
  /** Conforming it failed by a fault of this library. */
  | 'internal';

export interface Reason {
  readonly rule: Rule;
  /** The contract's field, `address.zip` or `items[].price`; empty where the record as a whole is meant; `_extra` for an unknown field. */
  readonly field: string;
}

/** A conformed record: its line of the bronze object (without the line's end) … */
export interface Accepted {
  readonly row: string;
  /** A byte-order mark was taken off. */
  readonly bom: boolean;
  /** The record holds fields that the contract does not know. */
  readonly drifted: boolean;
}

/** … or why there is none. */
export interface Refused {
  readonly reasons: readonly Reason[];
}

export type Outcome = Accepted | Refused;

export function refused(rule: Rule, field = ''): Refused {
  return { reasons: [{ rule, field }] };
}

/** The text of a value in its canonical form, or the rule that it breaks. */
export type Canonical = { readonly text: string } | { readonly rule: Rule };
