import type { Construct } from 'constructs';
import type { ContractSpec, TypeSpec } from '../contract/spec.js';
import { BRONZE_META, tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { type HiveColumn, JsonTable } from './json-table.js';

export interface SourceTableProps {
  readonly lake: ILake;
  readonly spec: ContractSpec;
}

/** The bronze table of a contract: every conformed row as it came, by hour of arrival. */
export class BronzeTable extends JsonTable {
  constructor(scope: Construct, id: string, { lake, spec }: SourceTableProps) {
    super(scope, id, {
      lake,
      zone: 'bronze',
      tableName: spec.name,
      description: spec.description ?? `${spec.name} as it came`,
      columns: bronzeColumns(spec),
      prefix: tablePrefix(spec.name),
      byArrival: true,
    });
  }
}

function bronzeColumns(spec: ContractSpec): HiveColumn[] {
  const own = spec.columns.map(({ name, type, description }) => ({
    name,
    type: bronzeType(type),
    ...(description === undefined ? {} : { comment: description.slice(0, 255) }),
  }));
  const meta = Object.values(BRONZE_META).map((name) => ({ name, type: 'string' }));
  return [...own, ...meta];
}

/** The type of what stands in a line: JSON's own types where they are exact, canonical text where they are not. */
function bronzeType(type: TypeSpec): string {
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
