import type { Call, ColumnPath, Expression } from '../ast/expression.js';
import type { Query, Relation, Select, SelectItem, TableName } from '../ast/query.js';
import type { SqlFunction } from '../functions/sql-function.js';
import type { Catalog, CatalogTable } from '../types/catalog.js';
import type { SqlType } from '../types/sql-type.js';
import type { Deciding } from './lineage.js';
import type { Field, RelationInstance, Resolution, Typed } from './scope.js';

/** A base table that a statement names. */
export interface TableUse {
  readonly table: CatalogTable;
  readonly name: TableName;
  /** Whether the reference has an alias of the user's. */
  readonly aliased: boolean;
}

/** A column of a select's result, with what it is printed from. */
export interface OutputColumn extends Field {
  readonly source: { readonly expression: Expression } | { readonly relation: RelationInstance; readonly field: Field } | undefined;
}

/** What a query gives. */
export interface Shape {
  readonly columns: readonly OutputColumn[];
  /** What decides which rows it gives. */
  readonly rows: Deciding;
  /** It gives exactly one row. */
  readonly single: boolean;
}

/** A call with the entry of the function table that it means. */
export interface ResolvedCall {
  readonly entry: SqlFunction;
  readonly types: readonly SqlType[];
  readonly result: SqlType;
}

/** An item of GROUP BY that is a position: it is printed as a position. */
export interface GroupKey {
  readonly expression: Expression;
  readonly ordinal?: number;
}

/** Everything that is known about a statement after it was read: the printers write from it. */
export class Analysis {
  readonly catalog: Catalog;
  readonly tables: TableUse[] = [];
  readonly typed = new Map<Expression, Typed>();
  readonly columns = new Map<ColumnPath, Resolution>();
  readonly calls = new Map<Call, ResolvedCall>();
  readonly relations = new Map<Relation, RelationInstance>();
  readonly shapes = new Map<Query | Select, Shape>();
  readonly groupKeys = new Map<Select, ReadonlyMap<Expression, GroupKey>>();
  /** Sort items of a query that are output columns, by position. */
  readonly sortColumns = new Map<Expression, number>();
  /** What each `*` stands for. */
  readonly stars = new Map<SelectItem, readonly { readonly relation: RelationInstance; readonly field: Field }[]>();
  /** Casts that the text does not show. */
  readonly casts = new Map<Expression, SqlType>();

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  /** Whether an expression is a column whose text needs no look before a cast. */
  isCanonical(expression: Expression): boolean {
    const found = expression.kind === 'column' ? this.columns.get(expression) : undefined;
    return found?.kind === 'field' && found.rest.length === 0 && found.field.canonical === true;
  }

  typeOf(expression: Expression): SqlType {
    const typed = this.typed.get(expression);
    if (typed === undefined) throw new Error(`expression '${expression.kind}' was not analyzed`);
    return typed.type;
  }
}
