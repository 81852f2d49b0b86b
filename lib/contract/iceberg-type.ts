import type { TypeSpec } from './spec.js';

type NestedKind = 'array' | 'struct' | 'map';

/** Iceberg's word for a type that holds no other. */
export function icebergPrimitive(type: Exclude<TypeSpec, { kind: NestedKind }>): string {
  switch (type.kind) {
    case 'text':
    case 'oneOf':
    case 'json':
      return 'string';
    case 'bigint':
      return 'long';
    case 'decimal':
      // With the space: Glue stores this form, and a schema that differs from the stored one in a blank fails the next update.
      return `decimal(${type.precision}, ${type.scale})`;
    default:
      return type.kind;
  }
}
