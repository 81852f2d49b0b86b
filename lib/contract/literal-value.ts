import type { TypeSpec } from './spec.js';

/** What a contract's author may write for a value. */
export type LiteralInput = string | number | bigint | boolean | Date;

/** A value in its canonical form, or what is wrong with it. */
export interface LiteralValue {
  readonly value: string | number | boolean;
  readonly problem?: string;
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const BIGINT_MIN = -(2n ** 63n);
const BIGINT_MAX = 2n ** 63n - 1n;

/**
 * A value written in a contract in the one form that every reader of the contract gets: a number for int and double, plain digits as text
 * for bigint and decimal (at the column's scale), `YYYY-MM-DD` for a date, `YYYY-MM-DD HH:MM:SS.ffffff` in UTC for a timestamp.
 */
export function literalOf(type: TypeSpec, input: LiteralInput): LiteralValue {
  const value = canonical(type, input);
  if (value !== undefined) return { value };
  return { value: '', problem: `${show(input)} is no ${wanted(type)}` };
}

function canonical(type: TypeSpec, input: LiteralInput): string | number | boolean | undefined {
  switch (type.kind) {
    case 'text':
      return typeof input === 'string' ? input : undefined;
    case 'oneOf':
      return typeof input === 'string' && type.values.includes(input) ? input : undefined;
    case 'boolean':
      return typeof input === 'boolean' ? input : undefined;
    case 'int':
      return intOf(input);
    case 'double':
      return typeof input === 'number' && Number.isFinite(input) ? input : undefined;
    case 'bigint':
      return decimalText(input, 19, 0, (digits) => digits >= BIGINT_MIN && digits <= BIGINT_MAX);
    case 'decimal':
      return decimalText(input, type.precision, type.scale);
    case 'date':
      return dateText(input);
    case 'timestamp':
      return timestampText(input);
    default:
      return undefined;
  }
}

function intOf(input: LiteralInput): number | undefined {
  const number = typeof input === 'bigint' ? Number(input) : input;
  return typeof number === 'number' && Number.isInteger(number) && number >= INT_MIN && number <= INT_MAX ? number : undefined;
}

/** Plain digits at `scale`, if the value fits `precision` digits exactly. */
export function decimalText(
  input: LiteralInput,
  precision: number,
  scale: number,
  inRange: (digits: bigint) => boolean = () => true,
): string | undefined {
  if (typeof input === 'number' && Number.isInteger(input) && !Number.isSafeInteger(input)) return undefined;
  if (typeof input !== 'number' && typeof input !== 'bigint' && typeof input !== 'string') return undefined;
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(input));
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = parts;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > scale) return undefined;
  const digits = BigInt(whole + kept.padEnd(scale, '0'));
  if (digits.toString().length > precision) return undefined;
  const signed = sign === '-' ? -digits : digits;
  if (!inRange(signed)) return undefined;
  const text = digits.toString().padStart(scale + 1, '0');
  const plain = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return signed < 0n ? `-${plain}` : plain;
}

/** `YYYY-MM-DD` of a day that exists, in the years 0001 to 9999. */
export function dateText(input: LiteralInput): string | undefined {
  if (typeof input !== 'string') return undefined;
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(input);
  return parts !== null && isDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) ? input : undefined;
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC of a `Date` or of ISO text with a zone. */
export function timestampText(input: LiteralInput): string | undefined {
  if (input instanceof Date) return Number.isNaN(input.getTime()) ? undefined : canonicalUtc(input.getTime(), '');
  if (typeof input !== 'string') return undefined;
  const parts = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})$/.exec(input);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = offsetMinutes(parts[8] ?? 'Z');
  if (zone === undefined) return undefined;
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  utc.setUTCHours(hour, minute - zone, second);
  return canonicalUtc(utc.getTime(), parts[7] ?? '');
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function canonicalUtc(milliseconds: number, fraction: string): string | undefined {
  const iso = new Date(milliseconds).toISOString();
  if (!/^\d{4}-/.test(iso) || iso.startsWith('0000')) return undefined;
  const micros = fraction === '' ? `${iso.slice(20, 23)}000` : fraction.padEnd(6, '0');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${micros}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= days;
}

function wanted(type: TypeSpec): string {
  switch (type.kind) {
    case 'int':
      return 'int: a whole number of 32 bits';
    case 'bigint':
      return "bigint: a whole number of 64 bits; above 2^53 write it as 123n or '123'";
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale}): at most ${type.precision - type.scale} digits before the point and ${type.scale} after; write it as text, '12.50'`;
    case 'double':
      return 'double: a finite number';
    case 'date':
      return "date: write a day that exists as '2026-01-31'";
    case 'timestamp':
      return "timestamp: write '2026-01-31T12:00:00Z', with a zone";
    case 'oneOf':
      return `word of this column: use one of ${type.values.map((value) => `'${value}'`).join(', ')}`;
    default:
      return type.kind;
  }
}

function show(input: LiteralInput): string {
  if (typeof input === 'bigint') return `${input}n`;
  if (input instanceof Date) return 'an invalid Date';
  return typeof input === 'string' ? `'${input}'` : String(input);
}
