/**
 * The plain-data form of a contract: what the typed builders produce and everything else is derived from.
 * It is JSON (no classes, no functions), so a handler, a test or another process can read the same declaration.
 */

/**
 * The type of a column or of a part of one. `timestamp` is UTC with microseconds; `json` is valid JSON text. Elements of arrays and values
 * of maps are never null; the key of a map is text or oneOf.
 */
export type TypeSpec =
  | { readonly kind: 'text' | 'boolean' | 'int' | 'bigint' | 'double' | 'date' | 'timestamp' | 'json' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'array'; readonly element: TypeSpec }
  | { readonly kind: 'struct'; readonly fields: readonly FieldSpec[] }
  | { readonly kind: 'map'; readonly key: TypeSpec; readonly value: TypeSpec };

/** A named, typed place: a column, or a field of a struct. */
export interface FieldSpec {
  readonly name: string;
  readonly type: TypeSpec;
  readonly nullable: boolean;
  readonly description?: string;
  readonly unit?: string;
  /** Name of the field in the source's records, where it is another than the column's. Tables always have the column's own name. */
  readonly from?: string;
}

/** A column and what is said about it. Flags are present only when they hold. */
export interface ColumnSpec extends FieldSpec {
  readonly key?: true;
  readonly sequence?: true;
  readonly eventTime?: true;
  readonly subject?: true;
  /** The kind of personal data the column holds. */
  readonly pii?: string;
}

/**
 * One side of a comparison: a column of the same row, or a value written in the contract, in the column's canonical form: a number for int
 * and double; plain digits as text for bigint and decimal (at the column's scale); `YYYY-MM-DD` for a date; `YYYY-MM-DD HH:MM:SS.ffffff`
 * in UTC for a timestamp. The bounds of `between` and the values of `oneOf` have the same form.
 */
export type OperandSpec = { readonly column: string } | { readonly value: string | number | boolean };

/** A condition on one row. It is unknown where SQL would say NULL. */
export type ConditionSpec =
  | { readonly op: 'compare'; readonly left: OperandSpec; readonly is: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly right: OperandSpec }
  | { readonly op: 'between'; readonly column: string; readonly from: string | number; readonly to: string | number }
  | { readonly op: 'oneOf'; readonly column: string; readonly values: readonly (string | number)[] }
  /** A part of the text fits; the pattern is in a form that JavaScript (with the `u` flag), Trino, DuckDB and Spark read alike. */
  | { readonly op: 'matches'; readonly column: string; readonly pattern: string }
  | { readonly op: 'notBlank'; readonly column: string }
  | { readonly op: 'isNull' | 'isNotNull'; readonly column: string }
  | { readonly op: 'and' | 'or'; readonly all: readonly ConditionSpec[] }
  | { readonly op: 'not'; readonly condition: ConditionSpec }
  /** A boolean expression in the library's SQL subset over the contract's own columns. */
  | { readonly op: 'sql'; readonly expression: string };

export type Severity = 'warn' | 'quarantine' | 'fail';

/** A rule with a name. Row rules judge each row; `unique` and `references` judge the set (QR-2, QR-3). */
export interface RuleSpec {
  /** Unique in its contract, `[a-z][a-z0-9_]*`; stands in quarantine rows and reports. */
  readonly id: string;
  readonly check:
    | { readonly kind: 'row'; readonly condition: ConditionSpec; readonly when?: ConditionSpec }
    | { readonly kind: 'unique'; readonly columns: readonly string[] }
    | { readonly kind: 'references'; readonly column: string; readonly contract: string; readonly target: string };
  readonly severity: Severity;
  /** What an unknown outcome means (QR-2). */
  readonly nulls: 'pass' | 'fail';
  /** The columns the rule reads. */
  readonly columns: readonly string[];
}

/** A whole contract as data. */
export interface ContractSpec {
  /** The table's name: lower case, digits and underscores. */
  readonly name: string;
  /** Fingerprint of columns and rules: 12 hex digits, the same for the same declaration. */
  readonly version: string;
  readonly owner?: string;
  readonly description?: string;
  /** How old the newest row may be, as `'1 hour'`. */
  readonly freshness?: string;
  readonly columns: readonly ColumnSpec[];
  readonly rules: readonly RuleSpec[];
}
