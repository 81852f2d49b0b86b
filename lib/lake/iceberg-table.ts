import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FieldIds } from '../contract/field-ids.js';
import { icebergColumns } from '../contract/iceberg.js';
import { LakeError } from '../contract/lake-error.js';
import type { ColumnSpec } from '../contract/spec.js';
import { icebergPrefix, TABLE_META } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import { retainNamed } from './lake-zone.js';

export interface IcebergTableProps {
  readonly lake: ILake;
  readonly zone: 'silver' | 'gold' | 'quarantine';
  readonly tableName: string;
  /** The table's own columns; the technical ones follow them. */
  readonly columns: readonly ColumnSpec[];
  readonly description?: string;
  /** A date or timestamp column: its days become partitions, so that a day can be read and replaced alone. @default - not partitioned */
  readonly partitionByDayOf?: string;
}

const RUN_COLUMN: ColumnSpec = {
  name: TABLE_META.run,
  type: { kind: 'text' },
  nullable: false,
  description: 'Run that wrote this version of the row',
};

/** Partition fields are numbered from here on by the Iceberg specification. */
const FIRST_PARTITION_FIELD = 1000;

/**
 * An Iceberg table, format 2, in the one CloudFormation shape that survives updates: a name of its own, the schema below
 * `OpenTableFormatInput`, and no `TableInput` (with one, the first update strips what makes it an Iceberg table).
 */
export class IcebergTable extends Construct {
  readonly database: string;
  readonly tableName: string;
  readonly resource: CfnTable;

  constructor(scope: Construct, id: string, props: IcebergTableProps) {
    super(scope, id);
    const { lake, tableName } = props;
    const zone = lake.zones[props.zone];
    if (zone.database === undefined) throw new LakeError('table-zone', `the ${props.zone} zone holds no tables`, { path: this.node.path });
    this.database = zone.database;
    this.tableName = tableName;
    const columns = [...props.columns, RUN_COLUMN];
    const ids = lake.schemaLock.idsFor(`${props.zone}.${tableName}`, { columns });
    const partitionSpec = partitionOf(this, props, ids);
    this.resource = new CfnTable(this, 'Resource', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database,
      name: tableName,
      openTableFormatInput: {
        icebergInput: {
          metadataOperation: 'CREATE',
          version: '2',
          icebergTableInput: {
            location: zone.bucket.s3UrlForObject(icebergPrefix(props.zone, tableName)),
            schema: { type: 'struct', schemaId: 0, fields: icebergColumns({ columns }, ids) },
            ...(partitionSpec === undefined ? {} : { partitionSpec }),
            properties: {
              'format-version': '2',
              'write.format.default': 'parquet',
              'write.parquet.compression-codec': 'zstd',
              ...(props.description === undefined ? {} : { comment: props.description }),
            },
          },
        },
      },
    });
    this.resource.applyRemovalPolicy(retainNamed(lake.removalPolicy));
    if (zone.databaseResource !== undefined) this.resource.addResourceDependency(zone.databaseResource);
    lake.claim({ zone: props.zone, tableName }, scope, this.resource);
  }
}

function partitionOf(scope: Construct, props: IcebergTableProps, ids: FieldIds): CfnTable.IcebergPartitionSpecProperty | undefined {
  const name = props.partitionByDayOf;
  if (name === undefined) return undefined;
  const column = props.columns.find((candidate) => candidate.name === name);
  if (column === undefined || (column.type.kind !== 'date' && column.type.kind !== 'timestamp')) {
    const got = column === undefined ? 'no such column' : column.type.kind;
    throw new LakeError(
      'partition',
      `days of '${props.tableName}.${name}' need a date or timestamp column, got ${got}; name another column`,
      {
        path: scope.node.path,
      },
    );
  }
  return { specId: 0, fields: [{ name: `${name}_day`, sourceId: ids.get(name)!, transform: 'day', fieldId: FIRST_PARTITION_FIELD }] };
}
