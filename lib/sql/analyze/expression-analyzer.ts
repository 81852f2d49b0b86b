import type { Arithmetic, Case, ColumnPath, Expression, Name, Span } from '../ast/expression.js';
import type { Query } from '../ast/query.js';
import { SqlProblem } from '../sql-error.js';
import { arithmeticType, canBecome, canCast, commonType, isComparable, isInteger, isNumeric, isOrderable } from '../types/coercion.js';
import {
  arrayType,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  decimalType,
  INTEGER,
  type RowField,
  type SqlType,
  sameType,
  typeText,
  UNKNOWN,
  VARCHAR,
} from '../types/sql-type.js';
import type { Analysis, Shape } from './analysis.js';
import { analyzeCall } from './call-analyzer.js';
import { decidedBy, deciding, NO_LINEAGE, union } from './lineage.js';
import type { Resolution, Scope, Typed } from './scope.js';

/** Where an expression stands: what it may hold depends on it. */
export interface Place {
  readonly scope: Scope;
  /** Aggregates may stand here. */
  readonly aggregates: boolean;
  /** Window functions may stand here. */
  readonly windows: boolean;
  /** Every group has a row, so an aggregate of a column without NULLs is not NULL. */
  readonly filled: boolean;
  /** What the place is called in messages. */
  readonly name: string;
  /** Analyzes a query that stands in the expression. */
  query(query: Query, scope: Scope): { readonly shape: Shape; readonly correlated: boolean };
}

/** Types an expression and everything below it, and keeps what it finds in the analysis. */
export function analyzeExpression(expression: Expression, place: Place, analysis: Analysis): Typed {
  const typed = typedOf(expression, place, analysis);
  analysis.typed.set(expression, typed);
  return typed;
}

/** Types an expression that must fit a type; a difference that needs no cast in Trino is cast in the other engines' text. */
export function expectType(expression: Expression, type: SqlType, what: string, place: Place, analysis: Analysis): Typed {
  const typed = analyzeExpression(expression, place, analysis);
  if (!canBecome(typed.type, type))
    throw new SqlProblem('sql-type', `${what} must be ${typeText(type)}, got ${typeText(typed.type)}`, expression);
  coerce(expression, typed.type, type, analysis);
  return typed;
}

export function coerce(expression: Expression, from: SqlType, to: SqlType, analysis: Analysis): void {
  if (!sameType(from, to)) analysis.casts.set(expression, to);
}

