import type { Expression, Name, Span } from '../ast/expression.js';
import type { Cte, Query, QueryBody, Select, SelectItem, SetOperation, Values } from '../ast/query.js';
import { SqlProblem } from '../sql-error.js';
import { commonType } from '../types/coercion.js';
import { BOOLEAN, type SqlType, typeText, UNKNOWN } from '../types/sql-type.js';
import type { Analysis, GroupKey, OutputColumn, Shape } from './analysis.js';
import { analyzeExpression, coerce, expectType, type Place } from './expression-analyzer.js';
import { keyOf } from './expression-key.js';
import { checkGrouped, holdsAggregate } from './grouping.js';
import { type Deciding, decidedBy, deciding, merged, union } from './lineage.js';
import { nonNullFields } from './non-null.js';
import { analyzeRelation, type RelationContext } from './relation-analyzer.js';
import { type RelationInstance, Scope, same, type Typed } from './scope.js';

type Ctes = ReadonlyMap<string, Shape>;
const NO_CTES: Ctes = new Map();

/** Reads queries: names, types, what decides. */
export class QueryAnalyzer {
  private readonly analysis: Analysis;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  query(query: Query, ctes: Ctes = NO_CTES, parent?: Scope): Shape {
    return this.inScope(query, ctes, parent).shape;
  }

  /** A place for expressions of a scope. */
  place(scope: Scope, name: string, more: { aggregates?: boolean; windows?: boolean; filled?: boolean } = {}, ctes: Ctes = NO_CTES): Place {
    return {
      scope,
      name,
      aggregates: more.aggregates ?? false,
      windows: more.windows ?? false,
      filled: more.filled ?? false,
      query: (query, outer) => this.inScope(query, ctes, outer),
    };
  }

  private inScope(query: Query, outerCtes: Ctes, parent?: Scope): { shape: Shape; correlated: boolean } {
    let ctes = outerCtes;
    const own = query.ctes.map((cte) => cte.name.text.toLowerCase());
    const twice = query.ctes.find((_, at) => own.indexOf(own[at] as string) !== at);
    if (twice !== undefined) throw new SqlProblem('sql-name', `'${twice.name.text}' is named twice`, twice.name);
    for (const cte of query.ctes) ctes = new Map([...ctes, [cte.name.text.toLowerCase(), this.cte(cte, ctes)]]);
    const { shape, scope } = this.body(query.body, ctes, parent);
    const rows = merged([shape.rows, this.order(query, shape, scope, ctes)]);
    const columns = shape.columns.map((column) => ({ ...column, lineage: decidedBy(column.lineage, rows) }));
    const result: Shape = { columns, rows, single: shape.single && query.limit !== 0n && query.offset === undefined };
    this.analysis.shapes.set(query, result);
    return { shape: result, correlated: scope?.correlated ?? false };
  }

  private cte(cte: Cte, ctes: Ctes): Shape {
    if (ctes.has(cte.name.text.toLowerCase()) && this.analysis.shapes.size === 0)
      throw new SqlProblem('sql-name', `'${cte.name.text}' is named twice`, cte.name);
    const shape = this.query(cte.query, ctes);
    if (cte.columns.length === 0) return shape;
    if (cte.columns.length !== shape.columns.length) {
      throw new SqlProblem(
        'sql-columns',
        `'${cte.name.text}' has ${shape.columns.length} columns, and ${cte.columns.length} names are given`,
        cte.name,
      );
    }
    const columns = shape.columns.map((column, at) => ({
      ...column,
      name: (cte.columns[at] as Name).text,
      printName: (cte.columns[at] as Name).text,
    }));
    return { ...shape, columns };
  }

  private body(body: QueryBody, ctes: Ctes, parent?: Scope): { shape: Shape; scope?: Scope; select?: Select } {
    switch (body.kind) {
      case 'select':
        return this.select(body, ctes, parent);
      case 'set':
        return { shape: this.setOperation(body, ctes) };
      case 'values':
        return { shape: this.values(body) };
      case 'query': {
        const { shape } = this.inScope(body, ctes, parent);
        return { shape };
      }
    }
  }

