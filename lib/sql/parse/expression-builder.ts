import type { ArithmeticOperator, Call, ComparisonOperator, Expression, Name, SortItem, Window } from '../ast/expression.js';
import type { Query } from '../ast/query.js';
import type { Tree } from '../grammar/trino-grammar.js';
import { SqlProblem } from '../sql-error.js';
import { fromTrinoType, TypeTextError } from '../types/parse-type.js';
import type { SqlType } from '../types/sql-type.js';
import { intervalLiteral, numberLiteral, typedLiteral } from './literal-builder.js';
import { has, isIdentifier, kid, kids, nameOf, namesOf, outside, rules, spanOf, stringOf, textOf } from './tree.js';
import { windowOf } from './window-builder.js';

/** What building an expression needs from the query around it. */
export interface BuildContext {
  readonly text: string;
  query(tree: Tree): Query;
  /** A window named in the query's WINDOW clause. */
  window(name: Name): Window;
}

type Handler = (tree: Tree, context: BuildContext) => Expression;

/** Builds an expression. A rule without a handler is outside the subset. */
export function expressionOf(tree: Tree, context: BuildContext): Expression {
  const handler = HANDLERS[tree.rule];
  if (handler === undefined) throw outside(tree, describe(tree));
  return handler(tree, context);
}

function all(tree: Tree, context: BuildContext): Expression[] {
  return rules(tree).map((child) => expressionOf(child, context));
}

function one(tree: Tree, context: BuildContext, at = 0): Expression {
  return expressionOf(rules(tree)[at] as Tree, context);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the grammar gave an incomplete tree');
  return value;
}

/** A type name in a cast. */
export function typeOf(tree: Tree, context: BuildContext): SqlType {
  try {
    return fromTrinoType(context.text.slice(tree.start, tree.end));
  } catch (error) {
    if (error instanceof TypeTextError) throw new SqlProblem('sql-type', error.message, tree);
    throw error;
  }
}

export function sortItemOf(tree: Tree, context: BuildContext): SortItem {
  return {
    expression: one(tree, context),
    descending: has(tree, 'KW_DESC'),
    nullsFirst: has(tree, 'KW_FIRST'),
    ...spanOf(tree),
  };
}

function logical(op: 'and' | 'or'): Handler {
  return (tree, context) => {
    // A chain is flattened here, without recursion: conditions written by programs have thousands of parts.
    const operands: Tree[] = [];
    const pending: Tree[] = [tree];
    while (pending.length > 0) {
      const next = pending.pop() as Tree;
      if (next.rule === op) pending.push(...rules(next).reverse());
      else operands.push(next);
    }
    return { kind: 'logical', op, operands: operands.map((operand) => expressionOf(operand, context)), ...spanOf(tree) };
  };
}

const predicated: Handler = (tree, context) => {
  const [value, predicate] = rules(tree) as [Tree, Tree];
  const operand = expressionOf(value, context);
  const parts = () => all(predicate, context);
  const negated = has(predicate, 'KW_NOT');
  const span = spanOf(tree);
  switch (predicate.rule) {
    case 'comparison': {
      const op = textOf(required(kid(predicate, 'comparisonOperator')));
      return {
        kind: 'compare',
        op: (op === '!=' ? '<>' : op) as ComparisonOperator,
        left: operand,
        right: one(predicate, context, 1),
        ...span,
      };
    }
    case 'distinctFrom':
      return { kind: 'distinctFrom', left: operand, right: one(predicate, context), negated, ...span };
    case 'between': {
      const [low, high] = parts() as [Expression, Expression];
      return { kind: 'between', operand, low, high, negated, ...span };
    }
    case 'inList':
      return { kind: 'inList', operand, items: parts(), negated, ...span };
    case 'inSubquery':
      return { kind: 'inQuery', operand, query: context.query(rules(predicate)[0] as Tree), negated, ...span };
    case 'like': {
      const [pattern, escaped] = parts() as [Expression, Expression | undefined];
      return { kind: 'like', operand, pattern, ...(escaped === undefined ? {} : { escape: escaped }), negated, ...span };
    }
    case 'nullPredicate':
      return { kind: 'isNull', operand, negated, ...span };
    default:
      throw outside(predicate, describe(predicate));
  }
};

function arithmetic(tree: Tree, context: BuildContext): Expression {
  const [left, right] = all(tree, context) as [Expression, Expression];
  const op = required(tree.children.find((child) => !('rule' in child))) as { text: string };
  return { kind: 'arithmetic', op: op.text as ArithmeticOperator, left, right, ...spanOf(tree) };
}

function columnOf(tree: Tree): Expression {
  return { kind: 'column', path: namesOf(tree), ...spanOf(tree) };
}

function call(name: Name, tree: Tree, args: readonly Expression[], more: Partial<Call> = {}): Call {
  return { kind: 'call', name, args, star: false, distinct: false, orderBy: [], ignoreNulls: false, ...more, ...spanOf(tree) };
}

/** A call that the grammar has special words for: `coalesce`, `trim`, `extract`. */
function named(name: string): Handler {
  return (tree, context) => call({ text: name, start: tree.start, end: tree.start + name.length }, tree, all(tree, context));
}