/** Literals, and everything that is made of other expressions. */
function typedOf(e: Expression, place: Place, analysis: Analysis): Typed {
  const sub = (child: Expression) => analyzeExpression(child, place, analysis);
  const condition = (child: Expression) => expectType(child, BOOLEAN, 'a condition', place, analysis);
  const strict = (type: SqlType, parts: readonly Typed[]): Typed => ({
    type,
    nullable: parts.some((part) => part.nullable),
    lineage: union(parts.map((part) => part.lineage)),
  });
  switch (e.kind) {
    case 'null':
      return { type: UNKNOWN, nullable: true, lineage: NO_LINEAGE };
    case 'boolean':
      return constant(BOOLEAN);
    case 'number':
      return constant(numberType(e.form, e.text, e));
    case 'string':
      return constant(VARCHAR);
    case 'typed':
      return constant(e.type);
    case 'interval':
      return constant({ kind: 'interval', unit: e.field === 'month' || e.field === 'year' ? 'month' : 'day' });
    case 'column':
      return column(e, place, analysis);
    case 'field': {
      const base = sub(e.base);
      return fieldOf(base, e.name);
    }
    case 'subscript':
      return subscript(e.base, e.index, place, analysis);
    case 'negate': {
      const operand = e.operand.kind === 'number' && e.operand.text === '9223372036854775808' ? constant(BIGINT) : sub(e.operand);
      if (e.operand.kind === 'number') analysis.typed.set(e.operand, operand);
      if (!isNumeric(operand.type) && operand.type.kind !== 'interval') throw wrong(e, `'-' needs a number, got ${typeText(operand.type)}`);
      return strict(operand.type, [operand]);
    }
    case 'not':
      return strict(BOOLEAN, [condition(e.operand)]);
    case 'logical':
      return strict(BOOLEAN, e.operands.map(condition));
    case 'arithmetic':
      return arithmetic(e, place, analysis);
    case 'concat':
      return concatenation(e, sub(e.left), sub(e.right), analysis);
    case 'compare': {
      const type = common([e.left, e.right], 'compare', e, place, analysis);
      const fits = e.op === '=' || e.op === '<>' ? isComparable(type) : isOrderable(type) && isComparable(type);
      if (!fits)
        throw wrong(
          e,
          `${typeText(type)} has no order or equality that is the same on every engine; use 'is distinct from', or compare its parts`,
        );
      return strict(BOOLEAN, known(analysis, e.left, e.right));
    }
    case 'distinctFrom': {
      common([e.left, e.right], 'compare', e, place, analysis);
      return { ...strict(BOOLEAN, known(analysis, e.left, e.right)), nullable: false };
    }
    case 'between': {
      const type = common([e.operand, e.low, e.high], 'compare', e, place, analysis);
      if (!isOrderable(type)) throw wrong(e, `${typeText(type)} has no order`);
      return strict(BOOLEAN, known(analysis, e.operand, e.low, e.high));
    }
    case 'inList': {
      const type = common([e.operand, ...e.items], 'compare', e, place, analysis);
      if (!isComparable(type)) throw wrong(e, `${typeText(type)} cannot be looked up in a list`);
      return strict(BOOLEAN, known(analysis, e.operand, ...e.items));
    }
    case 'inQuery':
      return inQuery(e, place, analysis);
    case 'like': {
      if (e.escape !== undefined && (e.escape.kind !== 'string' || [...e.escape.value].length !== 1)) {
        throw new SqlProblem('sql-type', 'escape takes a literal of one character', e.escape);
      }
      const parts = [e.operand, e.pattern, ...(e.escape === undefined ? [] : [e.escape])];
      return strict(
        BOOLEAN,
        parts.map((part) => expectType(part, VARCHAR, 'like', place, analysis)),
      );
    }
    case 'isNull':
      return { ...strict(BOOLEAN, [sub(e.operand)]), nullable: false };
    case 'case':
      return caseOf(e, place, analysis);
    case 'cast':
      return castOf(e, sub(e.operand), strict);
    case 'call':
      return analyzeCall(e, place, analysis);
    case 'lambda':
      throw new SqlProblem('sql-lambda', 'a lambda may stand only as the argument of a function that takes one', e);
    case 'array': {
      const type = e.items.length === 0 ? UNKNOWN : common(e.items, 'put into one array', e, place, analysis);
      return { ...strict(arrayType(type), known(analysis, ...e.items)), nullable: false };
    }
    case 'row': {
      const items = e.items.map(sub);
      return { ...strict({ kind: 'row', fields: items.map((item) => ({ type: item.type })) }, items), nullable: false };
    }
    case 'subquery':
      return scalarSubquery(e.query, e, place);
    case 'exists': {
      // What its select says does not matter, only whether there is a row.
      const { shape } = place.query(e.query, place.scope);
      return {
        type: BOOLEAN,
        nullable: false,
        lineage: { direct: new Map(), deciding: deciding([{ direct: new Map(), deciding: shape.rows }], 'filter') },
      };
    }
    case 'atTimeZone': {
      const operand = sub(e.operand);
      if (operand.type.kind !== 'timestamp' || !operand.type.zone) {
        throw wrong(e, "'at time zone' needs a moment with a zone: with_timezone(t, 'UTC') at time zone 'Europe/Berlin'");
      }
      return strict(operand.type, [operand]);
    }
    case 'grouping':
      for (const one of e.columns) sub(one);
      return { type: INTEGER, nullable: false, lineage: NO_LINEAGE };
  }
}

function constant(type: SqlType): Typed {
  return { type, nullable: false, lineage: NO_LINEAGE };
}

function known(analysis: Analysis, ...expressions: readonly Expression[]): Typed[] {
  return expressions.map((expression) => analysis.typed.get(expression) as Typed);
}

export function wrong(span: Span, message: string): SqlProblem {
  return new SqlProblem('sql-type', message, span);
}

function numberType(form: 'integer' | 'decimal' | 'double', text: string, span: Span): SqlType {
  if (form === 'double') return DOUBLE;
  if (form === 'integer') {
    const value = BigInt(text);
    if (value >= 2n ** 63n) throw wrong(span, 'an integer must fit 64 bits');
    return value < 2n ** 31n ? INTEGER : BIGINT;
  }
  const [whole = '', fraction = ''] = text.split('.');
  return decimalType(Math.max(1, whole.replace(/^0+/, '').length + fraction.length), fraction.length);
}

