import type { Reason, Rule } from './refusal.js';

/** Thrown where the text is not JSON. One object for all: it carries nothing, so that no payload can leave by it. */
export const MALFORMED = new Error('not json');

/** Arrays and objects deeper than this are refused: engines recurse over them. */
export const MAX_DEPTH = 64;

/** More reasons say nothing more about a record. */
const MAX_REASONS = 20;

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Anything but a plain character: control characters below the space, and the backslash. */
const CONTROL_OR_ESCAPE = /[^ -[\]-\uffff]/;

/** A field that the contract does not know: its path from the record, and its value as compact JSON. */
export interface Extra {
  path: string;
  readonly value: string;
}

/**
 * Walks over one JSON text, strictly by RFC 8259, and hands out tokens as they are written, so that no digit is lost
 * and no key is swallowed. It never recurses over the text's nesting.
 */
export class Cursor {
  text = '';
  at = 0;
  reasons: Reason[] = [];
  extras: Extra[] = [];
  /** Arrival of the record, `2026-01-31 09:00:00.000000`. */
  arrivedAt = '';
  /** The key read last that no field has. */
  key = '';
  /** Whole digits of the number read last as a number, if it was short and plain; else NaN. */
  integer = 0;
  /** Where the number read last has its point, or -1. */
  point = -1;
  /** The number read last has an exponent. */
  exponent = false;
  /** The text is known to be ASCII without escapes and control characters: most records. */
  ascii = false;
  /** No escape and no control character stands anywhere in the text. */
  private plain = true;

  /** Begins with a text; `ascii` when it is known to be ASCII without escapes and control characters. */
  start(text: string, ascii = false): void {
    this.text = text;
    this.at = 0;
    this.ascii = ascii;
    this.plain = ascii || !CONTROL_OR_ESCAPE.test(text);
    if (this.reasons.length > 0) this.reasons = [];
    if (this.extras.length > 0) this.extras = [];
  }

  /** Notes a reason and stands in for the value. */
  refuse(rule: Rule, field: string): string {
    if (this.reasons.length < MAX_REASONS && !this.reasons.some((known) => known.rule === rule && known.field === field)) {
      this.reasons.push({ rule, field });
    }
    return 'null';
  }

  /** The next character that is no space, or NaN at the end. */
  peek(): number {
    let code = this.text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = this.text.charCodeAt(++this.at);
    return code;
  }

  /** Steps over one character that must come next. */
  expect(code: number): void {
    if (this.peek() !== code) throw MALFORMED;
    this.at++;
  }

  /** Steps over `true`, `false` or `null`. */
  word(word: string): void {
    if (!this.text.startsWith(word, this.at)) throw MALFORMED;
    this.at += word.length;
  }

  /**
   * Reads a string. Gives '' when it stands canonical as it is written, else its canonical form, quotes included;
   * half of a surrogate pair is noted as a reason.
   */
  string(field: string): string {
    if (this.plain) {
      const end = this.text.indexOf('"', this.at + 1);
      if (end < 0) throw MALFORMED;
      this.at = end + 1;
      return '';
    }
    return this.escapedString(this.at, field);
  }

  /** Reads a string and gives its canonical form in any case. */
  token(field: string): string {
    const from = this.at;
    const changed = this.string(field);
    return changed === '' ? this.text.slice(from, this.at) : changed;
  }

  private escapedString(from: number, field: string): string {
    let escaped = false;
    let at = from + 1;
    for (let code = this.text.charCodeAt(at); code !== 0x22; code = this.text.charCodeAt(++at)) {
      // `!(>=)` and not `<`: past the end the code is NaN.
      if (!(code >= 0x20)) throw MALFORMED;
      if (code === 0x5c) {
        escaped = true;
        at++;
      }
    }
    this.at = at + 1;
    return escaped ? this.unescaped(this.text.slice(from, at + 1), field) : '';
  }

  private unescaped(token: string, field: string): string {
    let value: string;
    try {
      value = JSON.parse(token) as string;
    } catch {
      throw MALFORMED;
    }
    return LONE_SURROGATE.test(value) ? this.refuse('encoding', field) : JSON.stringify(value);
  }

