import { isInteger } from '../types/coercion.js';
import type { SqlType } from '../types/sql-type.js';

/** Text that Trino's casts from varchar take. The other engines take more (`' 1 '`, `'1.5'` as a whole number, `'yes'`), so it is asked first. */
const ACCEPTED: Readonly<Record<string, string>> = {
  integer: '\\s*[+-]?[0-9]+\\s*',
  decimal: '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?',
  double: '\\s*([+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?Infinity|NaN)\\s*',
  boolean: '(?i:true|false|t|f|1|0)',
  date: '\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\s*',
  timestamp: '\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( +([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{1,6})?)?)?\\s*',
};

/** The regular expression that text must match as a whole before it is cast; nothing where any text will do. */
export function acceptedText(to: SqlType): string | undefined {
  return ACCEPTED[isInteger(to) ? 'integer' : to.kind === 'real' ? 'double' : to.kind];
}
