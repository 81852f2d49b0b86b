import type { SqlType } from '../types/sql-type.js';

/** Text as Spark reads it: a backslash escapes there. */
export function sparkString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function sparkName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The type as Spark writes it. Moments are without zone, as Iceberg's `timestamp` is. */
export function sparkType(type: SqlType): string {
  switch (type.kind) {
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'varchar':
    case 'json':
      return 'string';
    case 'varbinary':
      return 'binary';
    case 'timestamp':
      return type.zone ? 'timestamp' : 'timestamp_ntz';
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'array':
      return `array<${sparkType(type.element)}>`;
    case 'map':
      return `map<${sparkType(type.key)}, ${sparkType(type.value)}>`;
    case 'row':
      return `struct<${type.fields.map((field, at) => `${sparkName(field.name ?? `field${at}`)}: ${sparkType(field.type)}`).join(', ')}>`;
    case 'interval':
      return type.unit === 'day' ? 'interval day to second' : 'interval year to month';
    case 'unknown':
      return 'void';
    default:
      return type.kind;
  }
}
