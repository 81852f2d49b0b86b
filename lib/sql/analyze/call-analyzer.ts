import type { Call, Expression, Lambda } from '../ast/expression.js';
import { type Bindings, bind, parameterAt, patternText, resolve, type Signature, takesCount } from '../functions/signature.js';
import type { AggregateFunction, ScalarFunction, SqlFunction, WindowFunction } from '../functions/sql-function.js';
import { FUNCTIONS, INSTEAD } from '../functions/table.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import { BOOLEAN, type SqlType, typeText } from '../types/sql-type.js';
import type { Analysis } from './analysis.js';
import { analyzeExpression, coerce, expectType, type Place } from './expression-analyzer.js';
import { type Deciding, decidedBy, deciding, NO_LINEAGE, union } from './lineage.js';
import type { LambdaParameter, Typed } from './scope.js';

/** Types a call by its entry in the function table. */
export function analyzeCall(call: Call, place: Place, analysis: Analysis): Typed {
  const entry = entryOf(call);
  checkForm(call, entry, place);
  const inner: Place =
    entry.kind === 'aggregate' && call.over === undefined
      ? { ...place, aggregates: false, windows: false, name: `the argument of ${entry.name}` }
      : place;
  const { types, result, lambdas } = match(call, entry, inner, analysis);
  if (entry.kind === 'scalar') checkConstants(call, entry, types);
  analysis.calls.set(call, { entry, types, result });
  const args = call.args.map((arg) => analysis.typed.get(arg) as Typed);
  // Its first argument is what the condition of a case is.
  const [condition] = entry.name === 'if' ? args : [];
  const lineage = union(
    [...args, ...lambdas].filter((arg) => arg !== condition).map((arg) => arg.lineage),
    entry.kind === 'aggregate' ? 'aggregation' : 'transformation',
  );
  const decides = decidingParts(call, place, inner, analysis);
  if (condition !== undefined) decides.push(deciding([condition.lineage], 'conditional'));
  return { type: result, nullable: isNullable(call, entry, args, place), lineage: decidedBy(lineage, ...decides) };
}

function entryOf(call: Call): SqlFunction {
  const name = call.name.text.toLowerCase();
  const entry = FUNCTIONS.get(name);
  if (entry !== undefined) return entry;
  const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
  const code = instead?.includes('asOf') || instead?.includes('every run') ? 'sql-unrepeatable' : 'sql-function';
  const hint = instead === undefined ? didYouMean(name, FUNCTIONS.keys()) : `: ${instead}`;
  throw new SqlProblem(code, `function '${call.name.text}' is not in the portable list${hint}`, call.name);
}

function checkForm(call: Call, entry: SqlFunction, place: Place): void {
  const refuse = (message: string) => new SqlProblem('sql-function', message, call.name);
  const { name } = entry;
  if (entry.kind === 'window' && call.over === undefined) throw refuse(`${name} needs a window: ${name}(…) over (order by …)`);
  if (call.over !== undefined) {
    if (entry.kind === 'scalar') throw refuse(`${name} cannot stand over a window`);
    if (!place.windows) throw refuse(`a window function cannot stand in ${place.name}: compute it in a subquery`);
    if (entry.kind === 'aggregate' && (!entry.allowsWindow || call.distinct))
      throw refuse(`${name}${call.distinct ? '(distinct …)' : ''} over a window is not in the portable list`);
    checkWindow(call, entry);
  } else if (entry.kind === 'aggregate' && !place.aggregates) {
    throw refuse(`an aggregate cannot stand in ${place.name}`);
  }
  if (call.star && name !== 'count') throw refuse(`${name}(*) does not exist`);
  if (call.distinct && !(entry.kind === 'aggregate' && entry.allowsDistinct)) throw refuse(`${name} takes no distinct`);
  if (call.filter !== undefined && entry.kind !== 'aggregate') throw refuse(`${name} takes no filter (where …)`);
  if (call.ignoreNulls && !(entry.kind === 'window' && entry.ignoreNulls)) throw refuse(`${name} takes no ignore nulls`);
  checkOrder(call, entry, refuse);
}

function checkOrder(call: Call, entry: SqlFunction, refuse: (message: string) => SqlProblem): void {
  if (entry.kind === 'aggregate' && entry.ordered) {
    const order = entry.name === 'listagg' ? 'within group (order by …)' : `${entry.name}(x order by …)`;
    if (call.orderBy.length === 0) throw refuse(`${entry.name} without an order gives another result on every run: write ${order}`);
    const [first] = call.orderBy;
    if (call.orderBy.some((item) => item.descending !== first?.descending))
      throw refuse(`${entry.name} takes one direction of order for all its keys`);
  } else if (call.orderBy.length > 0) {
    throw refuse(`${entry.name} takes no order by`);
  }
}

