import type { Expression, Name } from '../ast/expression.js';
import type { Join, Query, Relation, SubqueryRelation, TableName, TableRelation, UnnestRelation } from '../ast/query.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import type { CatalogTable } from '../types/catalog.js';
import { commonType } from '../types/coercion.js';
import { BIGINT, BOOLEAN, type SqlType, typeText } from '../types/sql-type.js';
import type { Analysis, Shape } from './analysis.js';
import { analyzeExpression, expectType, type Place } from './expression-analyzer.js';
import { type BaseColumn, type Deciding, decidedBy, deciding, type Lineage, ofColumn, union } from './lineage.js';
import { nonNullFields } from './non-null.js';
import { type Field, type MergedColumn, type RelationInstance, relationInstance, type Scope, same } from './scope.js';

/** What reading a `from` needs of the query around it. */
export interface RelationContext {
  readonly analysis: Analysis;
  readonly scope: Scope;
  /** What decides the rows beside the relations' own: join conditions. */
  readonly decides: Deciding[];
  place(name: string): Place;
  cte(name: Name): Shape | undefined;
  query(query: Query): Shape;
}

/** Adds a relation's columns to the scope. */
export function analyzeRelation(relation: Relation, context: RelationContext): void {
  switch (relation.kind) {
    case 'table':
      add(relation, tableInstance(relation, context), context);
      break;
    case 'derived':
      add(relation, derivedInstance(relation, context), context);
      break;
    case 'unnest':
      add(relation, unnestInstance(relation, context), context);
      break;
    case 'join':
      join(relation, context);
      break;
  }
}

function add(relation: Relation, instance: RelationInstance, context: RelationContext): void {
  context.analysis.relations.set(relation, instance);
  context.scope.relations.push(instance);
}

/** An alias that no other relation of the scope is printed with. */
function printName(wanted: string, context: RelationContext): string {
  const taken = (name: string) => context.scope.relations.some((relation) => same(relation.printName, name));
  let name = wanted;
  for (let at = 2; taken(name); at++) name = `${wanted}_${at}`;
  return name;
}

function renamed(fields: readonly Field[], names: readonly Name[], what: string): readonly Field[] {
  if (names.length === 0) return fields;
  if (names.length !== fields.length) {
    throw new SqlProblem('sql-columns', `${what} has ${fields.length} columns, and ${names.length} names are given`, names[0] as Name);
  }
  return fields.map((field, at) => ({ ...field, name: (names[at] as Name).text, printName: (names[at] as Name).text }));
}

/** Finds a table of the catalog. */
export function findTable(name: TableName, analysis: Analysis): CatalogTable {
  const found = analysis.catalog.find(name.database?.text, name.name.text);
  if (found !== undefined) return found;
  const known = analysis.catalog.tables.map((table) => table.name);
  const database = name.database === undefined ? '' : `${name.database.text}.`;
  throw new SqlProblem(
    'sql-table',
    `unknown table '${database}${name.name.text}': tables are put into a query as objects, \${orders}${didYouMean(name.name.text, known)}`,
    name,
  );
}

const BASES = new WeakMap<CatalogTable, readonly BaseColumn[]>();

/** The table's columns as lineage knows them: one object a column. */
function basesOf(table: CatalogTable): readonly BaseColumn[] {
  const known = BASES.get(table);
  if (known !== undefined) return known;
  const made = table.columns.map((column) => ({ database: table.database, table: table.name, column: column.name }));
  BASES.set(table, made);
  return made;
}

export function tableFields(table: CatalogTable): readonly Field[] {
  const bases = basesOf(table);
  return table.columns.map((column, at) => ({
    name: column.name,
    printName: column.name,
    type: column.type,
    nullable: column.nullable,
    lineage: ofColumn(bases[at] as BaseColumn),
    ...(column.canonical && { canonical: true }),
  }));
}

function tableInstance(relation: TableRelation, context: RelationContext): RelationInstance {
  const { table: name, alias } = relation;
  const cte = name.database === undefined ? context.cte(name.name) : undefined;
  const visible = alias?.text ?? name.name.text;
  if (cte !== undefined) {
    return relationInstance({
      name: visible,
      printName: printName(visible, context),
      fields: renamed(cte.columns, relation.columns, visible),
      rows: cte.rows,
    });
  }
  const table = findTable(name, context.analysis);
  context.analysis.tables.push({ table, name, aliased: alias !== undefined });
  return relationInstance({
    name: visible,
    table: table.name,
    printName: printName(visible, context),
    fields: renamed(tableFields(table), relation.columns, visible),
  });
}

function derivedInstance(relation: SubqueryRelation, context: RelationContext): RelationInstance {
  if (relation.lateral) throw new SqlProblem('sql-subset', 'a lateral subquery is not in the portable subset: write a join', relation);
  const shape = context.query(relation.query);
  const fields = renamed(shape.columns, relation.columns, relation.alias?.text ?? 'the subquery');
  const name = relation.alias === undefined ? {} : { name: relation.alias.text };
  return relationInstance({ ...name, printName: printName(relation.alias?.text ?? '_q', context), fields, rows: shape.rows });
}

