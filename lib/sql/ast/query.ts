import type { Expression, Name, SortItem, Span } from './expression.js';

/** A query with what surrounds it: common table expressions, order, offset, limit. */
export interface Query extends Span {
  readonly kind: 'query';
  readonly ctes: readonly Cte[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[];
  readonly offset?: bigint;
  readonly limit?: bigint;
}

export interface Cte extends Span {
  readonly name: Name;
  readonly columns: readonly Name[];
  readonly query: Query;
}

export type QueryBody = Select | SetOperation | Values | Query;

export interface Select extends Span {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: readonly Relation[];
  readonly where?: Expression;
  readonly groupBy?: GroupBy;
  readonly having?: Expression;
}

export type SelectItem =
  | (Span & { readonly kind: 'expression'; readonly expression: Expression; readonly alias?: Name })
  | (Span & { readonly kind: 'all'; readonly of?: Name });

export interface GroupBy extends Span {
  readonly elements: readonly GroupingElement[];
}

export type GroupingElement =
  | { readonly kind: 'plain'; readonly expressions: readonly Expression[] }
  | { readonly kind: 'rollup' | 'cube' | 'sets'; readonly sets: readonly (readonly Expression[])[] };

export interface SetOperation extends Span {
  readonly kind: 'set';
  readonly op: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export interface Values extends Span {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface TableName extends Span {
  readonly database?: Name;
  readonly name: Name;
}

export interface TableRelation extends Span {
  readonly kind: 'table';
  readonly table: TableName;
  readonly alias?: Name;
  readonly columns: readonly Name[];
  /** `FOR VERSION AS OF`: in the library's own statements only. */
  readonly version?: bigint;
}

export interface SubqueryRelation extends Span {
  readonly kind: 'derived';
  readonly query: Query;
  readonly lateral: boolean;
  readonly alias?: Name;
  readonly columns: readonly Name[];
}

export interface UnnestRelation extends Span {
  readonly kind: 'unnest';
  readonly expressions: readonly Expression[];
  readonly ordinality: boolean;
  readonly alias?: Name;
  readonly columns: readonly Name[];
}

export interface Join extends Span {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly left: Relation;
  readonly right: Relation;
  readonly on?: Expression;
  readonly using?: readonly Name[];
}

export type Relation = TableRelation | SubqueryRelation | UnnestRelation | Join;
