import { type GrammarResult, parseTrino, type Tree } from '#trino-grammar';
import type { Expression, Name, Span } from '../ast/expression.js';
import type { Query } from '../ast/query.js';
import type { MergeCase, Statement } from '../ast/statement.js';
import { SqlProblem } from '../sql-error.js';
import { QueryBuilder, tableNameOf } from './query-builder.js';
import { syntaxMessage } from './syntax-hint.js';
import { has, identifiers, isIdentifier, kid, kids, nameOf, outside, rules, spanOf } from './tree.js';

/** Athena takes no longer statement. */
export const MAX_BYTES = 262_144;
const MAX_DEPTH = 64;

/** A parsed statement and where its comments stand. */
export interface Parsed<T> {
  readonly ast: T;
  readonly text: string;
  readonly comments: readonly Span[];
}

/** Parses any statement that the library uses. Throws `SqlProblem`. */
export function parseStatementText(text: string): Parsed<Statement> {
  const { tree, comments } = grammarTree(text, 'statement');
  return { ast: deepGuard(() => statementOf(tree, new QueryBuilder(text))), text, comments };
}

/** Parses a query of a user's: nothing but a query is let through. Throws `SqlProblem`. */
export function parseQueryText(text: string): Parsed<Query> {
  const { tree, comments } = grammarTree(text, 'statement');
  const query = deepGuard(() => {
    if (tree.rule !== 'queryStatement' && tree.rule !== 'rootQuery')
      throw new SqlProblem('sql-statement', 'only a query may stand here: begin with select or with', tree);
    return new QueryBuilder(text).query(tree);
  });
  return { ast: query, text, comments };
}

/** Parses one expression, as a rule's condition is. Throws `SqlProblem`. */
export function parseExpressionText(text: string): Parsed<Expression> {
  const { tree, comments } = grammarTree(text, 'expression');
  return { ast: deepGuard(() => new QueryBuilder(text).expression(tree)), text, comments };
}

function grammarTree(text: string, entry: 'statement' | 'expression'): { tree: Tree; comments: readonly Span[] } {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new SqlProblem('sql-size', `the statement is ${Buffer.byteLength(text)} bytes long, and athena takes at most ${MAX_BYTES}`, {
      start: 0,
      end: 0,
    });
  }
  guardDepth(text);
  const result: GrammarResult = deepGuard(() => parseTrino(text, entry));
  if ('problem' in result) throw unbalanced(text) ?? new SqlProblem('sql-syntax', syntaxMessage(result.problem, text), result.problem);
  return result;
}

const BRACKETS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[()[\]]/g;

/** The grammar's time grows with the square of the depth of brackets, so it is bounded before. */
function guardDepth(text: string): void {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(BRACKETS)) {
    if (token === '(' || token === '[') depth++;
    else if (token === ')' || token === ']') depth--;
    if (depth > MAX_DEPTH) {
      throw new SqlProblem('sql-depth', `brackets are nested more than ${MAX_DEPTH} deep: name parts with 'with … as (…)'`, at(index));
    }
  }
}

/** The bracket without a partner, which the grammar would blame on some token far from it. */
function unbalanced(text: string): SqlProblem | undefined {
  const open: number[] = [];
  for (const { 0: token, index } of text.matchAll(BRACKETS)) {
    if (token === '(' || token === '[') open.push(index);
    else if (token === ')' || token === ']') {
      if (open.pop() === undefined) return new SqlProblem('sql-syntax', `unexpected '${token}': nothing opens it`, at(index));
    }
  }
  const last = open.pop();
  return last === undefined ? undefined : new SqlProblem('sql-syntax', `this '${text[last]}' is never closed`, at(last));
}

function at(index: number): Span {
  return { start: index, end: index + 1 };
}

/** Runs something recursive; running out of stack becomes an error of the statement. */
export function deepGuard<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw new SqlProblem('sql-depth', 'the statement is nested too deep', { start: 0, end: 0 });
    throw error;
  }
}