  private select(select: Select, ctes: Ctes, parent?: Scope): { shape: Shape; scope: Scope } {
    const { analysis } = this;
    const scope = new Scope(parent);
    const decides: Deciding[] = [];
    const context: RelationContext = {
      analysis,
      scope,
      decides,
      place: (name) => this.place(scope, name, {}, ctes),
      cte: (name) => ctes.get(name.text.toLowerCase()),
      query: (query) => this.query(query, ctes),
    };
    for (const relation of select.from) analyzeRelation(relation, context);
    if (select.where !== undefined) {
      scope.correlation = 'where';
      const where = expectType(select.where, BOOLEAN, 'a where clause', this.place(scope, 'a where clause', {}, ctes), analysis);
      scope.correlation = 'none';
      decides.push(deciding([where.lineage], 'filter'));
      for (const field of nonNullFields(select.where, analysis)) scope.nonNull.add(field);
    }
    const items = select.items.flatMap((item) => expandItem(item, scope, analysis));
    const keys = this.groupKeys(select, items, scope, ctes, decides);
    const grouped =
      select.groupBy !== undefined ||
      select.having !== undefined ||
      items.some(({ expression }) => expression !== undefined && holdsAggregate(expression));
    const shape = this.output(select, items, scope, ctes, grouped, keys, decides);
    analysis.shapes.set(select, shape);
    return { shape, scope };
  }

  private groupKeys(select: Select, items: readonly ExpandedItem[], scope: Scope, ctes: Ctes, decides: Deciding[]): ReadonlySet<string> {
    const { analysis } = this;
    const keys = new Map<Expression, GroupKey>();
    const place = this.place(scope, 'group by', {}, ctes);
    for (const element of select.groupBy?.elements ?? []) {
      const expressions = element.kind === 'plain' ? element.expressions : element.sets.flat();
      for (const expression of expressions) {
        const key = groupKey(expression, items, element.kind === 'plain');
        if (holdsAggregate(key.expression)) throw new SqlProblem('sql-group', 'an aggregate cannot stand in group by', expression);
        const typed = this.grouped(key.expression, items, place);
        keys.set(expression, key);
        decides.push(deciding([typed.lineage], 'group'));
        // A grouping set leaves columns out: they are NULL there.
        if (element.kind !== 'plain') this.optionalKeys.add(keyOf(key.expression, analysis));
      }
    }
    analysis.groupKeys.set(select, keys);
    return new Set([...keys.values()].map((key) => keyOf(key.expression, analysis)));
  }

  /** Keys of grouped expressions that a grouping set can leave out. */
  private readonly optionalKeys = new Set<string>();

  private grouped(expression: Expression, items: readonly ExpandedItem[], place: Place): Typed {
    try {
      return analyzeExpression(expression, place, this.analysis);
    } catch (error) {
      const alias = expression.kind === 'column' && expression.path.length === 1 ? (expression.path[0] as Name).text : undefined;
      const at = alias === undefined ? -1 : items.findIndex((item) => item.name !== undefined && same(item.name, alias));
      if (at === -1 || !(error instanceof SqlProblem) || error.code !== 'sql-column') throw error;
      throw new SqlProblem(
        'sql-group',
        `group by cannot use the name '${alias}' that select gives: repeat the expression, or write its position, ${at + 1}`,
        expression,
      );
    }
  }

  private output(
    select: Select,
    items: readonly ExpandedItem[],
    scope: Scope,
    ctes: Ctes,
    grouped: boolean,
    keys: ReadonlySet<string>,
    decides: Deciding[],
  ): Shape {
    const { analysis } = this;
    const place = this.place(scope, 'select', { aggregates: true, windows: true, filled: hasKeys(select) }, ctes);
    const typed = items.map((item) => {
      if (item.expression !== undefined) return analyzeExpression(item.expression, place, analysis);
      return item.typed;
    });
    if (select.having !== undefined) {
      const having = expectType(
        select.having,
        BOOLEAN,
        'a having clause',
        this.place(scope, 'having', { aggregates: true }, ctes),
        analysis,
      );
      decides.push(deciding([having.lineage], 'filter'));
      checkGrouped(select.having, keys, analysis);
    }
    if (grouped) this.checkItems(items, keys);
    if (select.distinct)
      decides.push(
        deciding(
          typed.map((one) => one.lineage),
          'group',
        ),
      );
    const rows = merged([...scope.rows, ...decides]);
    const names = new Set<string>();
    const columns = items.map((item, at): OutputColumn => {
      const one = typed[at] as Typed;
      const optional =
        item.expression !== undefined && this.optionalKeys.size > 0 && this.optionalKeys.has(keyOf(item.expression, analysis));
      return {
        ...(item.name === undefined ? {} : { name: item.name }),
        printName: uniqueName(item.name ?? `_col${at}`, names),
        type: one.type,
        nullable: one.nullable || optional,
        lineage: decidedBy(one.lineage, rows),
        source: item.expression === undefined ? item.column : { expression: item.expression },
        ...((item.expression === undefined ? item.column?.field.canonical : analysis.isCanonical(item.expression)) && { canonical: true }),
      };
    });
    return { columns, rows, single: grouped && select.groupBy === undefined && select.having === undefined };
  }

