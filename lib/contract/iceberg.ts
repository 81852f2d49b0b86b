import type { FieldIds, TableColumns } from './field-ids.js';
import { icebergPrimitive } from './iceberg-type.js';
import { LakeError } from './lake-error.js';
import type { TypeSpec } from './spec.js';

/** A column of an Iceberg table as CloudFormation takes it (`AWS::Glue::Table` `IcebergStructField`). */
export interface IcebergColumn {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  /** `string`, `decimal(10, 2)`; a nested type as the JSON of the Iceberg specification, with its own numbers. */
  readonly type: string;
  readonly doc?: string;
}

/**
 * A table's columns for its Iceberg schema.
 *
 * @throws LakeError `field-id-missing` if `ids` was made for other columns.
 */
export function icebergColumns(table: TableColumns, ids: FieldIds): IcebergColumn[] {
  return table.columns.map(({ name, type, nullable, description }) => {
    const rendered = icebergType(type, name, ids);
    return {
      id: idOf(name, ids),
      name,
      required: !nullable,
      type: typeof rendered === 'string' ? rendered : JSON.stringify(rendered),
      ...(description !== undefined && { doc: description }),
    };
  });
}

/**
 * A type as JSON of the Iceberg specification, keys in the order in which Iceberg writes them.
 * Parts are optional to Iceberg whatever the contract says: Athena's engine has no null check inside nested types.
 */
function icebergType(type: TypeSpec, path: string, ids: FieldIds): string | object {
  switch (type.kind) {
    case 'array': {
      const part = `${path}.element`;
      return { type: 'list', 'element-id': idOf(part, ids), element: icebergType(type.element, part, ids), 'element-required': false };
    }
    case 'map': {
      const key = `${path}.key`;
      const value = `${path}.value`;
      return {
        type: 'map',
        'key-id': idOf(key, ids),
        key: icebergType(type.key, key, ids),
        'value-id': idOf(value, ids),
        value: icebergType(type.value, value, ids),
        'value-required': false,
      };
    }
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((field) => {
          const part = `${path}.${field.name}`;
          const doc = field.description === undefined ? {} : { doc: field.description };
          return { id: idOf(part, ids), name: field.name, required: false, type: icebergType(field.type, part, ids), ...doc };
        }),
      };
    default:
      return icebergPrimitive(type);
  }
}

function idOf(path: string, ids: FieldIds): number {
  const id = ids.get(path);
  if (id === undefined)
    throw new LakeError('field-id-missing', `no field id for '${path}': ask the schema lock for ids of the same columns`);
  return id;
}
