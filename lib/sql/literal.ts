import type { TypeSpec } from '../contract/spec.js';

/**
 * The one writer of SQL literals: data that stands in a statement passes through here and nowhere else.
 * What it writes means the same in Athena's dialect wherever it stands: no sign or quote can join with the text around it.
 */

/** A value that has a literal. A `Date` is a moment (UTC, milliseconds); decimals and other times are written by their column's type. */
export type LiteralValue = string | number | bigint | boolean | Date | null;

/** A value for a column of a contract: nested for arrays, structs (objects) and maps (arrays of pairs). */
export type TypedValue = LiteralValue | readonly TypedValue[] | { readonly [field: string]: TypedValue };

/** A value that cannot be written as a literal. The message never holds the value: it may be personal data. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError';
}

/** Writes a value by its own type. */
export function literal(value: LiteralValue): string {
  if (value === null) return 'NULL';
  switch (typeof value) {
    case 'string':
      return stringLiteral(value);
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'bigint':
      return bigintLiteral(value);
    case 'number':
      return numberLiteral(value);
    default:
      if (value instanceof Date) return timestampLiteral(value);
      throw new LiteralError(`a value in sql must be a string, number, bigint, boolean, Date or null, got ${typeof value}`);
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Text in quotes. Athena knows no escapes but the doubled quote. */
export function stringLiteral(value: string): string {
  if (value.includes('\0')) throw new LiteralError('a string in sql cannot hold the character NUL');
  if (LONE_SURROGATE.test(value)) throw new LiteralError('a string in sql cannot hold half of a surrogate pair');
  if (value.includes('${Token[')) {
    throw new LiteralError('a string in sql cannot be a CDK token: its value is not known at synth; use a literal value');
  }
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name in quotes, for tables and columns. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || LONE_SURROGATE.test(name))
    throw new LiteralError('a name in sql must be non-empty text without NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

function bigintLiteral(value: bigint): string {
  if (value < -(2n ** 63n) || value >= 2n ** 63n) throw new LiteralError('a bigint in sql must fit 64 bits');
  // A typed literal has no sign of its own that could join with a `-` before it into a comment.
  return `BIGINT '${value}'`;
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new LiteralError('a number in sql must be finite');
  if (!Number.isInteger(value)) return doubleLiteral(value);
  if (!Number.isSafeInteger(value)) throw new LiteralError('an integer beyond 2^53 must be given as a bigint');
  return value < 0 || Object.is(value, -0) ? `(-${Math.abs(value)})` : String(value);
}

function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new LiteralError('a number in sql must be finite');
  // `1.5` alone would be a decimal; the exponent makes it a double.
  const [mantissa, exponent] = Math.abs(value).toString().split('e') as [string, string | undefined];
  const text = `${mantissa}E${(exponent ?? '0').replace('+', '')}`;
  return value < 0 || Object.is(value, -0) ? `(-${text})` : text;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** A decimal from its plain digits, `'-12.50'`. */
export function decimalLiteral(text: string): string {
  const match = DECIMAL.exec(text);
  if (match === null) throw new LiteralError('a decimal in sql must be plain digits with an optional sign and fraction');
  const digits = (match[2] as string).replace(/^0+(?=\d)/, '');
  const fraction = match[3] ?? '';
  if (digits.length + fraction.length > 38) throw new LiteralError('a decimal in sql has at most 38 digits');
  return `DECIMAL '${match[1] === '-' ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}'`;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A date from `'2026-01-31'`. */
export function dateLiteral(text: string): string {
  const match = DATE.exec(text);
  if (match === null || !isDay(match[1], match[2], match[3])) throw new LiteralError('a date in sql must be a day written YYYY-MM-DD');
  return `DATE '${text}'`;
}

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?Z?$/;

/** A UTC moment with microseconds, from a `Date` or text like `2026-01-31T12:00:00.123456Z`. Its type is `timestamp(6)`. */
export function timestampLiteral(value: Date | string): string {
  const text = typeof value === 'string' ? value : isoOf(value);
  const match = TIMESTAMP.exec(text);
  if (match === null || !isDay(match[1], match[2], match[3]) || Number(match[4]) > 23 || Number(match[5]) > 59 || Number(match[6]) > 59) {
    throw new LiteralError('a timestamp in sql must be a UTC moment written YYYY-MM-DD HH:MM:SS[.ffffff]');
  }
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  return `TIMESTAMP '${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction.padEnd(6, '0')}'`;
}

function isoOf(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new LiteralError('a Date in sql must be a valid moment');
  return value.toISOString();
}

function isDay(year?: string, month?: string, day?: string): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < 1 || m < 1 || m > 12 || d < 1) return false;
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  return d <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1] as number);
}

