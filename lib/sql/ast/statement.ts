import type { Expression, Name, Span } from './expression.js';
import type { Query, Relation, TableName } from './query.js';

/** `CREATE TABLE [IF NOT EXISTS] t WITH (…) AS query`. */
export interface CreateTableAs extends Span {
  readonly kind: 'createTableAs';
  readonly table: TableName;
  readonly ifNotExists: boolean;
  readonly properties: readonly { readonly name: Name; readonly value: Expression }[];
  readonly query: Query;
}

export interface InsertInto extends Span {
  readonly kind: 'insert';
  readonly table: TableName;
  readonly columns?: readonly Name[];
  readonly query: Query;
}

export interface DeleteFrom extends Span {
  readonly kind: 'delete';
  readonly table: TableName;
  readonly where?: Expression;
}

export interface DropTable extends Span {
  readonly kind: 'dropTable';
  readonly table: TableName;
  readonly ifExists: boolean;
}

export type MergeCase =
  | {
      readonly kind: 'update';
      readonly condition?: Expression;
      readonly set: readonly { readonly column: Name; readonly value: Expression }[];
    }
  | { readonly kind: 'delete'; readonly condition?: Expression }
  | { readonly kind: 'insert'; readonly condition?: Expression; readonly columns: readonly Name[]; readonly values: readonly Expression[] };

export interface Merge extends Span {
  readonly kind: 'merge';
  readonly table: TableName;
  readonly alias?: Name;
  readonly source: Relation;
  readonly on: Expression;
  readonly cases: readonly MergeCase[];
}

export type Statement = Query | CreateTableAs | InsertInto | DeleteFrom | DropTable | Merge;
