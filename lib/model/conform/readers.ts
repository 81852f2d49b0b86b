import type { FieldSpec, TypeSpec } from '../../contract/spec.js';
import { type Cursor, MALFORMED } from './cursor.js';
import { decimal, double, integer } from './number.js';
import type { Canonical } from './refusal.js';
import { instantText, isDate, timestamp, utcTimestamp } from './time.js';
import { canonicalText, isScalar } from './types.js';

/** Reads one value at the cursor and gives its text in a bronze line; what is wrong with it is noted on the cursor. */
export type Read = (cursor: Cursor) => string;

/** Text of a key or of whom a row is about is compared with other texts: composed, so that one name is one name (F-9). */
export interface FieldOptions {
  readonly compose?: boolean;
}

const QUOTE = 0x22;

/** A field with its null: `null` where it may be, and where it may not a reason. */
export function compileField(field: FieldSpec, path: string, options: FieldOptions = {}): Read {
  const read = compileType(field.type, path, options);
  return (cursor) => {
    if (cursor.peek() !== 0x6e) return read(cursor);
    cursor.word('null');
    return field.nullable ? 'null' : cursor.refuse('drift', path);
  };
}

function compileType(type: TypeSpec, path: string, options: FieldOptions): Read {
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
      return array(compileField({ name: '', type: type.element, nullable: false }, `${path}[]`), path);
    case 'struct': {
      const members = compileMembers(type.fields, path);
      return (cursor) => (cursor.peek() === 0x7b ? `{${members(cursor)}}` : drift(cursor, path));
    }
    case 'map':
      return map(type.key, compileField({ name: '', type: type.value, nullable: false }, `${path}{}`), path);
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

/** What a JSON string says. */
function content(token: string): string {
  return token.indexOf('\\') < 0 ? token.slice(1, -1) : (JSON.parse(token) as string);
}

function plainText(path: string): Read {
  return (cursor) => (cursor.peek() === QUOTE ? cursor.string(path) : drift(cursor, path));
}

const NOT_ASCII = /[^ -~]/;

function composedText(path: string): Read {
  return (cursor) => {
    if (cursor.peek() !== QUOTE) return drift(cursor, path);
    const token = cursor.string(path);
    return NOT_ASCII.test(token) ? JSON.stringify(content(token).normalize('NFC')) : token;
  };
}

function boolean(path: string): Read {
  return (cursor) => {
    const code = cursor.peek();
    if (code !== 0x74 && code !== 0x66) return drift(cursor, path);
    const word = code === 0x74 ? 'true' : 'false';
    cursor.word(word);
    return word;
  };
}

function isNumber(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function wholeNumber(path: string, bits: 32 | 64): Read {
  const most = bits === 32 ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return (cursor) => {
    if (!isNumber(cursor.peek())) return drift(cursor, path);
    const token = cursor.number();
    const value = cursor.integer;
    if (value <= most && value >= -most && value !== 0) return token;
    return settle(cursor, path, integer(token, bits));
  };
}

function doubleNumber(path: string): Read {
  return (cursor) => {
    if (!isNumber(cursor.peek())) return drift(cursor, path);
    const token = cursor.number();
    // Up to 15 digits stand in a double as they are written; only a sign before zero needs a look.
    if (token.length <= 16 && !cursor.exponent && token.charCodeAt(0) !== 0x2d) return token;
    return settle(cursor, path, double(token));
  };
}

function decimalNumber(path: string, precision: number, scale: number): Read {
  const zeros = '0'.repeat(scale);
  return (cursor) => {
    const code = cursor.peek();
    if (code === QUOTE) {
      const value = decimal(content(cursor.string(path)), precision, scale);
      return 'rule' in value ? cursor.refuse(value.rule, path) : `"${value.text}"`;
    }
    if (!isNumber(code)) return drift(cursor, path);
    const token = cursor.number();
    const dot = token.indexOf('.');
    const whole = dot < 0 ? token.length : dot;
    const missing = dot < 0 ? scale : scale - (token.length - dot - 1);
    // The plain case: digits that fit as they stand. `-0`, exponents and the edges of the type go the exact way.
    if (!cursor.exponent && code !== 0x2d && whole <= precision - scale && missing >= 0) {
      if (missing === 0) return `"${token}"`;
      return `"${token}${dot < 0 ? '.' : ''}${zeros.slice(0, missing)}"`;
    }
    const value = decimal(token, precision, scale);
    return 'rule' in value ? cursor.refuse(value.rule, path) : `"${value.text}"`;
  };
}

function day(path: string): Read {
  return (cursor) => {
    if (cursor.peek() !== QUOTE) return drift(cursor, path);
    const from = cursor.at + 1;
    const token = cursor.string(path);
    return isDate(cursor.text, from, cursor.at - 1) ? token : cursor.refuse('date', path);
  };
}

function moment(path: string): Read {
  return (cursor) => {
    if (cursor.peek() !== QUOTE) return drift(cursor, path);
    const from = cursor.at + 1;
    const token = cursor.string(path);
    const quick = utcTimestamp(cursor.text, from, cursor.at - 1);
    if (quick !== undefined) return `"${quick}"`;
    const value = timestamp(content(token));
    return 'rule' in value ? cursor.refuse(value.rule, path) : `"${value.text}"`;
  };
}

function oneOf(path: string, values: readonly string[]): Read {
  const tokens = new Set(values.map((value) => JSON.stringify(value)));
  return (cursor) => {
    if (cursor.peek() !== QUOTE) return drift(cursor, path);
    const token = cursor.string(path);
    return tokens.has(token) ? token : cursor.refuse('oneOf', path);
  };
}

/** Puts the way from the record before the unknown fields that were found below `step`. */
function prefix(cursor: Cursor, from: number, step: string): void {
  for (const extra of cursor.extras.slice(from)) extra.path = step + (extra.path.startsWith('[') ? '' : '.') + extra.path;
}

/** Steps over the comma between two parts, or the end of the last: true while there are more. */
function more(cursor: Cursor, end: number): boolean {
  const code = cursor.peek();
  if (code !== 0x2c && code !== end) throw MALFORMED;
  cursor.at++;
  return code === 0x2c;
}

function array(element: Read, path: string): Read {
  return (cursor) => {
    if (cursor.peek() !== 0x5b) return drift(cursor, path);
    cursor.at++;
    if (cursor.peek() === 0x5d) {
      cursor.at++;
      return '[]';
    }
    let out = '';
    let index = 0;
    do {
      const known = cursor.extras.length;
      out += (index === 0 ? '[' : ',') + element(cursor);
      if (cursor.extras.length > known) prefix(cursor, known, `[${index}]`);
      index++;
    } while (more(cursor, 0x5d));
    return `${out}]`;
  };
}

function map(keyType: TypeSpec, value: Read, path: string): Read {
  if (!isScalar(keyType)) throw new TypeError(`the key of map '${path}' must be a scalar type`);
  const canonical = canonicalText(keyType);
  return (cursor) => {
    if (cursor.peek() !== 0x7b) return drift(cursor, path);
    cursor.at++;
    if (cursor.peek() === 0x7d) {
      cursor.at++;
      return '{}';
    }
    const keys = new Set<string>();
    let out = '';
    do {
      if (cursor.peek() !== QUOTE) throw MALFORMED;
      const key = settle(cursor, path, canonical(content(cursor.string(path))));
      if (key === '__proto__') cursor.refuse('proto', path);
      if (keys.has(key)) cursor.refuse('duplicate', path);
      cursor.expect(0x3a);
      const known = cursor.extras.length;
      out += `${keys.size === 0 ? '{' : ','}${JSON.stringify(key)}:${value(cursor)}`;
      if (cursor.extras.length > known) prefix(cursor, known, `{${key}}`);
      keys.add(key);
    } while (more(cursor, 0x7d));
    return `${out}}`;
  };
}

/**
 * The members of an object whose fields are known, in the contract's order, without the braces. Producers write their
 * fields in the same order again and again: each key is first tried as the one that followed last time.
 */
export function compileMembers(fields: readonly FieldSpec[], path: string, reads?: readonly Read[]): Read {
  const names = fields.map((field) => JSON.stringify(field.from ?? field.name));
  const heads = fields.map((field, index) => `${index === 0 ? '' : ','}${JSON.stringify(field.name)}:`);
  const paths = fields.map((field) => (path === '' ? field.name : `${path}.${field.name}`));
  const read = reads ?? fields.map((field, index) => compileField(field, paths[index] as string));
  const indexes = new Map(names.map((name, index) => [name, index]));
  const values = new Array<string>(fields.length).fill('');

  return (cursor) => {
    cursor.expect(0x7b);
    values.fill('');
    let unknown: Set<string> | undefined;
    let expected = 0;
    let open = cursor.peek() !== 0x7d;
    if (!open) cursor.at++;
    while (open) {
      const index = keyIndex(cursor, names, indexes, expected, path);
      if (index < 0) {
        unknown ??= new Set();
        unknownField(cursor, unknown, path);
      } else {
        if (values[index] !== '') cursor.refuse('duplicate', paths[index] as string);
        const known = cursor.extras.length;
        values[index] = (read[index] as Read)(cursor);
        if (cursor.extras.length > known) prefix(cursor, known, (fields[index] as FieldSpec).name);
        expected = index + 1;
      }
      open = more(cursor, 0x7d);
    }
    let out = '';
    for (let index = 0; index < values.length; index++) {
      let value = values[index] as string;
      if (value === '') value = (fields[index] as FieldSpec).nullable ? 'null' : cursor.refuse('drift', paths[index] as string);
      out += (heads[index] as string) + value;
    }
    return out;
  };
}

/** Reads a key and its colon: the field's index, or -1 for an unknown one, whose name is then in `cursor.key`. */
function keyIndex(cursor: Cursor, names: readonly string[], indexes: ReadonlyMap<string, number>, expected: number, path: string): number {
  if (cursor.peek() !== QUOTE) throw MALFORMED;
  const guess = names[expected];
  let index = expected;
  if (guess !== undefined && cursor.text.startsWith(guess, cursor.at)) {
    cursor.at += guess.length;
  } else {
    cursor.key = cursor.string(path === '' ? '_extra' : path);
    index = indexes.get(cursor.key) ?? -1;
  }
  cursor.expect(0x3a);
  return index;
}

function unknownField(cursor: Cursor, unknown: Set<string>, path: string): void {
  const field = path === '' ? '_extra' : path;
  const { key } = cursor;
  if (key === '"__proto__"') cursor.refuse('proto', field);
  if (unknown.has(key)) cursor.refuse('duplicate', field);
  unknown.add(key);
  const name = key === 'null' ? '' : (JSON.parse(key) as string);
  cursor.extras.push({ path: name, value: cursor.value('_extra') });
}

/** Refuses an event's time that lies further ahead of its arrival than `tolerance` milliseconds (F-14). */
export function notFromTheFuture(read: Read, type: TypeSpec, path: string, tolerance: number): Read {
  // A day has no zone: somewhere on earth it begins 14 hours before it does in UTC.
  const allowed = type.kind === 'date' ? tolerance + 14 * 3_600_000 : tolerance;
  const width = type.kind === 'date' ? 10 : 26;
  return (cursor) => {
    const token = read(cursor);
    const { arrivedAt } = cursor;
    if (token === 'null' || token.slice(1, -1) <= arrivedAt) return token;
    const latest = `${instantText(Date.parse(`${arrivedAt.slice(0, 10)}T${arrivedAt.slice(11, 23)}Z`) + allowed).slice(0, 23)}999`;
    return token.slice(1, -1) > latest.slice(0, width) ? cursor.refuse('skew', path) : token;
  };
}