function unnestInstance(relation: UnnestRelation, context: RelationContext): RelationInstance {
  const place = context.place('unnest');
  const typed = relation.expressions.map((expression) => analyzeExpression(expression, place, context.analysis));
  const rows = deciding(
    typed.map((one) => one.lineage),
    'join',
  );
  const fields = typed.flatMap((one, at) => elementFields(one.type, one.lineage, relation.expressions[at] as Expression, typed.length > 1));
  const all = relation.ordinality ? [...fields, { name: 'ordinality', type: BIGINT, nullable: false, lineage: union([]) }] : fields;
  const named = all.map((field, at) => ({ ...field, printName: `_${at}`, lineage: decidedBy(field.lineage, rows) }));
  const given = relation.columns.length === 0 ? named : renamed(named, relation.columns, relation.alias?.text ?? 'unnest');
  const name = relation.alias === undefined ? {} : { name: relation.alias.text };
  return relationInstance({ ...name, printName: printName(relation.alias?.text ?? '_u', context), fields: given, rows });
}

/** The columns of one list. Beside a longer list it is filled up with NULLs. */
function elementFields(type: SqlType, lineage: Lineage, expression: Expression, padded: boolean) {
  const field = (of: SqlType, filled: boolean, name?: string) => ({
    ...(name === undefined ? {} : { name }),
    type: of,
    nullable: padded || !filled,
    lineage: union([lineage]),
  });
  if (type.kind === 'map') return [field(type.key, true), field(type.value, type.filled === true)];
  if (type.kind !== 'array') throw new SqlProblem('sql-type', `unnest needs an array or a map, got ${typeText(type)}`, expression);
  const filled = type.filled === true;
  if (type.element.kind === 'row') return type.element.fields.map((one) => field(one.type, filled && one.filled === true, one.name));
  return [field(type.element, filled)];
}

function join(relation: Join, context: RelationContext): void {
  const { scope } = context;
  const before = scope.relations.length;
  analyzeRelation(relation.left, context);
  const left = scope.relations.slice(before);
  const middle = scope.relations.length;
  analyzeRelation(relation.right, context);
  const right = scope.relations.slice(middle);
  if (relation.right.kind === 'unnest' && !['cross', 'inner', 'left'].includes(relation.type)) {
    throw new SqlProblem('sql-subset', `unnest on the right of a ${relation.type} join is not in the portable subset`, relation.right);
  }
  if (relation.right.kind === 'unnest' && relation.type !== 'cross' && !(relation.on?.kind === 'boolean' && relation.on.value)) {
    throw new SqlProblem('sql-subset', "unnest is joined by 'cross join', or by 'left join … on true'", relation.right);
  }
  if (relation.on !== undefined) {
    const typed = expectType(relation.on, BOOLEAN, 'a join condition', context.place('a join condition'), context.analysis);
    context.decides.push(deciding([typed.lineage], 'join'));
  }
  if (relation.using !== undefined) using(relation, relation.using, left, right, context);
  if (relation.type === 'left' || relation.type === 'full') for (const instance of right) instance.optional = true;
  if (relation.type === 'right' || relation.type === 'full') for (const instance of left) instance.optional = true;
  if (relation.type === 'inner' && relation.on !== undefined) {
    for (const field of nonNullFields(relation.on, context.analysis))
      if (![...left, ...right].some((one) => one.optional)) scope.nonNull.add(field);
  }
}

function using(
  relation: Join,
  names: readonly Name[],
  left: readonly RelationInstance[],
  right: readonly RelationInstance[],
  context: RelationContext,
): void {
  for (const name of names) {
    const parts = [pick(name, left), pick(name, right)] as const;
    const [a, b] = parts;
    const type = commonType(a.field.type, b.field.type);
    if (type === undefined)
      throw new SqlProblem('sql-type', `cannot compare ${typeText(a.field.type)} and ${typeText(b.field.type)}`, name);
    const lineage = union([a.field.lineage, b.field.lineage], 'identity');
    context.decides.push(deciding([lineage], 'join'));
    const take: MergedColumn['take'] = relation.type === 'full' ? 'coalesce' : relation.type === 'right' ? 'last' : 'first';
    const nullable =
      relation.type === 'full' ? a.field.nullable || b.field.nullable : take === 'last' ? b.field.nullable : a.field.nullable;
    context.scope.merged = [
      ...context.scope.merged.filter((column) => !same(column.name, name.text)),
      { name: name.text, type, nullable, lineage, parts, take },
    ];
  }
}

function pick(name: Name, relations: readonly RelationInstance[]): { relation: RelationInstance; field: Field } {
  const found = relations.flatMap((relation) =>
    relation.fields.filter((field) => field.name !== undefined && same(field.name, name.text)).map((field) => ({ relation, field })),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = relations.flatMap((relation) => relation.fields.flatMap((field) => field.name ?? []));
  throw new SqlProblem(
    'sql-column',
    found.length === 0
      ? `unknown column '${name.text}' in using${didYouMean(name.text, names)}`
      : `column '${name.text}' in using is ambiguous`,
    name,
  );
}