const UNFRAMED = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead']);

function checkWindow(call: Call, entry: AggregateFunction | WindowFunction): void {
  const window = call.over;
  if (window === undefined) return;
  if (entry.kind === 'window' && window.orderBy.length === 0) {
    throw new SqlProblem('sql-window', `${entry.name} without order by in its window gives another result on every run`, call.name);
  }
  if (window.frame !== undefined && UNFRAMED.has(entry.name)) throw new SqlProblem('sql-window', `${entry.name} takes no frame`, call.name);
  if (window.frame?.unit === 'groups') throw new SqlProblem('sql-subset', "a frame of 'groups' is not in the portable subset", window);
}

/** Finds the signature that the arguments fit, and casts those that differ from it. */
function match(call: Call, entry: SqlFunction, place: Place, analysis: Analysis): { types: SqlType[]; result: SqlType; lambdas: Typed[] } {
  const count = call.args.length;
  const { signatures } = entry;
  if (call.star) return { types: [], result: resolve((signatures[0] as Signature).result, new Map()), lambdas: [] };
  const fitting = signatures.filter((signature) => takesCount(signature, count));
  if (fitting.length === 0 || (entry.name === 'count' && count === 0))
    throw new SqlProblem('sql-arity', arityMessage(entry, count), call.name);
  const plain = call.args.map((arg) => (arg.kind === 'lambda' ? undefined : analyzeExpression(arg, place, analysis)));
  for (const signature of fitting) {
    const bindings: Bindings = new Map();
    if (!plain.every((typed, at) => typed === undefined || fits(signature, at, typed.type, bindings))) continue;
    const lambdas = bindLambdas(call, signature, bindings, place, analysis);
    return { ...settle(call, entry, signature, bindings, plain, analysis), lambdas };
  }
  throw new SqlProblem('sql-type', mismatchMessage(entry, fitting, plain), call.name);
}

function fits(signature: Signature, at: number, type: SqlType, bindings: Bindings): boolean {
  const parameter = parameterAt(signature, at);
  return parameter !== undefined && bind(parameter, type, bindings);
}

function settle(
  call: Call,
  entry: SqlFunction,
  signature: Signature,
  bindings: Bindings,
  plain: readonly (Typed | undefined)[],
  analysis: Analysis,
) {
  const types = call.args.map((arg, at) => {
    const parameter = parameterAt(signature, at);
    const from = plain[at]?.type;
    if (parameter === undefined || from === undefined) return { kind: 'unknown' } as SqlType;
    const type = resolve(parameter, bindings);
    coerce(arg, from, type, analysis);
    return type;
  });
  return {
    types,
    result: entry.kind !== 'window' && entry.resultType !== undefined ? entry.resultType(types) : resolve(signature.result, bindings),
  };
}

/** Lambdas are read once the other arguments have told their parameters' types. */
function bindLambdas(call: Call, signature: Signature, bindings: Bindings, place: Place, analysis: Analysis): Typed[] {
  const bodies: Typed[] = [];
  for (const [at, arg] of call.args.entries()) {
    if (arg.kind !== 'lambda') continue;
    const pattern = parameterAt(signature, at);
    if (pattern?.kind !== 'fn') throw new SqlProblem('sql-lambda', `argument ${at + 1} of ${call.name.text} is no lambda`, arg);
    if (pattern.parameters.length !== arg.parameters.length)
      throw new SqlProblem('sql-lambda', `argument ${at + 1} of ${call.name.text} is ${patternText(pattern)}`, arg);
    const parameters: LambdaParameter[] = arg.parameters.map((name, index) => ({
      name: name.text,
      type: resolve(pattern.parameters[index] as typeof pattern.result, bindings),
      nullable: true,
      lineage: NO_LINEAGE,
    }));
    bodies.push(bindBody(arg, pattern.result, parameters, bindings, place, analysis));
  }
  return bodies;
}

function bindBody(
  lambda: Lambda,
  result: Parameters<typeof bind>[0],
  parameters: readonly LambdaParameter[],
  bindings: Bindings,
  place: Place,
  analysis: Analysis,
): Typed {
  const inner: Place = { ...place, aggregates: false, windows: false, name: 'a lambda' };
  const body = place.scope.withParameters(parameters, () => analyzeExpression(lambda.body, inner, analysis));
  if (!bind(result, body.type, bindings))
    throw new SqlProblem('sql-type', `the lambda must give ${patternText(result)}, got ${typeText(body.type)}`, lambda.body);
  coerce(lambda.body, body.type, resolve(result, bindings), analysis);
  const typed = { type: body.type, nullable: true, lineage: body.lineage };
  analysis.typed.set(lambda, typed);
  return typed;
}

