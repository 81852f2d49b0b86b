import type { Span } from '../grammar/trino-grammar.js';
import type { SqlType } from '../types/sql-type.js';
import type { Query } from './query.js';

export type { Span };

/** A name as written. Names are compared without case. */
export interface Name extends Span {
  readonly text: string;
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export interface NullLiteral extends Span {
  readonly kind: 'null';
}

export interface BooleanLiteral extends Span {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** A number as written, without its sign. */
export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly form: 'integer' | 'decimal' | 'double';
  readonly text: string;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

/** `DATE '2026-01-31'`, `TIMESTAMP '…'`, `DECIMAL '1.50'`, `BIGINT '5'`. */
export interface TypedLiteral extends Span {
  readonly kind: 'typed';
  readonly type: SqlType;
  readonly value: string;
}

export type IntervalField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

/** `INTERVAL '3' DAY`: a whole number of one unit. */
export interface IntervalLiteral extends Span {
  readonly kind: 'interval';
  readonly amount: bigint;
  readonly field: IntervalField;
}

/** `amount`, `o.amount`, and what may turn out to be a column and its fields, `o.address.city`. */
export interface ColumnPath extends Span {
  readonly kind: 'column';
  readonly path: readonly Name[];
}

export interface FieldAccess extends Span {
  readonly kind: 'field';
  readonly base: Expression;
  readonly name: Name;
}

export interface Subscript extends Span {
  readonly kind: 'subscript';
  readonly base: Expression;
  readonly index: Expression;
}

export interface Negation extends Span {
  readonly kind: 'negate';
  readonly operand: Expression;
}

export interface Not extends Span {
  readonly kind: 'not';
  readonly operand: Expression;
}

/** `and`, `or` over two or more. */
export interface Logical extends Span {
  readonly kind: 'logical';
  readonly op: 'and' | 'or';
  readonly operands: readonly Expression[];
}

export interface Arithmetic extends Span {
  readonly kind: 'arithmetic';
  readonly op: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Concatenation extends Span {
  readonly kind: 'concat';
  readonly left: Expression;
  readonly right: Expression;
}

export interface Comparison extends Span {
  readonly kind: 'compare';
  readonly op: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface DistinctFrom extends Span {
  readonly kind: 'distinctFrom';
  readonly left: Expression;
  readonly right: Expression;
  readonly negated: boolean;
}

export interface Between extends Span {
  readonly kind: 'between';
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
}

export interface InList extends Span {
  readonly kind: 'inList';
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
}

export interface InQuery extends Span {
  readonly kind: 'inQuery';
  readonly operand: Expression;
  readonly query: Query;
  readonly negated: boolean;
}

export interface Like extends Span {
  readonly kind: 'like';
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape?: Expression;
  readonly negated: boolean;
}

export interface IsNull extends Span {
  readonly kind: 'isNull';
  readonly operand: Expression;
  readonly negated: boolean;
}

export interface WhenClause {
  readonly condition: Expression;
  readonly result: Expression;
}

export interface Case extends Span {
  readonly kind: 'case';
  readonly operand?: Expression;
  readonly whens: readonly WhenClause[];
  readonly otherwise?: Expression;
}

export interface Cast extends Span {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: SqlType;
  readonly safe: boolean;
}

export interface SortItem extends Span {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type FrameBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };

export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups';
  readonly start: FrameBound;
  readonly end?: FrameBound;
}

export interface Window extends Span {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame?: Frame;
}

/** A call of a function, aggregate or window function: `count(*)` has `star` and no arguments. */
export interface Call extends Span {
  readonly kind: 'call';
  readonly name: Name;
  readonly args: readonly Expression[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly orderBy: readonly SortItem[];
  readonly filter?: Expression;
  readonly ignoreNulls: boolean;
  readonly over?: Window;
}

export interface Lambda extends Span {
  readonly kind: 'lambda';
  readonly parameters: readonly Name[];
  readonly body: Expression;
}

export interface ArrayConstructor extends Span {
  readonly kind: 'array';
  readonly items: readonly Expression[];
}

export interface RowConstructor extends Span {
  readonly kind: 'row';
  readonly items: readonly Expression[];
}

export interface ScalarSubquery extends Span {
  readonly kind: 'subquery';
  readonly query: Query;
}

export interface Exists extends Span {
  readonly kind: 'exists';
  readonly query: Query;
}

export interface AtTimeZone extends Span {
  readonly kind: 'atTimeZone';
  readonly operand: Expression;
  readonly zone: string;
}

/** `grouping(a, b)`: which of the columns the row's grouping set leaves out, as bits. */
export interface Grouping extends Span {
  readonly kind: 'grouping';
  readonly columns: readonly ColumnPath[];
}

export type Expression =
  | NullLiteral
  | BooleanLiteral
  | NumberLiteral
  | StringLiteral
  | TypedLiteral
  | IntervalLiteral
  | ColumnPath
  | FieldAccess
  | Subscript
  | Negation
  | Not
  | Logical
  | Arithmetic
  | Concatenation
  | Comparison
  | DistinctFrom
  | Between
  | InList
  | InQuery
  | Like
  | IsNull
  | Case
  | Cast
  | Call
  | Lambda
  | ArrayConstructor
  | RowConstructor
  | ScalarSubquery
  | Exists
  | AtTimeZone
  | Grouping;