  private checkItems(items: readonly ExpandedItem[], keys: ReadonlySet<string>): void {
    for (const item of items) {
      if (item.expression !== undefined) checkGrouped(item.expression, keys, this.analysis);
      else if (!keys.has(`${item.column?.relation.id}#${item.column?.field.printName}()`)) {
        throw new SqlProblem('sql-group', `column '${item.name}' must be in group by, or inside an aggregate`, item.span);
      }
    }
  }

  private setOperation(set: SetOperation, ctes: Ctes): Shape {
    const left = this.body(set.left, ctes).shape;
    const right = this.body(set.right, ctes).shape;
    if (left.columns.length !== right.columns.length) {
      throw new SqlProblem(
        'sql-columns',
        `${set.op} needs the same number of columns on both sides, got ${left.columns.length} and ${right.columns.length}`,
        set,
      );
    }
    if (set.op !== 'union' && set.all) throw new SqlProblem('sql-subset', `'${set.op} all' is not in the portable subset`, set);
    const columns = left.columns.map((column, at) => this.setColumn(column, right.columns[at] as OutputColumn, set));
    const everything = [...left.columns, ...right.columns].map((column) => column.lineage);
    const rows = merged([left.rows, right.rows, ...(set.all ? [] : [deciding(everything, 'group')])]);
    return { columns: columns.map((column) => ({ ...column, lineage: decidedBy(column.lineage, rows) })), rows, single: false };
  }

  private setColumn(left: OutputColumn, right: OutputColumn, set: SetOperation): OutputColumn {
    const type = commonType(left.type, right.type);
    if (type === undefined) {
      throw new SqlProblem(
        'sql-type',
        `column '${left.name ?? left.printName}' of ${set.op} is ${typeText(left.type)} on one side and ${typeText(right.type)} on the other: cast one of them`,
        set.right,
      );
    }
    const nullable =
      set.op === 'except' ? left.nullable : set.op === 'intersect' ? left.nullable && right.nullable : left.nullable || right.nullable;
    return { ...left, type, nullable, lineage: union([left.lineage, right.lineage], 'identity') };
  }

  private values(values: Values): Shape {
    const place = this.place(new Scope(), 'values');
    const [first = []] = values.rows;
    const columns = first.map((_, at): OutputColumn => {
      const column = values.rows.map((row) => {
        if (row.length !== first.length)
          throw new SqlProblem('sql-columns', 'every row of values needs the same number of columns', values);
        return row[at] as Expression;
      });
      const typed = column.map((expression) => analyzeExpression(expression, place, this.analysis));
      const type = typed.reduce<SqlType>((one, next) => {
        const both = commonType(one, next.type);
        if (both === undefined)
          throw new SqlProblem('sql-type', `values mix ${typeText(one)} and ${typeText(next.type)} in one column`, values);
        return both;
      }, UNKNOWN);
      for (const [row, expression] of column.entries()) coerce(expression, (typed[row] as Typed).type, type, this.analysis);
      const lineage = union(
        typed.map((one) => one.lineage),
        'identity',
      );
      return { printName: `_col${at}`, type, nullable: typed.some((one) => one.nullable), lineage, source: undefined };
    });
    return { columns, rows: new Map(), single: values.rows.length === 1 };
  }

  /** Reads ORDER BY. It decides about rows only where a limit cuts them. */
  private order(query: Query, shape: Shape, scope: Scope | undefined, ctes: Ctes): Deciding {
    const cuts = query.limit !== undefined || query.offset !== undefined;
    if (cuts && query.orderBy.length === 0) {
      throw new SqlProblem('sql-limit', 'limit without order by takes other rows on every run', { start: query.end - 1, end: query.end });
    }
    const parts = query.orderBy.map((item) => this.sortItem(item.expression, query, shape, scope, ctes));
    return cuts
      ? deciding(
          parts.map((part) => part.lineage),
          'sort',
        )
      : new Map();
  }

