import type { Canonical, Rule } from './refusal.js';

/** Exact numbers: judged by their written digits, never by way of a double. */

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** No column keeps more digits, so that an exponent need not be unfolded further. */
const MOST_DIGITS = 400;

interface Digits {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string;
}

/** Takes a number's text apart and unfolds its exponent; `-0` is 0. */
function digitsOf(text: string): Digits | Rule {
  const match = NUMBER.exec(text);
  if (match === null) return 'number';
  let whole = match[2] as string;
  let fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > MOST_DIGITS) return /[1-9]/.test(whole + fraction) ? 'number' : { sign: '', whole: '0', fraction: '' };
  if (exponent > 0) {
    fraction = fraction.padEnd(exponent, '0');
    whole += fraction.slice(0, exponent);
    fraction = fraction.slice(exponent);
  } else if (exponent < 0) {
    whole = whole.padStart(1 - exponent, '0');
    fraction = whole.slice(exponent) + fraction;
    whole = whole.slice(0, exponent);
  }
  whole = whole.replace(/^0+(?=\d)/, '');
  fraction = fraction.replace(/0+$/, '');
  const zero = whole === '0' && fraction === '';
  return { sign: zero ? '' : (match[1] as string), whole, fraction };
}

/** A whole number of 32 or 64 bits; `1.0` and `1e3` are whole. */
export function integer(text: string, bits: 32 | 64): Canonical {
  const digits = digitsOf(text);
  if (typeof digits === 'string') return { rule: digits };
  if (digits.fraction !== '') return { rule: 'drift' };
  if (digits.whole.length > 19) return { rule: 'overflow' };
  const value = BigInt(digits.sign + digits.whole);
  return BigInt.asIntN(bits, value) === value ? { text: digits.sign + digits.whole } : { rule: 'overflow' };
}

/** Plain digits at the column's scale, `12.50`. Digits that the scale cannot keep are refused, never rounded. */
export function decimal(text: string, precision: number, scale: number): Canonical {
  const digits = digitsOf(text);
  if (typeof digits === 'string') return { rule: digits };
  const { sign, whole, fraction } = digits;
  if (fraction.length > scale) return { rule: 'scale' };
  if ((whole === '0' ? 0 : whole.length) > precision - scale) return { rule: 'overflow' };
  return { text: scale === 0 ? sign + whole : `${sign}${whole}.${fraction.padEnd(scale, '0')}` };
}

/** The nearest double, in its shortest form; `-0` is 0. What no double can hold (1e400, 1e-400) is refused, not made infinite or zero. */
export function double(text: string): Canonical {
  const match = NUMBER.exec(text);
  const value = Number(text);
  if (match === null || !Number.isFinite(value)) return { rule: 'number' };
  if (value === 0) return /[1-9]/.test((match[2] as string) + (match[3] ?? '')) ? { rule: 'number' } : { text: '0' };
  return { text: String(value) };
}
