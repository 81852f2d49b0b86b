import { canBecome, isInteger } from '../types/coercion.js';
import type { RowField, SqlType } from '../types/sql-type.js';
import { acceptedText } from './accepted-text.js';
import { sparkName, sparkString, sparkType } from './spark-text.js';

/** A cast as Spark SQL with Trino's result, ANSI mode on or off. `safe` gives NULL where the value does not fit. */
export function sparkCast(text: string, from: SqlType, to: SqlType, safe: boolean): string {
  const cast = safe ? 'try_cast' : 'cast';
  const type = sparkType(to);
  if (from.kind === 'unknown') return `cast(${text} as ${type})`;
  if (to.kind === 'json') return text;
  if (from.kind === 'varchar') return fromText(text, to, safe);
  if (to.kind === 'varchar') return toText(text, from);
  if (isInteger(to)) return toInteger(text, from, to, safe);
  if (from.kind === 'array' && to.kind === 'array' && from.element.kind === 'unknown') return `cast(${text} as ${type})`;
  if (from.kind === 'array' && to.kind === 'array') return `transform(${text}, _e -> ${sparkCast('_e', from.element, to.element, safe)})`;
  if (from.kind === 'row' && to.kind === 'row') return rowCast(text, from.fields, to.fields, safe);
  if (from.kind === 'map' && to.kind === 'map') {
    const keys = `transform_keys(${text}, (_k, _v) -> ${sparkCast('_k', from.key, to.key, safe)})`;
    return `transform_values(${keys}, (_k, _v) -> ${sparkCast('_v', from.value, to.value, safe)})`;
  }
  // Without ANSI mode, a decimal that does not fit is NULL.
  if (to.kind === 'decimal' && !safe)
    return `case when ${text} is not null then coalesce(try_cast(${text} as ${type}), raise_error('value does not fit')) end`;
  return `${cast}(${text} as ${type})`;
}

const RANGE: Readonly<Record<string, readonly [string, string]>> = {
  tinyint: ['-128', '127'],
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};

/** Fractions are rounded; what does not fit is an error, and without ANSI mode Spark would wrap it round. */
function toInteger(text: string, from: SqlType, to: SqlType, safe: boolean): string {
  if (from.kind === 'boolean' || canBecome(from, to)) return `cast(${text} as ${sparkType(to)})`;
  const [least, most] = RANGE[to.kind] as readonly [string, string];
  const whole = isInteger(from) ? text : `round(${text})`;
  const fits = `${whole} between ${least} and ${most}`;
  const otherwise = safe ? '' : ` when ${text} is not null then raise_error('value does not fit')`;
  return `case when ${fits} then cast(${whole} as ${sparkType(to)})${otherwise} end`;
}

function fromText(text: string, to: SqlType, safe: boolean): string {
  if (to.kind === 'varchar') return text;
  if (to.kind === 'varbinary') return `encode(${text}, 'UTF-8')`;
  const type = sparkType(to);
  const pattern = acceptedText(to);
  if (pattern === undefined) return `${safe ? 'try_cast' : 'cast'}(${text} as ${type})`;
  const accepted = `${text} rlike ${sparkString(`\\A(?:${pattern})\\z`)}`;
  const value = safe ? `try_cast(${text} as ${type})` : `coalesce(try_cast(${text} as ${type}), raise_error('value does not fit'))`;
  const failed = safe ? '' : ` when ${text} is not null then raise_error('cannot cast text to ${to.kind}')`;
  return `case when ${accepted} then ${value}${failed} end`;
}

function toText(text: string, from: SqlType): string {
  if (from.kind !== 'timestamp') return `cast(${text} as string)`;
  const fraction = from.precision === 0 ? '' : `.${'S'.repeat(from.precision)}`;
  return `date_format(${text}, 'yyyy-MM-dd HH:mm:ss${fraction}')`;
}

/** Rows are cast by position. */
function rowCast(text: string, from: readonly RowField[], to: readonly RowField[], safe: boolean): string {
  const fields = to.map((field, at) => {
    const source = from[at] as RowField;
    const value = `${text}.${sparkName(source.name ?? `field${at}`)}`;
    return `${sparkString(field.name ?? `field${at}`)}, ${sparkCast(value, source.type, field.type, safe)}`;
  });
  return `case when ${text} is not null then named_struct(${fields.join(', ')}) end`;
}