  private sortItem(expression: Expression, query: Query, shape: Shape, scope: Scope | undefined, ctes: Ctes): Typed {
    const at = outputPosition(expression, shape);
    if (at !== undefined) {
      this.analysis.sortColumns.set(expression, at);
      return shape.columns[at] as OutputColumn;
    }
    if (scope === undefined || query.body.kind !== 'select' || query.body.distinct) {
      throw new SqlProblem('sql-order', 'order by may name only columns of the result here', expression);
    }
    const typed = analyzeExpression(expression, this.place(scope, 'order by', { aggregates: true, windows: true }, ctes), this.analysis);
    const keys = this.analysis.groupKeys.get(query.body);
    const grouped = query.body.groupBy !== undefined || shape.single;
    if (grouped && keys !== undefined)
      checkGrouped(expression, new Set([...keys.values()].map((key) => keyOf(key.expression, this.analysis))), this.analysis);
    return typed;
  }
}

interface ExpandedItem {
  readonly name?: string;
  readonly expression?: Expression;
  readonly column?: { readonly relation: RelationInstance; readonly field: RelationInstance['fields'][number] };
  readonly typed: Typed;
  readonly span: Span;
}

const UNTYPED: Typed = { type: UNKNOWN, nullable: true, lineage: union([]) };

function expandItem(item: SelectItem, scope: Scope, analysis: Analysis): ExpandedItem[] {
  if (item.kind === 'expression') {
    const { expression } = item;
    const implicit =
      expression.kind === 'column' ? expression.path.at(-1)?.text : expression.kind === 'field' ? expression.name.text : undefined;
    const name = item.alias?.text ?? implicit;
    return [{ ...(name === undefined ? {} : { name }), expression, typed: UNTYPED, span: item }];
  }
  const { of } = item;
  if (scope.merged.length > 0 && of === undefined)
    throw new SqlProblem('sql-subset', "'*' over a join with using is not in the portable subset: name the columns", item);
  const relations =
    of === undefined ? scope.relations : scope.relations.filter((relation) => relation.name !== undefined && same(relation.name, of.text));
  if (relations.length === 0) throw new SqlProblem('sql-table', of === undefined ? "'*' needs a from" : `unknown table '${of.text}'`, item);
  const columns = relations.flatMap((relation) => relation.fields.map((field) => ({ relation, field })));
  const unnamed = columns.find(({ relation, field }) => field.name === undefined || (relation.name === undefined && relations.length > 1));
  if (unnamed !== undefined)
    throw new SqlProblem('sql-name', "'*' needs names: give each subquery and unnest an alias, and each expression a name", item);
  analysis.stars.set(item, columns);
  return columns.map(({ relation, field }) => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    column: { relation, field },
    typed: { type: field.type, nullable: (field.nullable || relation.optional) && !scope.nonNull.has(field), lineage: field.lineage },
    span: item,
  }));
}

/** An item of GROUP BY: a position stands for the select item there. */
function groupKey(expression: Expression, items: readonly ExpandedItem[], positions: boolean): GroupKey {
  if (expression.kind !== 'number' || expression.form !== 'integer' || !positions) return { expression };
  const at = Number(expression.text);
  const item = items[at - 1];
  if (item === undefined) throw new SqlProblem('sql-group', `group by ${expression.text}: there are ${items.length} columns`, expression);
  if (item.expression === undefined)
    throw new SqlProblem('sql-group', "group by a position of '*' is not in the portable subset: name the columns", expression);
  return { expression: item.expression, ordinal: at };
}

/** The output column that a sort item names, by position or by name. */
function outputPosition(expression: Expression, shape: Shape): number | undefined {
  if (expression.kind === 'number' && expression.form === 'integer') {
    const at = Number(expression.text) - 1;
    if (at >= 0 && at < shape.columns.length) return at;
    throw new SqlProblem('sql-order', `order by ${expression.text}: there are ${shape.columns.length} columns`, expression);
  }
  if (expression.kind !== 'column' || expression.path.length !== 1) return undefined;
  const name = (expression.path[0] as Name).text;
  const found = shape.columns.flatMap((column, at) => (column.name !== undefined && same(column.name, name) ? [at] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** Whether every group of a query has a row: the empty grouping set alone gives one without. */
function hasKeys(select: Select): boolean {
  return select.groupBy?.elements.some((element) => element.kind === 'plain' && element.expressions.length > 0) ?? false;
}

function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let at = 2; taken.has(name.toLowerCase()); at++) name = `${wanted}_${at}`;
  taken.add(name.toLowerCase());
  return name;
}