function functionCall(tree: Tree, context: BuildContext): Expression {
  const name = required(kid(tree, 'qualifiedName'));
  const path = namesOf(name);
  if (path.length !== 1) throw outside(name, 'a function with a schema');
  if (kid(tree, 'processingMode') !== undefined) throw outside(tree, 'row pattern matching');
  const special = new Set(['qualifiedName', 'setQuantifier', 'sortItem', 'filter', 'over', 'nullTreatment']);
  const star = has(tree, 'ASTERISK');
  if (star && rules(tree).some(isIdentifier)) throw outside(tree, 'a labelled *');
  const args = rules(tree).filter((child) => !special.has(child.rule));
  const filter = kid(tree, 'filter');
  const over = kid(tree, 'over');
  const quantifier = kid(tree, 'setQuantifier');
  const nulls = kid(tree, 'nullTreatment');
  return call(
    path[0] as Name,
    tree,
    args.map((arg) => expressionOf(arg, context)),
    {
      star,
      distinct: quantifier !== undefined && has(quantifier, 'KW_DISTINCT'),
      orderBy: kids(tree, 'sortItem').map((item) => sortItemOf(item, context)),
      ignoreNulls: nulls !== undefined && has(nulls, 'KW_IGNORE'),
      ...(filter === undefined ? {} : { filter: one(required(kid(filter, 'whereClause')), context) }),
      ...(over === undefined ? {} : { over: windowOf(over, context) }),
    },
  );
}

function listAgg(tree: Tree, context: BuildContext): Expression {
  if (has(tree, 'KW_ON')) throw outside(tree, 'listagg with on overflow');
  const separator = kid(tree, 'basicStringLiteral');
  const filter = kid(tree, 'filter');
  const quantifier = kid(tree, 'setQuantifier');
  const value = required(rules(tree).find((child) => child.rule !== 'setQuantifier'));
  const args: Expression[] = [expressionOf(value, context)];
  if (separator !== undefined) args.push({ kind: 'string', value: stringOf(separator), ...spanOf(separator) });
  return call({ text: 'listagg', start: tree.start, end: tree.start + 7 }, tree, args, {
    distinct: quantifier !== undefined && has(quantifier, 'KW_DISTINCT'),
    orderBy: kids(tree, 'sortItem').map((item) => sortItemOf(item, context)),
    ...(filter === undefined ? {} : { filter: one(required(kid(filter, 'whereClause')), context) }),
  });
}

function caseOf(tree: Tree, context: BuildContext): Expression {
  const whens = kids(tree, 'whenClause').map((when) => {
    const [condition, result] = all(when, context) as [Expression, Expression];
    return { condition, result };
  });
  const others = rules(tree).filter((child) => child.rule !== 'whenClause');
  const operand = tree.rule === 'simpleCase' ? others.shift() : undefined;
  const [otherwise] = others;
  return {
    kind: 'case',
    ...(operand === undefined ? {} : { operand: expressionOf(operand, context) }),
    whens,
    ...(otherwise === undefined ? {} : { otherwise: expressionOf(otherwise, context) }),
    ...spanOf(tree),
  };
}

function trim(tree: Tree, context: BuildContext): Expression {
  const side = kid(tree, 'trimsSpecification');
  const parts = rules(tree).filter((child) => child !== side);
  const name = side === undefined || has(side, 'KW_BOTH') ? 'trim' : has(side, 'KW_LEADING') ? 'ltrim' : 'rtrim';
  const values = parts.map((part) => expressionOf(part, context));
  // `trim(c from s)` has the character first, `trim(s, c)` last.
  const args = values.length === 2 && has(tree, 'KW_FROM') ? [values[1] as Expression, values[0] as Expression] : values;
  return call({ text: name, start: tree.start, end: tree.start + 4 }, tree, args);
}

const EXTRACT: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  day_of_month: 'day',
  day_of_week: 'day_of_week',
  dow: 'day_of_week',
  day_of_year: 'day_of_year',
  doy: 'day_of_year',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
};

function extract(tree: Tree, context: BuildContext): Expression {
  const [field, value] = rules(tree) as [Tree, Tree];
  const name = nameOf(field);
  const known = EXTRACT[name.text.toLowerCase()];
  if (known === undefined)
    throw new SqlProblem('sql-function', `extract knows no field '${name.text}': use one of ${Object.keys(EXTRACT).join(', ')}`, field);
  return call({ ...name, text: known }, tree, [expressionOf(value, context)]);
}

function lambda(tree: Tree, context: BuildContext): Expression {
  const body = rules(tree).at(-1) as Tree;
  const parameters = rules(tree).slice(0, -1).filter(isIdentifier).map(nameOf);
  return { kind: 'lambda', parameters, body: expressionOf(body, context), ...spanOf(tree) };
}

