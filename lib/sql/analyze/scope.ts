import type { ColumnPath, Name } from '../ast/expression.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import type { SqlType } from '../types/sql-type.js';
import { type Deciding, type Lineage, NO_DECIDING } from './lineage.js';

/** An expression's type, whether it can be NULL, and the base columns behind it. */
export interface Typed {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly lineage: Lineage;
}

/** A column of a relation. */
export interface Field extends Typed {
  /** The name it can be asked for by; columns without one can only be reached by `*`. */
  readonly name?: string;
  /** Its name in printed text: unique in the relation. */
  readonly printName: string;
  /** See `CatalogColumn`. */
  readonly canonical?: true;
}

/** A table, subquery or unnest as it stands in a `from`. */
export interface RelationInstance {
  readonly id: number;
  /** The name before a column's dot. */
  readonly name?: string;
  /** The base table's own name, which an alias hides. */
  readonly table?: string;
  /** Its alias in printed text: unique in the scope. */
  readonly printName: string;
  readonly fields: readonly Field[];
  /** What decides which rows it has. */
  readonly rows: Deciding;
  /** Whether an outer join can fill it with NULLs; set once the join's condition was read. */
  optional: boolean;
}

/** A column that `join … using` made of several. */
export interface MergedColumn extends Typed {
  readonly name: string;
  readonly parts: readonly { readonly relation: RelationInstance; readonly field: Field }[];
  /** `coalesce` of all, or the first or last alone. */
  readonly take: 'first' | 'last' | 'coalesce';
}

export interface LambdaParameter extends Typed {
  readonly name: string;
}

/** What a path of names turned out to be; `rest` are struct fields to read from it. */
export type Resolution =
  | { readonly kind: 'field'; readonly relation: RelationInstance; readonly field: Field; readonly rest: readonly Name[] }
  | { readonly kind: 'merged'; readonly column: MergedColumn; readonly rest: readonly Name[] }
  | { readonly kind: 'parameter'; readonly parameter: LambdaParameter; readonly rest: readonly Name[] }
  | { readonly kind: 'output'; readonly index: number; readonly rest: readonly Name[] };

/** The names that an expression can see. */
export class Scope {
  readonly relations: RelationInstance[] = [];
  merged: MergedColumn[] = [];
  readonly parent?: Scope;
  /** Columns known not to be NULL, by the conditions on the rows. */
  readonly nonNull = new Set<Field>();
  /** Whether a subquery below may read this scope's columns, and with what effect. */
  correlation: 'none' | 'where' = 'none';
  correlated = false;
  /** Columns of outer scopes that were read. */
  readonly outer: Lineage[] = [];
  private readonly lambdas: LambdaParameter[] = [];

  constructor(parent?: Scope) {
    if (parent !== undefined) this.parent = parent;
  }

  get rows(): readonly Deciding[] {
    return this.relations.map((relation) => relation.rows);
  }

  withParameters<T>(parameters: readonly LambdaParameter[], run: () => T): T {
    this.lambdas.push(...parameters);
    try {
      return run();
    } finally {
      this.lambdas.length -= parameters.length;
    }
  }

  /** Finds what a path means, in this scope or in the one around it. */
  resolve(path: ColumnPath): Resolution {
    const found = this.find(path);
    if (found !== undefined) return found;
    const outer = this.parent?.find(path);
    if (outer === undefined) throw this.unknown(path);
    if (this.correlation !== 'where') {
      throw new SqlProblem(
        'sql-correlation',
        `column '${pathText(path)}' of the outer query can be read only in the where clause of a subquery`,
        path,
      );
    }
    this.correlated = true;
    return outer;
  }

  private find(path: ColumnPath): Resolution | undefined {
    const [first, ...rest] = path.path as readonly [Name, ...Name[]];
    const parameter = this.lambdas.findLast((one) => same(one.name, first.text));
    if (parameter !== undefined) return { kind: 'parameter', parameter, rest };
    return this.qualified(path, first, rest) ?? this.unqualified(path, first, rest);
  }

  private qualified(path: ColumnPath, first: Name, rest: readonly Name[]): Resolution | undefined {
    const [column, ...fields] = rest;
    if (column === undefined) return undefined;
    const relations = this.relations.filter((relation) => relation.name !== undefined && same(relation.name, first.text));
    if (relations.length > 1) throw new SqlProblem('sql-ambiguous', `table '${first.text}' is named twice: give each an alias`, first);
    const [relation] = relations;
    if (relation === undefined) return undefined;
    const matches = relation.fields.filter((field) => field.name !== undefined && same(field.name, column.text));
    if (matches.length > 1)
      throw new SqlProblem('sql-ambiguous', `column '${pathText(path)}' is ambiguous: ${first.text} has it twice`, path);
    const [field] = matches;
    if (field !== undefined) return { kind: 'field', relation, field, rest: fields };
    // A struct column may have the name of a table.
    if (this.candidates(first).length > 0) return undefined;
    throw new SqlProblem(
      'sql-column',
      `unknown column '${column.text}' in ${first.text}${didYouMean(column.text, fieldNames([relation]))}`,
      column,
    );
  }

  private unqualified(path: ColumnPath, first: Name, rest: readonly Name[]): Resolution | undefined {
    const merged = this.merged.find((column) => same(column.name, first.text));
    if (merged !== undefined) return { kind: 'merged', column: merged, rest };
    const candidates = this.candidates(first);
    if (candidates.length > 1) {
      const places = candidates.map(({ relation, field }) => `${relation.name ?? relation.printName}.${field.name}`).join(', ');
      throw new SqlProblem('sql-ambiguous', `column '${first.text}' is ambiguous: ${places}`, path);
    }
    const [candidate] = candidates;
    return candidate && { kind: 'field', ...candidate, rest };
  }

  private candidates(name: Name): { relation: RelationInstance; field: Field }[] {
    return this.relations.flatMap((relation) =>
      relation.fields.filter((field) => field.name !== undefined && same(field.name, name.text)).map((field) => ({ relation, field })),
    );
  }

  private unknown(path: ColumnPath): SqlProblem {
    const [first, second] = path.path as readonly [Name, Name | undefined];
    const tables = this.relations.flatMap((relation) => relation.name ?? []);
    const hidden = this.relations.find(
      (relation) => relation.table !== undefined && relation.name !== undefined && same(relation.table, first.text),
    );
    if (second !== undefined && hidden?.name !== undefined) {
      return new SqlProblem('sql-column', `${first.text} has the alias ${hidden.name} here: write ${hidden.name}.${second.text}`, first);
    }
    if (second !== undefined) {
      return new SqlProblem(
        'sql-column',
        `unknown table or column '${first.text}'${didYouMean(first.text, [...tables, ...fieldNames(this.relations)])}`,
        first,
      );
    }
    const where = tables.length === 0 ? '' : ` in ${tables.join(', ')}`;
    return new SqlProblem(
      'sql-column',
      `unknown column '${first.text}'${where}${didYouMean(first.text, fieldNames(this.relations))}`,
      first,
    );
  }
}

function fieldNames(relations: readonly RelationInstance[]): string[] {
  return relations.flatMap((relation) => relation.fields.flatMap((field) => field.name ?? []));
}

export function pathText(path: ColumnPath): string {
  return path.path.map((name) => name.text).join('.');
}

export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

let nextId = 0;

export function relationInstance(
  instance: Omit<RelationInstance, 'id' | 'optional' | 'rows'> & { readonly rows?: Deciding },
): RelationInstance {
  return { ...instance, id: nextId++, optional: false, rows: instance.rows ?? NO_DECIDING };
}