  /** Steps over a number. Sets `integer`, `point` and `exponent`. */
  number(): void {
    const { text } = this;
    let at = this.at;
    const negative = text.charCodeAt(at) === 0x2d;
    if (negative) at++;
    const first = at;
    let value = 0;
    let digit = text.charCodeAt(at) - 0x30;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = text.charCodeAt(++at) - 0x30;
    }
    const digits = at - first;
    if (digits === 0 || (digits > 1 && text.charCodeAt(first) === 0x30)) throw MALFORMED;
    this.exponent = false;
    this.point = -1;
    // `.`, `E` and `e` less 0x30.
    if (digit === -2 || digit === 0x15 || digit === 0x35) {
      this.integer = Number.NaN;
      this.at = this.fractionAndExponent(at);
    } else {
      this.integer = digits > 15 ? Number.NaN : negative ? -value : value;
      this.at = at;
    }
  }

  private fractionAndExponent(from: number): number {
    let at = from;
    if (this.text.charCodeAt(at) === 0x2e) {
      this.point = at;
      at = this.digits(at + 1);
    }
    const code = this.text.charCodeAt(at);
    if (code !== 0x65 && code !== 0x45) return at;
    this.exponent = true;
    const sign = this.text.charCodeAt(at + 1);
    return this.digits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
  }

  private digits(from: number): number {
    let at = from;
    let code = this.text.charCodeAt(at);
    while (code >= 0x30 && code <= 0x39) code = this.text.charCodeAt(++at);
    if (at === from) throw MALFORMED;
    return at;
  }

  /**
   * Reads any value and gives it back as compact JSON: spaces between tokens dropped, numbers and order as they came.
   * Notes a key that comes twice, `__proto__`, half of a surrogate pair, a number no double can hold, and too deep a nesting.
   */
  value(field: string): string {
    return new AnyValue(this, field).read();
  }
}

/** Reads one value of any shape with a stack of its own. */
class AnyValue {
  private out = '';
  /** One entry per open array (null) or object (its keys). */
  private readonly open: (Set<string> | null)[] = [];

  constructor(
    private readonly cursor: Cursor,
    private readonly field: string,
  ) {}

  read(): string {
    do {
      if (this.openOrScalar()) continue;
      this.closeFinished();
    } while (this.open.length > 0);
    return this.out;
  }

  /** Reads a scalar, or opens an array or object that has something in it (then returns true: its first value comes next). */
  private openOrScalar(): boolean {
    const { cursor } = this;
    const code = cursor.peek();
    if (code !== 0x7b && code !== 0x5b) {
      this.out += this.scalar(code);
      return false;
    }
    cursor.at++;
    const object = code === 0x7b;
    if (cursor.peek() === (object ? 0x7d : 0x5d)) {
      cursor.at++;
      this.out += object ? '{}' : '[]';
      return false;
    }
    this.out += object ? '{' : '[';
    this.open.push(object ? new Set() : null);
    if (this.open.length === MAX_DEPTH + 1) cursor.refuse('depth', this.field);
    if (object) this.key();
    return true;
  }

  /** After a value: the comma before the next one, or the ends of what is finished. */
  private closeFinished(): void {
    const { cursor, open } = this;
    while (open.length > 0) {
      const keys = open[open.length - 1] as Set<string> | null;
      const code = cursor.peek();
      cursor.at++;
      if (code === 0x2c) {
        this.out += ',';
        if (keys !== null) this.key();
        return;
      }
      if (code !== (keys === null ? 0x5d : 0x7d)) throw MALFORMED;
      this.out += keys === null ? ']' : '}';
      open.pop();
    }
  }

  private key(): void {
    const { cursor } = this;
    if (cursor.peek() !== 0x22) throw MALFORMED;
    const key = cursor.token(this.field);
    const keys = this.open[this.open.length - 1] as Set<string>;
    if (key === '"__proto__"') cursor.refuse('proto', this.field);
    if (keys.has(key)) cursor.refuse('duplicate', this.field);
    keys.add(key);
    cursor.expect(0x3a);
    this.out += `${key}:`;
  }

  private scalar(code: number): string {
    const { cursor } = this;
    if (code === 0x22) return cursor.token(this.field);
    const word = code === 0x74 ? 'true' : code === 0x66 ? 'false' : code === 0x6e ? 'null' : undefined;
    if (word === undefined) {
      const from = cursor.at;
      cursor.number();
      const token = cursor.text.slice(from, cursor.at);
      return Number.isFinite(Number(token)) ? token : cursor.refuse('number', this.field);
    }
    cursor.word(word);
    return word;
  }
}
