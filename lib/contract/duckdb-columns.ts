import type { FieldSpec, TypeSpec } from './spec.js';

/** A contract's columns as DuckDB declares them: `"order_id" VARCHAR NOT NULL`. */
export function duckdbColumns(contract: { readonly columns: readonly FieldSpec[] }): string[] {
  return contract.columns.map(({ name, type, nullable }) => `"${name}" ${duckdbType(type)}${nullable ? '' : ' NOT NULL'}`);
}

/** The DuckDB type of a type. JSON is text, as it is in Iceberg. */
export function duckdbType(type: TypeSpec): string {
  switch (type.kind) {
    case 'boolean':
    case 'bigint':
    case 'double':
    case 'date':
    case 'timestamp':
      return type.kind.toUpperCase();
    case 'int':
      return 'INTEGER';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `${duckdbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `"${field.name}" ${duckdbType(field.type)}`).join(', ')})`;
    default:
      return 'VARCHAR';
  }
}