/** Types expressions that must become one type, and casts those that differ. */
export function common(expressions: readonly Expression[], verb: string, span: Span, place: Place, analysis: Analysis): SqlType {
  const types = expressions.map((expression) => analyzeExpression(expression, place, analysis).type);
  const type = types.reduce<SqlType>((left, right) => {
    const both = commonType(left, right);
    if (both === undefined) throw wrong(span, `cannot ${verb} ${typeText(left)} and ${typeText(right)}: cast one of them`);
    return both;
  }, UNKNOWN);
  for (const [at, expression] of expressions.entries()) {
    const from = types[at] as SqlType;
    if (!(isInteger(from) && isInteger(type) && verb === 'compare')) coerce(expression, from, type, analysis);
  }
  return type;
}

function column(e: ColumnPath, place: Place, analysis: Analysis): Typed {
  const resolution = place.scope.resolve(e);
  analysis.columns.set(e, resolution);
  const typed = typedColumn(resolution, place.scope);
  return resolution.rest.reduce((base, name) => fieldOf(base, name), typed);
}

function typedColumn(resolution: Resolution, scope: Scope): Typed {
  switch (resolution.kind) {
    case 'field': {
      const { field, relation } = resolution;
      return { type: field.type, nullable: (field.nullable || relation.optional) && !scope.nonNull.has(field), lineage: field.lineage };
    }
    case 'merged':
      return resolution.column;
    case 'parameter':
      return resolution.parameter;
    case 'output':
      throw new Error('an output column stands only in order by');
  }
}

function fieldOf(base: Typed, name: Name): Typed {
  if (base.type.kind !== 'row') throw wrong(name, `'.${name.text}' needs a row, got ${typeText(base.type)}`);
  const fields = base.type.fields.filter((field) => field.name?.toLowerCase() === name.text.toLowerCase());
  if (fields.length !== 1) {
    const names = base.type.fields.flatMap((field) => field.name ?? []);
    throw new SqlProblem('sql-field', `unknown field '${name.text}': the row has ${names.join(', ') || 'no named fields'}`, name);
  }
  const [field] = fields as [RowField];
  return { type: field.type, nullable: base.nullable || field.filled !== true, lineage: union([base.lineage]) };
}

function subscript(base: Expression, index: Expression, place: Place, analysis: Analysis): Typed {
  const of = analyzeExpression(base, place, analysis);
  if (of.type.kind === 'array') {
    const at = expectType(index, BIGINT, 'an array index', place, analysis);
    return {
      type: of.type.element,
      nullable: of.nullable || at.nullable || of.type.filled !== true,
      lineage: union([of.lineage, at.lineage]),
    };
  }
  if (of.type.kind === 'map') {
    const at = expectType(index, of.type.key, "a map's key", place, analysis);
    return {
      type: of.type.value,
      nullable: of.nullable || at.nullable || of.type.filled !== true,
      lineage: union([of.lineage, at.lineage]),
    };
  }
  throw wrong(base, `'[…]' needs an array or a map, got ${typeText(of.type)}`);
}

function arithmetic(e: Arithmetic, place: Place, analysis: Analysis): Typed {
  const left = analyzeExpression(e.left, place, analysis);
  const right = analyzeExpression(e.right, place, analysis);
  const type =
    momentArithmetic(e, left.type, right.type) ?? arithmeticType(e.op, unknownAs(left.type, right.type), unknownAs(right.type, left.type));
  if (type === undefined)
    throw wrong(
      e,
      `'${e.op}' needs two numbers, or a date or timestamp and an interval, got ${typeText(left.type)} and ${typeText(right.type)}`,
    );
  // Decimals keep their own types: the printers give the result Trino's precision and scale.
  if (!['decimal', 'date', 'timestamp', 'interval'].includes(type.kind)) {
    coerce(e.left, left.type, type, analysis);
    coerce(e.right, right.type, type, analysis);
  }
  return { type, nullable: left.nullable || right.nullable, lineage: union([left.lineage, right.lineage]) };
}

function unknownAs(type: SqlType, other: SqlType): SqlType {
  return type.kind === 'unknown' ? other : type;
}

function momentArithmetic(e: Arithmetic, left: SqlType, right: SqlType): SqlType | undefined {
  const moment = (type: SqlType) => type.kind === 'date' || (type.kind === 'timestamp' && !type.zone);
  if (moment(left) && moment(right)) throw wrong(e, "the difference of two times is written date_diff('day', a, b)");
  const [base, interval] = moment(left) ? [left, right] : [right, left];
  if (!moment(base) || interval.kind !== 'interval' || (e.op !== '+' && e.op !== '-') || (e.op === '-' && !moment(left))) {
    if (left.kind === 'interval' || right.kind === 'interval') {
      throw wrong(e, "an interval may only be added to a date or timestamp, or taken from it; for computed ones use date_add('day', n, x)");
    }
    return undefined;
  }
  const literal = moment(left) ? e.right : e.left;
  if (base.kind === 'date' && literal.kind === 'interval' && ['hour', 'minute', 'second'].includes(literal.field)) {
    throw wrong(e, 'a date takes days, months and years only: cast it to timestamp(6) first');
  }
  // An interval of days has milliseconds.
  if (base.kind === 'timestamp' && interval.unit === 'day') return { ...base, precision: Math.max(base.precision, 3) };
  return base;
}