/** Writes a value as its column's type says. Text stands for decimals, dates and timestamps; a bigint may be given as number. */
export function literalOf(type: TypeSpec, value: TypedValue): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'oneOf':
      return stringLiteral(expectString(type.kind, value));
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(type.kind, value);
      return value ? 'TRUE' : 'FALSE';
    case 'int':
    case 'bigint':
      return integerOf(type.kind, value);
    case 'double':
      if (typeof value !== 'number') throw mismatch(type.kind, value);
      return doubleLiteral(value);
    case 'decimal':
      if (typeof value === 'number' || typeof value === 'bigint') return decimalLiteral(plainDigits(value));
      return decimalLiteral(expectString(type.kind, value));
    case 'date':
      return dateLiteral(expectString(type.kind, value));
    case 'timestamp':
      return timestampLiteral(value instanceof Date ? value : expectString(type.kind, value));
    default:
      return nestedLiteral(type, value);
  }
}

function nestedLiteral(type: TypeSpec & { kind: 'array' | 'struct' | 'map' }, value: TypedValue): string {
  if (type.kind === 'struct') {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) throw mismatch(type.kind, value);
    const fields = value as { readonly [field: string]: TypedValue };
    return `ROW(${type.fields.map((field) => literalOf(field.type, fields[field.name] ?? null)).join(', ')})`;
  }
  if (!Array.isArray(value)) throw mismatch(type.kind, value);
  const items = value as readonly TypedValue[];
  if (type.kind === 'array') return `ARRAY[${items.map((item) => literalOf(type.element, item)).join(', ')}]`;
  const pairs = items.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new LiteralError('a map in sql must be given as an array of pairs');
    return pair as unknown as readonly [TypedValue, TypedValue];
  });
  const side = (at: 0 | 1, of: TypeSpec) => `ARRAY[${pairs.map((pair) => literalOf(of, pair[at])).join(', ')}]`;
  return `MAP(${side(0, type.key)}, ${side(1, type.value)})`;
}

function integerOf(kind: 'int' | 'bigint', value: TypedValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new LiteralError(`a value for ${kind} must be a whole number`);
  if (typeof value !== 'number' && typeof value !== 'bigint') throw mismatch(kind, value);
  const whole = BigInt(value);
  if (kind === 'bigint') return bigintLiteral(whole);
  if (whole < -(2n ** 31n) || whole >= 2n ** 31n) throw new LiteralError('a value for int must fit 32 bits');
  return whole < 0n ? `(${whole})` : String(whole);
}

function plainDigits(value: number | bigint): string {
  const text = String(value);
  if (!DECIMAL.test(text)) throw new LiteralError('a number for a decimal must have plain digits; give it as text');
  return text;
}

function expectString(kind: string, value: TypedValue): string {
  if (typeof value !== 'string') throw mismatch(kind, value);
  return value;
}

function mismatch(kind: string, value: unknown): LiteralError {
  const got = Array.isArray(value) ? 'an array' : value instanceof Date ? 'a Date' : `a ${typeof value}`;
  return new LiteralError(`a value for ${kind} cannot be ${got}`);
}
