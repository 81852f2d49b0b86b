import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FieldIds } from '../contract/field-ids.js';
import { icebergColumns } from '../contract/iceberg.js';
import { LakeError } from '../contract/lake-error.js';
import { FIRST_PARTITION_FIELD } from '../contract/partition-ids.js';
import type { ColumnSpec } from '../contract/spec.js';
import { icebergPrefix, TABLE_META } from '../model/layout.js';
import { type Partition, partitionProblem } from '../model/partition.js';
import type { ILake } from '../model/step.js';
import { retainNamed } from './lake-zone.js';

export interface IcebergTableProps {
  readonly lake: ILake;
  readonly zone: 'silver' | 'gold' | 'quarantine';
  readonly tableName: string;
  /** The table's own columns; the technical ones follow them. */
  readonly columns: readonly ColumnSpec[];
  readonly description?: string;
  /** @default - not partitioned */
  readonly partition?: Partition;
}

const RUN_COLUMN: ColumnSpec = {
  name: TABLE_META.run,
  type: { kind: 'text' },
  nullable: false,
  description: 'Run that wrote this version of the row',
};

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

/** A table has one partition field at a time, so that its specification has the number of the field. */
function partitionOf(
  scope: Construct,
  { lake, zone, tableName, columns, partition }: IcebergTableProps,
  ids: FieldIds,
): CfnTable.IcebergPartitionSpecProperty | undefined {
  if (partition === undefined) return undefined;
  const problem = partitionProblem(partition, { name: tableName, columns });
  if (problem !== undefined) throw new LakeError('partition', problem, { path: scope.node.path });
  const { column, by } = partition;
  const source = ids.get(column)!;
  const fieldId = lake.schemaLock.partitionFor(`${zone}.${tableName}`, { source, by });
  const field = { name: `${column}_${by}`, sourceId: source, transform: by, fieldId };
  return { specId: fieldId - FIRST_PARTITION_FIELD, fields: [field] };
}
