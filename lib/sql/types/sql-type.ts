import type { TypeSpec } from '../../contract/spec.js';

/** A type of Athena's dialect (Trino). `unknown` is the type of a bare NULL. */
export type SqlType =
  | {
      readonly kind:
        | 'boolean'
        | 'tinyint'
        | 'smallint'
        | 'integer'
        | 'bigint'
        | 'real'
        | 'double'
        | 'varchar'
        | 'varbinary'
        | 'date'
        | 'json'
        | 'unknown';
    }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly precision: number; readonly zone: boolean }
  | { readonly kind: 'interval'; readonly unit: 'day' | 'month' }
  /** `filled`: no element is NULL. */
  | { readonly kind: 'array'; readonly element: SqlType; readonly filled?: true }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] }
  /** `filled`: no value is NULL. A key never is. */
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType; readonly filled?: true };

/** A field of a row; anonymous when it came from `ROW(…)` without a cast. */
export interface RowField {
  readonly name?: string;
  readonly type: SqlType;
  /** Known never to be NULL in a row that is none itself. Not part of the type's identity. */
  readonly filled?: true;
}

export type SimpleKind = Extract<SqlType, { kind: 'boolean' | 'varchar' }>['kind'];

export const BOOLEAN: SqlType = { kind: 'boolean' };
export const INTEGER: SqlType = { kind: 'integer' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const DOUBLE: SqlType = { kind: 'double' };
export const VARCHAR: SqlType = { kind: 'varchar' };
export const VARBINARY: SqlType = { kind: 'varbinary' };
export const DATE: SqlType = { kind: 'date' };
export const JSON_TYPE: SqlType = { kind: 'json' };
export const UNKNOWN: SqlType = { kind: 'unknown' };
export const TIMESTAMP: SqlType = { kind: 'timestamp', precision: 6, zone: false };

export function decimalType(precision: number, scale: number): SqlType {
  return { kind: 'decimal', precision, scale };
}

export function arrayType(element: SqlType): SqlType {
  return { kind: 'array', element };
}

/** The type that a contract's type has in SQL. Elements and values in a contract are never NULL, fields as they are declared. */
export function sqlType(type: TypeSpec): SqlType {
  switch (type.kind) {
    case 'text':
    case 'oneOf':
    case 'json':
      return VARCHAR;
    case 'boolean':
      return BOOLEAN;
    case 'int':
      return INTEGER;
    case 'bigint':
      return BIGINT;
    case 'double':
      return DOUBLE;
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMP;
    case 'decimal':
      return decimalType(type.precision, type.scale);
    case 'array':
      return { kind: 'array', element: sqlType(type.element), filled: true };
    case 'map':
      return { kind: 'map', key: sqlType(type.key), value: sqlType(type.value), filled: true };
    case 'struct':
      return {
        kind: 'row',
        fields: type.fields.map(({ name, type: of, nullable }) => ({ name, type: sqlType(of), ...(!nullable && { filled: true }) })),
      };
  }
}

/** The type as Athena writes it: `array(row(a integer))`. */
export function typeText(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'timestamp':
      return `timestamp(${type.precision})${type.zone ? ' with time zone' : ''}`;
    case 'interval':
      return type.unit === 'day' ? 'interval day to second' : 'interval year to month';
    case 'array':
      return `array(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'row':
      return `row(${type.fields.map((field) => (field.name === undefined ? typeText(field.type) : `${fieldName(field.name)} ${typeText(field.type)}`)).join(', ')})`;
    default:
      return type.kind;
  }
}

function fieldName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? `"${name}"` : `"${name.replaceAll('"', '""')}"`;
}

/** Whether two types are one. Names of row fields count, without case. */
export function sameType(a: SqlType, b: SqlType): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'decimal':
      return a.precision === (b as typeof a).precision && a.scale === (b as typeof a).scale;
    case 'timestamp':
      return a.precision === (b as typeof a).precision && a.zone === (b as typeof a).zone;
    case 'interval':
      return a.unit === (b as typeof a).unit;
    case 'array':
      return sameType(a.element, (b as typeof a).element);
    case 'map':
      return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value);
    case 'row': {
      const other = (b as typeof a).fields;
      return (
        a.fields.length === other.length &&
        a.fields.every((field, at) => sameName(field.name, other[at]?.name) && sameType(field.type, (other[at] as RowField).type))
      );
    }
    default:
      return true;
  }
}

function sameName(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
