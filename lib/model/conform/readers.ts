import type { TypeSpec } from '../../contract/spec.js';
import { type Cursor, MALFORMED } from './cursor.js';
import { compileMembers } from './members.js';
import { decimal, double, integer } from './number.js';
import type { Canonical } from './refusal.js';
import { date, instantText, isDate, timestamp, UtcTimestamps } from './time.js';
import { canonicalText, isScalar } from './types.js';

/**
 * Reads one value that begins at the cursor with the character `code`, and gives its text in a bronze line: '' when it stands
 * canonical as it is written, else its canonical form. What is wrong with it is noted on the cursor.
 */
export type Read = (cursor: Cursor, code: number) => string;

/** Text of a key or of whom a row is about is compared with other texts: composed, so that one name is one name (F-9). */
export interface ReadOptions {
  readonly compose?: boolean;
}

const QUOTE = 0x22;

/** Reads a field with its null, which is a reason where it may not be. */
export function readField(cursor: Cursor, read: Read, nullable: boolean, path: string): string {
  const code = cursor.peek();
  if (code !== 0x6e) return read(cursor, code);
  cursor.word('null');
  return nullable ? '' : cursor.refuse('drift', path);
}

export function compileRead(type: TypeSpec, path: string, options: ReadOptions = {}): Read {
  switch (type.kind) {
    case 'text':
      return options.compose === true ? composedText(path) : plainText(path);
    case 'boolean':
      return boolean(path);
    case 'int':
    case 'bigint':
      return wholeNumber(path, type.kind === 'int' ? 32 : 64);
    case 'double':
      return doubleNumber(path);
    case 'decimal':
      return decimalNumber(path, type.precision, type.scale);
    case 'date':
      return day(path);
    case 'timestamp':
      return moment(path);
    case 'oneOf':
      return oneOf(path, type.values);
    case 'json':
      return (cursor) => JSON.stringify(cursor.value(path));
    case 'array':
      return array(compileRead(type.element, `${path}[]`), path);
    case 'struct': {
      const members = compileMembers(type.fields, path);
      return (cursor, code) => (code === 0x7b ? `${members(cursor)}}` : drift(cursor, path));
    }
    case 'map':
      return map(type.key, compileRead(type.value, `${path}{}`), path);
  }
}

/** A value of another type: stepped over and noted, never coerced. */
function drift(cursor: Cursor, path: string): string {
  cursor.value(path);
  return cursor.refuse('drift', path);
}

function settle(cursor: Cursor, path: string, value: Canonical): string {
  return 'rule' in value ? cursor.refuse(value.rule, path) : value.text;
}

function settleQuoted(cursor: Cursor, path: string, value: Canonical): string {
  return 'rule' in value ? cursor.refuse(value.rule, path) : `"${value.text}"`;
}

/** What a JSON string says. */
function content(token: string): string {
  return token.indexOf('\\') < 0 ? token.slice(1, -1) : (JSON.parse(token) as string);
}

function plainText(path: string): Read {
  return (cursor, code) => (code === QUOTE ? cursor.string(path) : drift(cursor, path));
}

const NOT_ASCII = /[^ -~]/;

function composedText(path: string): Read {
  return (cursor, code) => {
    if (code !== QUOTE) return drift(cursor, path);
    if (cursor.ascii) return cursor.string(path);
    const token = cursor.token(path);
    return NOT_ASCII.test(token) ? JSON.stringify(content(token).normalize('NFC')) : token;
  };
}

function boolean(path: string): Read {
  return (cursor, code) => {
    if (code !== 0x74 && code !== 0x66) return drift(cursor, path);
    cursor.word(code === 0x74 ? 'true' : 'false');
    return '';
  };
}