function dereference(tree: Tree, context: BuildContext): Expression {
  const base = one(tree, context);
  const name = nameOf(rules(tree)[1] as Tree);
  if (base.kind === 'column') return { kind: 'column', path: [...base.path, name], ...spanOf(tree) };
  // The grammar reads `2 .x` as a field; Trino does too, and then fails to write it down.
  if (isNumber(base)) throw new SqlProblem('sql-syntax', `a number has no field '${name.text}'`, tree);
  return { kind: 'field', base, name, ...spanOf(tree) };
}

function isNumber(expression: Expression): boolean {
  return expression.kind === 'number' || (expression.kind === 'negate' && isNumber(expression.operand));
}

function atTimeZone(tree: Tree, context: BuildContext): Expression {
  const zone = rules(tree)[1] as Tree;
  if (zone.rule !== 'timeZoneString') throw outside(zone, 'a time zone given as an interval');
  return { kind: 'atTimeZone', operand: one(tree, context), zone: stringOf(rules(zone)[0] as Tree), ...spanOf(tree) };
}

const unrepeatable: Handler = (tree) => {
  throw new SqlProblem(
    'sql-unrepeatable',
    `'${textOf(tree)}' gives another answer on every run; use \${asOf}, the run's frozen moment`,
    tree,
  );
};

function unary(tree: Tree, context: BuildContext): Expression {
  const operand = one(tree, context);
  return has(tree, 'MINUS') ? { kind: 'negate', operand, ...spanOf(tree) } : operand;
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  and: logical('and'),
  or: logical('or'),
  logicalNot: (tree, context) => ({ kind: 'not', operand: one(tree, context), ...spanOf(tree) }),
  predicated,
  arithmeticBinary: arithmetic,
  arithmeticUnary: unary,
  concatenation: (tree, context) => ({ kind: 'concat', left: one(tree, context), right: one(tree, context, 1), ...spanOf(tree) }),
  nullLiteral: (tree) => ({ kind: 'null', ...spanOf(tree) }),
  booleanLiteral: (tree) => ({ kind: 'boolean', value: textOf(tree).toLowerCase() === 'true', ...spanOf(tree) }),
  numericLiteral: (tree) => numberLiteral(rules(tree)[0] as Tree),
  stringLiteral: (tree) => ({ kind: 'string', value: stringOf(rules(tree)[0] as Tree), ...spanOf(tree) }),
  typeConstructor: typedLiteral,
  intervalLiteral: (tree) => intervalLiteral(rules(tree)[0] as Tree),
  columnReference: columnOf,
  qualifiedName: columnOf,
  joinColumnReference: columnOf,
  joinColumnEquality: (tree, context) => ({
    kind: 'compare',
    op: '=',
    left: one(tree, context),
    right: one(tree, context, 1),
    ...spanOf(tree),
  }),
  dereference,
  subscript: (tree, context) => ({ kind: 'subscript', base: one(tree, context), index: one(tree, context, 1), ...spanOf(tree) }),
  parenthesizedExpression: (tree, context) => one(tree, context),
  functionCall,
  coalesce: named('coalesce'),
  position: (tree, context) =>
    call({ text: 'strpos', start: tree.start, end: tree.start + 8 }, tree, [one(tree, context, 1), one(tree, context)]),
  substring: named('substr'),
  trim,
  extract,
  listAgg,
  simpleCase: caseOf,
  searchedCase: caseOf,
  cast: (tree, context) => ({
    kind: 'cast',
    operand: one(tree, context),
    type: typeOf(rules(tree)[1] as Tree, context),
    safe: has(tree, 'KW_TRY_CAST'),
    ...spanOf(tree),
  }),
  arrayConstructor: (tree, context) => ({ kind: 'array', items: all(tree, context), ...spanOf(tree) }),
  rowConstructor: (tree, context) => ({ kind: 'row', items: all(tree, context), ...spanOf(tree) }),
  lambda,
  subqueryExpression: (tree, context) => ({ kind: 'subquery', query: context.query(rules(tree)[0] as Tree), ...spanOf(tree) }),
  exists: (tree, context) => ({ kind: 'exists', query: context.query(rules(tree)[0] as Tree), ...spanOf(tree) }),
  atTimeZone,
  groupingOperation: (tree) => ({
    kind: 'grouping',
    columns: kids(tree, 'qualifiedName').map((name) => ({ kind: 'column', path: namesOf(name), ...spanOf(name) })),
    ...spanOf(tree),
  }),
  currentDate: unrepeatable,
  currentTime: unrepeatable,
  currentTimestamp: unrepeatable,
  localTime: unrepeatable,
  localTimestamp: unrepeatable,
  currentUser: unrepeatable,
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  parameter: "'?'",
  binaryLiteral: 'a binary literal',
  quantifiedComparison: 'a comparison with any, all or some',
  jsonValue: 'json_value (use json_extract_scalar)',
  jsonQuery: 'json_query (use json_extract_scalar)',
  jsonExists: 'json_exists (use json_extract_scalar)',
  jsonObject: 'json_object',
  jsonArray: 'json_array',
  normalize: 'normalize',
  measure: 'row pattern matching',
};

function describe(tree: Tree): string {
  return DESCRIPTIONS[tree.rule] ?? `'${tree.rule.replaceAll(/([A-Z])/g, ' $1').toLowerCase()}'`;
}