function statementOf(tree: Tree, builder: QueryBuilder): Statement {
  switch (tree.rule) {
    case 'queryStatement':
      return builder.query(tree);
    case 'createTableAsSelect':
      return createTableAs(tree, builder);
    case 'insertInto': {
      const columns = kid(tree, 'columnList');
      return {
        kind: 'insert',
        table: tableNameOf(kid(tree, 'tableRef') as Tree),
        ...(columns === undefined ? {} : { columns: columnNames(columns) }),
        query: builder.query(rules(tree).at(-1) as Tree),
        ...spanOf(tree),
      };
    }
    case 'delete': {
      const where = kid(tree, 'whereClause');
      return {
        kind: 'delete',
        table: tableNameOf(kid(tree, 'tableRef') as Tree),
        ...(where === undefined ? {} : { where: builder.expression(rules(where)[0] as Tree) }),
        ...spanOf(tree),
      };
    }
    case 'dropTable':
      return { kind: 'dropTable', table: tableNameOf(kid(tree, 'tableRef') as Tree), ifExists: has(tree, 'KW_IF'), ...spanOf(tree) };
    case 'merge':
      return merge(tree, builder);
    default:
      throw outside(tree, 'this kind of statement');
  }
}

function createTableAs(tree: Tree, builder: QueryBuilder): Statement {
  if (has(tree, 'KW_OR') || has(tree, 'KW_COMMENT') || has(tree, 'KW_DATA') || kid(tree, 'columnListCreate') !== undefined) {
    throw outside(tree, 'this form of create table as');
  }
  const properties = kid(tree, 'properties');
  const assignments = properties === undefined ? [] : kids(kid(properties, 'propertyAssignments') as Tree, 'property');
  return {
    kind: 'createTableAs',
    table: tableNameOf(kid(tree, 'tableNameCreate') as Tree),
    ifNotExists: has(tree, 'KW_IF'),
    properties: assignments.map((property) => {
      const [name, value] = rules(property) as [Tree, Tree];
      return {
        name: nameOf(name),
        value: builder.expression(value.rule === 'nonDefaultPropertyValue' ? (rules(value)[0] as Tree) : value),
      };
    }),
    query: builder.query(rules(tree).at(-1) as Tree),
    ...spanOf(tree),
  };
}

function columnNames(list: Tree): Name[] {
  return rules(list).map((column) => (isIdentifier(column) ? nameOf(column) : (identifiers(column)[0] as Name)));
}

function merge(tree: Tree, builder: QueryBuilder): Statement {
  const cases = rules(tree).filter((child) => child.rule.startsWith('merge'));
  const others = rules(tree).filter((child) => !child.rule.startsWith('merge'));
  const alias = others.find(isIdentifier);
  const [target, source, on] = others.filter((child) => !isIdentifier(child)) as [Tree, Tree, Tree];
  return {
    kind: 'merge',
    table: tableNameOf(target),
    ...(alias === undefined ? {} : { alias: nameOf(alias) }),
    source: builder.relation(source),
    on: builder.expression(on),
    cases: cases.map((child) => mergeCase(child, builder)),
    ...spanOf(tree),
  };
}

function mergeCase(tree: Tree, builder: QueryBuilder): MergeCase {
  const parts = rules(tree);
  const names = parts.filter(isIdentifier).map(nameOf);
  const expressions = parts.filter((part) => !isIdentifier(part));
  const first = has(tree, 'KW_AND') ? expressions.shift() : undefined;
  const condition = first === undefined ? {} : { condition: builder.expression(first) };
  const values = expressions.map((value) => builder.expression(value));
  if (tree.rule === 'mergeDelete') return { kind: 'delete', ...condition };
  if (tree.rule === 'mergeInsert') {
    if (names.length !== values.length)
      throw new SqlProblem('sql-merge', `insert names ${names.length} columns and gives ${values.length} values`, tree);
    return { kind: 'insert', ...condition, columns: names, values };
  }
  return { kind: 'update', ...condition, set: names.map((column, at) => ({ column, value: values[at] as Expression })) };
}