function concatenation(e: Expression & { kind: 'concat' }, left: Typed, right: Typed, analysis: Analysis): Typed {
  const type = commonType(left.type, right.type);
  const fits = type !== undefined && (type.kind === 'varchar' || type.kind === 'array' || type.kind === 'unknown');
  if (!fits) throw wrong(e, `'||' joins two texts or two arrays, got ${typeText(left.type)} and ${typeText(right.type)}: cast to varchar`);
  coerce(e.left, left.type, type, analysis);
  coerce(e.right, right.type, type, analysis);
  return {
    type: type.kind === 'unknown' ? VARCHAR : type,
    nullable: left.nullable || right.nullable,
    lineage: union([left.lineage, right.lineage]),
  };
}

function caseOf(e: Case, place: Place, analysis: Analysis): Typed {
  const conditions = e.whens.map((when) => when.condition);
  if (e.operand === undefined) for (const one of conditions) expectType(one, BOOLEAN, 'a condition', place, analysis);
  else common([e.operand, ...conditions], 'compare', e, place, analysis);
  const results = [...e.whens.map((when) => when.result), ...(e.otherwise === undefined ? [] : [e.otherwise])];
  const type = common(results, 'give both', e, place, analysis);
  const typed = known(analysis, ...results);
  const tests = known(analysis, ...conditions, ...(e.operand === undefined ? [] : [e.operand]));
  return {
    type,
    nullable: e.otherwise === undefined || typed.some((result) => result.nullable),
    lineage: decidedBy(
      union(typed.map((result) => result.lineage)),
      deciding(
        tests.map((test) => test.lineage),
        'conditional',
      ),
    ),
  };
}

function castOf(e: Expression & { kind: 'cast' }, operand: Typed, strict: (type: SqlType, parts: readonly Typed[]) => Typed): Typed {
  const { type: from } = operand;
  if (from.kind === 'timestamp' && from.zone && e.operand.kind !== 'atTimeZone' && !(e.operand.kind === 'call')) {
    throw wrong(e, 'the zone of a moment must be written where it is cast');
  }
  if ((from.kind === 'double' || from.kind === 'real') && e.type.kind === 'varchar') {
    throw wrong(e, 'text of a double differs between engines: cast it to a decimal first');
  }
  if (!canCast(from, e.type))
    throw wrong(e, `there is no cast from ${typeText(from)} to ${typeText(e.type)} that is the same on every engine`);
  const typed = strict(e.type, [operand]);
  return e.safe ? { ...typed, nullable: true } : typed;
}

function inQuery(e: Expression & { kind: 'inQuery' }, place: Place, analysis: Analysis): Typed {
  const operand = analyzeExpression(e.operand, place, analysis);
  const { shape } = place.query(e.query, place.scope);
  const [output] = shape.columns;
  if (output === undefined || shape.columns.length !== 1)
    throw wrong(e.query, `'in' needs a query of one column, got ${shape.columns.length}`);
  const type = commonType(operand.type, output.type);
  if (type === undefined || !isComparable(type))
    throw wrong(e, `cannot compare ${typeText(operand.type)} and ${typeText(output.type)}: cast one of them`);
  coerce(e.operand, operand.type, type, analysis);
  const lineage = decidedBy(union([operand.lineage]), deciding([output.lineage, { direct: new Map(), deciding: shape.rows }], 'filter'));
  return { type: BOOLEAN, nullable: operand.nullable || output.nullable, lineage };
}

function scalarSubquery(query: Query, span: Span, place: Place): Typed {
  const { shape, correlated } = place.query(query, place.scope);
  const [output] = shape.columns;
  if (output === undefined || shape.columns.length !== 1)
    throw wrong(span, `a subquery used as a value must have one column, got ${shape.columns.length}`);
  if (correlated && !shape.single) {
    throw new SqlProblem(
      'sql-correlation',
      'a correlated subquery used as a value must be an aggregate without group by; otherwise write a join',
      span,
    );
  }
  return { type: output.type, nullable: output.nullable || !shape.single, lineage: decidedBy(union([output.lineage]), shape.rows) };
}
