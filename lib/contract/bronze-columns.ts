import type { FieldSpec, TypeSpec } from './spec.js';

/** A column of a Glue table in Hive's types. */
export interface GlueColumn {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

/**
 * A contract's columns as they lie in bronze, which is JSON: what JSON has a type for has that type; decimals, dates and timestamps are
 * canonical text, so that nothing is rounded and Hive's JSON reader has nothing to guess.
 */
export function bronzeColumns(contract: { readonly columns: readonly FieldSpec[] }): GlueColumn[] {
  return contract.columns.map(({ name, type, description }) => ({
    name,
    type: bronzeType(type),
    ...(description !== undefined && { comment: description }),
  }));
}

/** The Hive type of a type in bronze. */
export function bronzeType(type: TypeSpec): string {
  switch (type.kind) {
    case 'boolean':
    case 'int':
    case 'bigint':
    case 'double':
      return type.kind;
    case 'array':
      return `array<${bronzeType(type.element)}>`;
    case 'map':
      return `map<${bronzeType(type.key)},${bronzeType(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}:${bronzeType(field.type)}`).join(',')}>`;
    default:
      return 'string';
  }
}
