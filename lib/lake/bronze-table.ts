import type { Construct } from 'constructs';
import { bronzeColumns } from '../contract/bronze-columns.js';
import type { ContractSpec } from '../contract/spec.js';
import { BRONZE_META, tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { JsonTable } from './json-table.js';

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
      columns: [...bronzeColumns(spec), ...Object.values(BRONZE_META).map((name) => ({ name, type: 'string' }))],
      prefix: tablePrefix(spec.name),
      byArrival: true,
    });
  }
}
