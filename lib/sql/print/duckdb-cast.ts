import { quoteIdentifier, stringLiteral } from '../literal.js';
import { isInteger } from '../types/coercion.js';
import { type RowField, type SqlType, sameType } from '../types/sql-type.js';
import { acceptedText } from './accepted-text.js';
import { duckDbType } from './duckdb.js';

/** A cast as DuckDB SQL with Trino's result. `safe` gives NULL where the value does not fit. */
export function duckDbCast(text: string, from: SqlType, to: SqlType, safe: boolean): string {
  const cast = safe ? 'try_cast' : 'cast';
  const type = duckDbType(to);
  if (sameType(from, to)) return text;
  if (from.kind === 'unknown') return `cast(${text} as ${type})`;
  // DuckDB's own cast to JSON would read text as JSON instead of making a JSON string of it.
  if (to.kind === 'json') return `case when ${text} is not null then to_json(${duckDbCast(text, from, jsonable(from), false)}) end`;
  if (from.kind === 'varchar' && to.kind !== 'varbinary') return fromText(text, to, safe);
  if (to.kind === 'varchar') return toText(text, from);
  if (isInteger(to) && ['decimal', 'double', 'real'].includes(from.kind)) return `${cast}(round(${text}) as ${type})`;
  // Trino reads a double's shortest text: 1.005 is 1.01 to two digits.
  if (to.kind === 'decimal' && (from.kind === 'double' || from.kind === 'real')) return `${cast}(cast(${text} as varchar) as ${type})`;
  if (from.kind === 'array' && to.kind === 'array') {
    return needsParts(from.element, to.element)
      ? `list_transform(${text}, lambda _e: ${duckDbCast('_e', from.element, to.element, safe)})`
      : `${cast}(${text} as ${type})`;
  }
  if (from.kind === 'row' && to.kind === 'row') return rowCast(text, from.fields, to.fields, safe);
  if (from.kind === 'map' && to.kind === 'map' && (needsParts(from.key, to.key) || needsParts(from.value, to.value))) {
    const entry = `struct_pack(k := ${duckDbCast("struct_extract(_e, 'key')", from.key, to.key, safe)}, v := ${duckDbCast("struct_extract(_e, 'value')", from.value, to.value, safe)})`;
    return `map_from_entries(list_transform(map_entries(${text}), lambda _e: ${entry}))`;
  }
  return `${cast}(${text} as ${type})`;
}

/** Moments go into JSON as text, with all their digits. */
function jsonable(type: SqlType): SqlType {
  switch (type.kind) {
    case 'timestamp':
      return { kind: 'varchar' };
    case 'array':
      return { kind: 'array', element: jsonable(type.element) };
    case 'map':
      return { kind: 'map', key: jsonable(type.key), value: jsonable(type.value) };
    case 'row':
      return { kind: 'row', fields: type.fields.map((field) => ({ ...field, type: jsonable(field.type) })) };
    default:
      return type;
  }
}

/** Whether a cast does nothing but read text, in any depth. */
export function readsText(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'array' && to.kind === 'array') return readsText(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return readsText(from.key, to.key) && readsText(from.value, to.value);
  if (from.kind === 'row' && to.kind === 'row') {
    const pairs = from.fields.map((field, at) => [field, to.fields[at]] as const);
    return pairs.every(([field, other]) => other !== undefined && field.name === other.name && readsText(field.type, other.type));
  }
  return sameType(from, to) || (from.kind === 'varchar' && to.kind !== 'json' && to.kind !== 'varbinary');
}

/** Whether a nested type's cast is more than DuckDB's own. */
function needsParts(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'row' && to.kind === 'row') return true;
  if (from.kind === 'array' && to.kind === 'array') return needsParts(from.element, to.element);
  return from.kind === 'varchar' || to.kind === 'varchar' || isInteger(to);
}

function fromText(text: string, to: SqlType, safe: boolean): string {
  if (to.kind === 'varchar') return text;
  const pattern = acceptedText(to);
  const type = duckDbType(to);
  const cast = safe ? 'try_cast' : 'cast';
  if (pattern === undefined) return `${cast}(${text} as ${type})`;
  const accepted = `regexp_full_match(${text}, ${stringLiteral(pattern)})`;
  const failed = safe ? '' : ` when ${text} is not null then error('cannot cast text to ${to.kind}')`;
  return `case when ${accepted} then ${cast}(${text} as ${type})${failed} end`;
}

function toText(text: string, from: SqlType): string {
  if (from.kind !== 'timestamp') return `cast(${text} as varchar)`;
  if (from.precision === 6) return `strftime(${text}, '%Y-%m-%d %H:%M:%S.%f')`;
  const whole = `strftime(${text}, '%Y-%m-%d %H:%M:%S')`;
  return from.precision === 0 ? whole : `left(strftime(${text}, '%Y-%m-%d %H:%M:%S.%f'), ${20 + from.precision})`;
}

/** Rows are cast by position in Trino, by name in DuckDB. */
function rowCast(text: string, from: readonly RowField[], to: readonly RowField[], safe: boolean): string {
  const fields = to.map((field, at) => {
    const source = from[at] as RowField;
    const value = `struct_extract(${text}, ${stringLiteral(source.name ?? `field${at}`)})`;
    return `${quoteIdentifier(field.name ?? `field${at}`)} := ${duckDbCast(value, source.type, field.type, safe)}`;
  });
  return `case when ${text} is not null then struct_pack(${fields.join(', ')}) end`;
}
