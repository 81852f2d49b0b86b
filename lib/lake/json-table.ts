import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { GlueColumn } from '../contract/bronze-columns.js';
import { LakeError } from '../contract/lake-error.js';
import { ARRIVAL } from '../model/layout.js';
import type { ILake } from '../model/step.js';
import type { Zone } from '../model/zone.js';
import { retainNamed } from './lake-zone.js';

export interface JsonTableProps {
  readonly lake: ILake;
  readonly zone: Zone;
  readonly tableName: string;
  readonly description: string;
  readonly columns: readonly GlueColumn[];
  /** Prefix of the zone's bucket, ending in a slash. */
  readonly prefix: string;
  /** Whether objects lie by hour of arrival. Partitions are then worked out from the query, never registered. */
  readonly byArrival: boolean;
}

/** The first hour a lake of this library can have received anything in. */
const FIRST_ARRIVAL = '2025-01-01-00';

/** A Glue table over lines of JSON, gzipped or not, that Athena reads in place. */
export class JsonTable extends Construct {
  readonly database: string;
  readonly tableName: string;
  readonly resource: CfnTable;

  constructor(scope: Construct, id: string, props: JsonTableProps) {
    super(scope, id);
    const zone = props.lake.zones[props.zone];
    if (zone.database === undefined) throw new LakeError('table-zone', `the ${props.zone} zone holds no tables`, { path: this.node.path });
    this.database = zone.database;
    this.tableName = props.tableName;
    const location = zone.bucket.s3UrlForObject(props.prefix);
    this.resource = new CfnTable(this, 'Resource', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database,
      tableInput: {
        name: props.tableName,
        description: props.description,
        tableType: 'EXTERNAL_TABLE',
        parameters: { classification: 'json', ...(props.byArrival ? projection(location) : {}) },
        ...(props.byArrival ? { partitionKeys: [{ name: ARRIVAL, type: 'string', comment: 'UTC hour of arrival, 2026-01-31-09' }] } : {}),
        storageDescriptor: {
          columns: props.columns.map(glueColumn),
          location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          // A line that is no JSON fails the query: with ignore.malformed.json it would count as a row of nulls.
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe', parameters: { 'ignore.malformed.json': 'false' } },
        },
      },
    });
    this.resource.applyRemovalPolicy(retainNamed(props.lake.removalPolicy));
    if (zone.databaseResource !== undefined) this.resource.addResourceDependency(zone.databaseResource);
    props.lake.claim({ zone: props.zone, tableName: props.tableName }, scope, this.resource);
  }
}

/** Glue takes comments of at most 255 characters. */
function glueColumn({ name, type, comment }: GlueColumn): CfnTable.ColumnProperty {
  return { name, type, ...(comment === undefined ? {} : { comment: comment.slice(0, 255) }) };
}

function projection(location: string): Record<string, string> {
  return {
    'projection.enabled': 'true',
    [`projection.${ARRIVAL}.type`]: 'date',
    [`projection.${ARRIVAL}.format`]: 'yyyy-MM-dd-HH',
    [`projection.${ARRIVAL}.interval`]: '1',
    [`projection.${ARRIVAL}.interval.unit`]: 'HOURS',
    [`projection.${ARRIVAL}.range`]: `${FIRST_ARRIVAL},NOW`,
    'storage.location.template': `${location}${ARRIVAL}=\${${ARRIVAL}}/`,
  };
}