function arityMessage(entry: SqlFunction, found: number): string {
  const counts = entry.signatures.flatMap((signature) =>
    signature.variadic ? [`${signature.required} or more`] : span(signature.required, signature.parameters.length),
  );
  const wanted = [...new Set(counts)].join(' or ');
  return `${entry.name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, found ${found}`;
}

function span(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
}

function mismatchMessage(entry: SqlFunction, signatures: readonly Signature[], plain: readonly (Typed | undefined)[]): string {
  const given = plain.map((typed) => (typed === undefined ? 'a lambda' : typeText(typed.type))).join(', ');
  const wanted = signatures.map((signature) => `${entry.name}(${signature.parameters.map(patternText).join(', ')})`).join(' or ');
  return `${entry.name} does not take (${given}): it is ${wanted}`;
}

/** The value of a literal argument. */
export function constantOf(arg: Expression): string | undefined {
  if (arg.kind === 'string') return arg.value;
  if (arg.kind === 'number' && arg.form === 'integer') return arg.text;
  if (arg.kind === 'negate' && arg.operand.kind === 'number') return `-${arg.operand.text}`;
  return undefined;
}

function checkConstants(call: Call, entry: ScalarFunction, types: readonly SqlType[]): void {
  for (const at of entry.constants) {
    const arg = call.args[at];
    if (arg === undefined) continue;
    const value = constantOf(arg);
    if (value === undefined) throw new SqlProblem('sql-constant', `argument ${at + 1} of ${entry.name} must be a literal`, arg);
    const options = entry.options?.[at];
    if (options !== undefined && !options.includes(value.toLowerCase())) {
      throw new SqlProblem(
        'sql-constant',
        `argument ${at + 1} of ${entry.name} must be one of ${options.join(', ')}${didYouMean(value, options)}`,
        arg,
      );
    }
    const problem = entry.checkConstant?.(value, at, types);
    if (problem !== undefined) throw new SqlProblem('sql-constant', `${entry.name} ${problem}`, arg);
  }
}

function isNullable(call: Call, entry: SqlFunction, args: readonly Typed[], place: Place): boolean {
  const any = args.some((arg) => arg.nullable);
  switch (entry.name) {
    case 'coalesce':
      return args.every((arg) => arg.nullable);
    case 'if':
      return args.length === 2 || args.slice(1).some((arg) => arg.nullable);
    case 'lag':
    case 'lead':
      return args[2] === undefined || any || call.ignoreNulls;
    default:
  }
  if (entry.nulls === 'never') return false;
  if (entry.nulls === 'empty') {
    const filled = call.over === undefined ? place.filled : call.over.frame === undefined;
    return !filled || call.filter !== undefined || args[0]?.nullable !== false;
  }
  if (entry.nulls === 'first') return args[0]?.nullable ?? true;
  return entry.nulls === 'sometimes' ? true : any;
}

/** What else decides about a call's value: its filter, order and window. */
function decidingParts(call: Call, place: Place, inner: Place, analysis: Analysis): Deciding[] {
  const parts: Deciding[] = [];
  const add = (expressions: readonly Expression[], at: Place, kind: 'sort' | 'window') => {
    parts.push(
      deciding(
        expressions.map((expression) => analyzeExpression(expression, at, analysis).lineage),
        kind,
      ),
    );
  };
  if (call.filter !== undefined) parts.push(deciding([expectType(call.filter, BOOLEAN, 'a filter', inner, analysis).lineage], 'filter'));
  add(
    call.orderBy.map((item) => item.expression),
    inner,
    'sort',
  );
  if (call.over !== undefined) {
    const window: Place = { ...place, windows: false, name: 'a window' };
    add([...call.over.partitionBy, ...call.over.orderBy.map((item) => item.expression)], window, 'window');
    for (const bound of [call.over.frame?.start, call.over.frame?.end]) {
      if (bound === undefined || !('offset' in bound)) continue;
      if (bound.offset.kind !== 'number' && bound.offset.kind !== 'interval')
        throw new SqlProblem('sql-window', 'a frame takes a literal offset', bound.offset);
      analyzeExpression(bound.offset, window, analysis);
    }
  }
  return parts;
}
