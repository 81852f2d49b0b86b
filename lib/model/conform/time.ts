import type { Canonical } from './refusal.js';

/** Days and moments as text of fixed width, so that they sort as they follow each other. */

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(text: string): boolean {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (MONTH_DAYS[month - 1] as number) + (leap ? 1 : 0);
}

/** A day that exists, `2026-01-31`. */
export function date(text: string): Canonical {
  return DATE.test(text) && isDay(text) ? { text } : { rule: 'date' };
}

/**
 * A moment in UTC, `2026-01-31 09:00:00.000000`, from ISO 8601 text with a zone. Hours 0 to 23 and seconds 0 to 59:
 * a leap second has no place in any engine's type. Years 1 to 9999, also after the zone is taken off.
 */
export function timestamp(text: string): Canonical {
  const match = TIMESTAMP.exec(text);
  if (match === null) return { rule: 'timestamp' };
  const [, day, hour, minute, second = '00', fraction = '', utc, sign, zoneHour = '00', zoneMinute = '00'] = match as unknown as string[];
  if (!isDay(day as string) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return { rule: 'timestamp' };
  if (utc === undefined && sign === undefined) return { rule: 'zone' };
  if (/[1-9]/.test(fraction.slice(6))) return { rule: 'precision' };
  const micros = fraction.slice(0, 6).padEnd(6, '0');
  const offset = Number(zoneHour) * 60 + Number(zoneMinute);
  if (offset === 0) return { text: `${day} ${hour}:${minute}:${second}.${micros}` };
  // Real zones reach from -12:00 to +14:00.
  if (Number(zoneMinute) > 59 || offset > 14 * 60) return { rule: 'zone' };
  const moved = Date.parse(`${day}T${hour}:${minute}:${second}Z`) - (sign === '-' ? -1 : 1) * offset * 60_000;
  const year = new Date(moved).getUTCFullYear();
  if (year < 1 || year > 9999) return { rule: 'timestamp' };
  return { text: `${instantText(moved).slice(0, 19)}.${micros}` };
}

/**
 * The same as `timestamp` for the one form most producers write (`YYYY-MM-DDTHH:MM:SS[.fraction]Z`), without a regular expression.
 * Gives it in quotes; `undefined` when the text has another form, or is wrong. The day is remembered: the next record's is mostly the same.
 */
export class UtcTimestamps {
  private day = 'no day';
  private written = '';

  read(text: string, from: number, to: number): string | undefined {
    const fraction = to - from - 21;
    if (fraction < -1 || fraction > 6 || fraction === 0 || text.charCodeAt(to - 1) !== 0x5a) return undefined;
    if (!text.startsWith(this.day, from) && !this.remember(text, from)) return undefined;
    if (text.charCodeAt(from + 13) !== 0x3a || text.charCodeAt(from + 16) !== 0x3a) return undefined;
    // A wrong digit makes its number NaN, and NaN fails each of these.
    if (!(two(text, from + 11) <= 23 && two(text, from + 14) <= 59 && two(text, from + 17) <= 59)) return undefined;
    if (fraction < 0) return `${this.written}${text.slice(from + 11, to - 1)}.000000"`;
    if (text.charCodeAt(from + 19) !== 0x2e) return undefined;
    for (let at = from + 20; at < to - 1; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) return undefined;
    }
    return this.written + text.slice(from + 11, to - 1) + ENDS[6 - fraction];
  }

  private remember(text: string, from: number): boolean {
    if (!isDate(text, from, from + 10) || text.charCodeAt(from + 10) !== 0x54) return false;
    this.day = text.slice(from, from + 11);
    this.written = `"${text.slice(from, from + 10)} `;
    return true;
  }
}

const ENDS = ['"', '0"', '00"', '000"', '0000"', '00000"'];

/** Two digits as a number, NaN when one is none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Whether a part of a text is a day that exists, `2026-01-31`. */
export function isDate(text: string, from: number, to: number): boolean {
  if (to - from !== 10 || text.charCodeAt(from + 4) !== 0x2d || text.charCodeAt(from + 7) !== 0x2d) return false;
  const month = two(text, from + 5);
  const day = two(text, from + 8);
  const year = two(text, from) * 100 + two(text, from + 2);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false;
  return day <= 28 || isDay(text.slice(from, to));
}

let knownSecond = Number.NaN;
let secondText = '';

/** A moment given in whole milliseconds, `2026-01-31 09:00:00.000000`. The second is remembered: records that follow each other share it. */
export function instantText(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== knownSecond) {
    const text = new Date(second * 1000).toISOString();
    // Years before 0 and after 9999 have another form and cannot stand here.
    secondText = `${text.slice(0, 10)} ${text.slice(11, 19)}.`;
    knownSecond = second;
  }
  return `${secondText}${String(milliseconds - second * 1000).padStart(3, '0')}000`;
}
