import { canBecome, commonType, isComparable, isInteger, isNumeric, isOrderable } from '../types/coercion.js';
import { arrayType, type SqlType, TIMESTAMP, typeText } from '../types/sql-type.js';

/**
 * Signatures as text, `(array(T), fn(T, boolean)) array(T)`: read by people in the docs and by the analyzer.
 * Upper-case words are type variables; `N:number` says what a variable may be; `…` after a parameter repeats it; `?` makes it optional.
 */
export type Pattern =
  | { readonly kind: 'type'; readonly type: SqlType }
  | { readonly kind: 'variable'; readonly name: string; readonly bound?: Bound }
  | { readonly kind: 'decimal' }
  /** A moment without zone: the result keeps its digits. */
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'array'; readonly element: Pattern }
  | { readonly kind: 'map'; readonly key: Pattern; readonly value: Pattern }
  | { readonly kind: 'fn'; readonly parameters: readonly Pattern[]; readonly result: Pattern };

export type Bound = 'number' | 'integer' | 'comparable' | 'orderable';

export interface Signature {
  readonly text: string;
  readonly parameters: readonly Pattern[];
  readonly required: number;
  readonly variadic: boolean;
  readonly result: Pattern;
}

const SIMPLE = ['boolean', 'integer', 'bigint', 'double', 'varchar', 'varbinary', 'date', 'json', 'real', 'smallint', 'tinyint'];

export function signature(text: string): Signature {
  const tokens = text.match(/[A-Za-z]+|[():,?…]/g) ?? [];
  let at = 0;
  const accept = (token: string) => tokens[at] === token && ++at > 0;
  const parameters: Pattern[] = [];
  let required = 0;
  let variadic = false;
  accept('(');
  while (!accept(')')) {
    parameters.push(pattern());
    if (accept('…')) variadic = true;
    if (!accept('?')) required = parameters.length;
    accept(',');
  }
  return { text, parameters, required, variadic, result: pattern() };

  function pattern(): Pattern {
    const word = tokens[at++] as string;
    if (word === 'fn') {
      const parts = inBrackets();
      return { kind: 'fn', parameters: parts.slice(0, -1), result: parts.at(-1) as Pattern };
    }
    if (word === 'array') return { kind: 'array', element: inBrackets()[0] as Pattern };
    if (word === 'map') {
      const [key, value] = inBrackets() as [Pattern, Pattern];
      return { kind: 'map', key, value };
    }
    if (word === 'decimal') return { kind: 'decimal' };
    if (word === 'timestamp') return { kind: 'timestamp' };
    if (word === 'timestamptz') return { kind: 'type', type: { kind: 'timestamp', precision: 6, zone: true } };
    if (SIMPLE.includes(word)) return { kind: 'type', type: { kind: word } as SqlType };
    if (!accept(':')) return { kind: 'variable', name: word };
    return { kind: 'variable', name: word, bound: tokens[at++] as Bound };
  }

  function inBrackets(): Pattern[] {
    const parts: Pattern[] = [];
    accept('(');
    while (!accept(')')) {
      parts.push(pattern());
      accept(',');
    }
    return parts;
  }
}

/** Types that a signature's variables stand for in one call. */
export type Bindings = Map<string, SqlType>;

/** The pattern of the argument at a place, the repeated one included. */
export function parameterAt(of: Signature, at: number): Pattern | undefined {
  return of.parameters[at] ?? (of.variadic ? of.parameters.at(-1) : undefined);
}

export function takesCount(of: Signature, count: number): boolean {
  return count >= of.required && (of.variadic || count <= of.parameters.length);
}

/** Fits a type to a pattern, binding variables; false when it does not fit. */
export function bind(pattern: Pattern, type: SqlType, bindings: Bindings): boolean {
  switch (pattern.kind) {
    case 'type':
      return canBecome(type, pattern.type);
    case 'decimal': {
      if (type.kind !== 'decimal') return false;
      bindings.set('decimal', type);
      return true;
    }
    case 'timestamp': {
      const moment = commonType(bindings.get('timestamp') ?? type, type);
      if (type.kind === 'unknown') return true;
      if (moment === undefined || !canBecome(moment, TIMESTAMP)) return false;
      bindings.set('timestamp', moment.kind === 'timestamp' ? moment : TIMESTAMP);
      return true;
    }
    case 'variable': {
      const known = bindings.get(pattern.name);
      const common = known === undefined ? type : commonType(known, type);
      if (common === undefined || !within(common, pattern.bound)) return false;
      bindings.set(pattern.name, common);
      return true;
    }
    case 'array':
      return type.kind === 'unknown' || (type.kind === 'array' && bind(pattern.element, type.element, bindings));
    case 'map':
      return (
        type.kind === 'unknown' ||
        (type.kind === 'map' && bind(pattern.key, type.key, bindings) && bind(pattern.value, type.value, bindings))
      );
    case 'fn':
      return false;
  }
}

function within(type: SqlType, bound: Bound | undefined): boolean {
  if (type.kind === 'unknown') return true;
  switch (bound) {
    case 'number':
      return isNumeric(type);
    case 'integer':
      return isInteger(type);
    case 'comparable':
      return isComparable(type);
    case 'orderable':
      return isOrderable(type);
    default:
      return true;
  }
}

/** The type that a pattern stands for under the bindings. */
export function resolve(pattern: Pattern, bindings: Bindings): SqlType {
  switch (pattern.kind) {
    case 'type':
      return pattern.type;
    case 'decimal':
      return bindings.get('decimal') ?? { kind: 'unknown' };
    case 'timestamp':
      return bindings.get('timestamp') ?? TIMESTAMP;
    case 'variable':
      return bindings.get(pattern.name) ?? { kind: 'unknown' };
    case 'array':
      return arrayType(resolve(pattern.element, bindings));
    case 'map':
      return { kind: 'map', key: resolve(pattern.key, bindings), value: resolve(pattern.value, bindings) };
    case 'fn':
      return resolve(pattern.result, bindings);
  }
}

/** What an argument should have been, for messages. */
export function patternText(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'type':
      return typeText(pattern.type);
    case 'decimal':
      return 'decimal';
    case 'timestamp':
      return 'timestamp(6)';
    case 'variable':
      return pattern.bound === undefined ? pattern.name : `a ${pattern.bound === 'number' ? 'number' : `${pattern.bound} value`}`;
    case 'array':
      return `array(${patternText(pattern.element)})`;
    case 'map':
      return `map(${patternText(pattern.key)}, ${patternText(pattern.value)})`;
    case 'fn':
      return `a lambda of ${pattern.parameters.length} parameter${pattern.parameters.length === 1 ? '' : 's'}`;
  }
}