function isNumber(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function wholeNumber(path: string, bits: 32 | 64): Read {
  const most = bits === 32 ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return (cursor, code) => {
    if (!isNumber(code)) return drift(cursor, path);
    const from = cursor.at;
    cursor.number();
    const value = cursor.integer;
    // Zero may have a sign.
    if (value <= most && value >= -most && (value !== 0 || code === 0x30)) return '';
    return settle(cursor, path, integer(cursor.text.slice(from, cursor.at), bits));
  };
}

function doubleNumber(path: string): Read {
  return (cursor, code) => {
    if (!isNumber(code)) return drift(cursor, path);
    const from = cursor.at;
    cursor.number();
    // Up to 15 digits stand in a double as they are written; only a sign before zero needs a look.
    if (cursor.at - from <= 16 && !cursor.exponent && code !== 0x2d) return '';
    return settle(cursor, path, double(cursor.text.slice(from, cursor.at)));
  };
}

function decimalNumber(path: string, precision: number, scale: number): Read {
  const zeros = Array.from({ length: scale + 1 }, (_, missing) => `${missing === scale && scale > 0 ? '.' : ''}${'0'.repeat(missing)}"`);
  return (cursor, code) => {
    if (code === QUOTE) return settleQuoted(cursor, path, decimal(content(cursor.token(path)), precision, scale));
    if (!isNumber(code)) return drift(cursor, path);
    const from = cursor.at;
    cursor.number();
    const { at, point } = cursor;
    const whole = (point < 0 ? at : point) - from;
    const missing = point < 0 ? scale : scale - (at - point - 1);
    // The plain case: digits that fit as they stand. Signs (`-0`), exponents and the edges of the type go the exact way.
    if (!cursor.exponent && code !== 0x2d && whole <= precision - scale && missing >= 0) {
      return `"${cursor.text.slice(from, at)}${zeros[missing]}`;
    }
    return settleQuoted(cursor, path, decimal(cursor.text.slice(from, at), precision, scale));
  };
}

function day(path: string): Read {
  return (cursor, code) => {
    if (code !== QUOTE) return drift(cursor, path);
    const from = cursor.at + 1;
    const changed = cursor.string(path);
    if (changed === '') return isDate(cursor.text, from, cursor.at - 1) ? '' : cursor.refuse('date', path);
    return settleQuoted(cursor, path, date(content(changed)));
  };
}

function moment(path: string): Read {
  const utc = new UtcTimestamps();
  return (cursor, code) => {
    if (code !== QUOTE) return drift(cursor, path);
    const from = cursor.at + 1;
    const changed = cursor.string(path);
    if (changed !== '') return settleQuoted(cursor, path, timestamp(content(changed)));
    const quick = utc.read(cursor.text, from, cursor.at - 1);
    return quick ?? settleQuoted(cursor, path, timestamp(cursor.text.slice(from, cursor.at - 1)));
  };
}

/** Up to so many values are tried one after the other: less work than cutting the text out and looking it up. */
const FEW_VALUES = 8;

function oneOf(path: string, values: readonly string[]): Read {
  const tokens = values.map((value) => JSON.stringify(value));
  const known = new Set(tokens);
  const few = tokens.length <= FEW_VALUES ? tokens : [];
  return (cursor, code) => {
    if (code !== QUOTE) return drift(cursor, path);
    for (const token of few) {
      if (!cursor.text.startsWith(token, cursor.at)) continue;
      cursor.at += token.length;
      return '';
    }
    const token = cursor.token(path);
    return known.has(token) ? token : cursor.refuse('oneOf', path);
  };
}

/** Puts the way from the record before the unknown fields that were found below `step`. */
export function prefix(cursor: Cursor, from: number, step: string): void {
  for (const extra of cursor.extras.slice(from)) extra.path = step + (extra.path.startsWith('[') ? '' : '.') + extra.path;
}

/** Steps over the comma between two parts, or the end of the last: true while there are more. */
function more(cursor: Cursor, end: number): boolean {
  const code = cursor.peek();
  if (code !== 0x2c && code !== end) throw MALFORMED;
  cursor.at++;
  return code === 0x2c;
}

/** A part of an array or a map: never null. Its text in any case, and unknown fields below it with their way. */
function part(cursor: Cursor, read: Read, path: string, step: () => string): string {
  cursor.peek();
  const from = cursor.at;
  const known = cursor.extras.length;
  const value = readField(cursor, read, false, path);
  if (cursor.extras.length > known) prefix(cursor, known, step());
  return value === '' ? cursor.text.slice(from, cursor.at) : value;
}

function array(element: Read, path: string): Read {
  const partPath = `${path}[]`;
  return (cursor, code) => {
    if (code !== 0x5b) return drift(cursor, path);
    cursor.at++;
    if (cursor.peek() === 0x5d) {
      cursor.at++;
      return '[]';
    }
    let out = '';
    let index = 0;
    do {
      out += (index === 0 ? '[' : ',') + part(cursor, element, partPath, () => `[${index}]`);
      index++;
    } while (more(cursor, 0x5d));
    return `${out}]`;
  };
}

function map(keyType: TypeSpec, value: Read, path: string): Read {
  if (!isScalar(keyType)) throw new TypeError(`the key of map '${path}' must be a scalar type`);
  const canonical = canonicalText(keyType);
  const partPath = `${path}{}`;
  return (cursor, code) => {
    if (code !== 0x7b) return drift(cursor, path);
    cursor.at++;
    if (cursor.peek() === 0x7d) {
      cursor.at++;
      return '{}';
    }
    const keys = new Set<string>();
    let out = '';
    do {
      if (cursor.peek() !== QUOTE) throw MALFORMED;
      const key = settle(cursor, path, canonical(content(cursor.token(path))));
      if (key === '__proto__') cursor.refuse('proto', path);
      if (keys.has(key)) cursor.refuse('duplicate', path);
      cursor.expect(0x3a);
      out += `${keys.size === 0 ? '{' : ','}${JSON.stringify(key)}:${part(cursor, value, partPath, () => `{${key}}`)}`;
      keys.add(key);
    } while (more(cursor, 0x7d));
    return `${out}}`;
  };
}

/** Refuses an event's time that lies further ahead of its arrival than `tolerance` milliseconds (F-14). */
export function notFromTheFuture(read: Read, type: TypeSpec, path: string, tolerance: number): Read {
  // A day has no zone: somewhere on earth it begins 14 hours before it does in UTC.
  const allowed = type.kind === 'date' ? tolerance + 14 * 3_600_000 : tolerance;
  const width = type.kind === 'date' ? 10 : 26;
  return (cursor, code) => {
    const from = cursor.at;
    const value = read(cursor, code);
    if (value === 'null' || isBefore(cursor.text, from + 1, cursor)) return value;
    const text = value === '' ? cursor.text.slice(from + 1, cursor.at - 1) : value.slice(1, -1);
    const { arrivedAt } = cursor;
    if (text <= arrivedAt) return value;
    const latest = `${instantText(Date.parse(`${arrivedAt.slice(0, 10)}T${arrivedAt.slice(11, 23)}Z`) + allowed).slice(0, 23)}999`;
    return text > latest.slice(0, width) ? cursor.refuse('skew', path) : value;
  };
}

/** Whether a moment written in UTC lies before the arrival, by its digits down to the second; false where that does not show. */
function isBefore(text: string, from: number, { at, arrivedAt }: Cursor): boolean {
  // Only `…Z"`: with another zone the digits say nothing.
  if (text.charCodeAt(at - 2) !== 0x5a) return false;
  for (let digit = 0; digit < 19; digit++) {
    const difference = text.charCodeAt(from + digit) - arrivedAt.charCodeAt(digit);
    // `T` here, a space there.
    if (difference !== 0 && digit !== 10) return difference < 0;
  }
  return false;
}
