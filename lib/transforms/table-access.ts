import { Stack } from 'aws-cdk-lib/core';
import { deleteObjects, listObjects, readObjects, type Statement, writeObjects } from '../lake/statement.js';
import { icebergPrefix, RESULTS_PREFIX, tablePrefix } from '../model/layout.js';
import type { ILake, ILakeZone } from '../model/step.js';
import type { ITableRef } from '../model/table.js';

const CANDIDATES = 'candidates of one table: their names end with the name of the run';

/** What Athena needs on behalf of the caller to run statements of a workgroup. */
export function runStatements(lake: ILake): Statement[] {
  const { operations } = lake.zones;
  const workGroup = Stack.of(lake).formatArn({ service: 'athena', resource: 'workgroup', resourceName: lake.workGroup });
  return [
    {
      actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      resources: [workGroup],
    },
    // Athena looks for the database of this name whatever a statement is about.
    { actions: ['glue:GetDatabase'], resources: glueArns(lake, 'default') },
    { actions: ['s3:GetBucketLocation'], resources: [operations.bucket.bucketArn] },
    ...listObjects(operations, RESULTS_PREFIX),
    ...readObjects(operations, RESULTS_PREFIX),
    ...writeObjects(operations, RESULTS_PREFIX),
  ];
}

/** Make, read and drop the candidates of a table. Their files lie under the workgroup's results. */
export function keepCandidates(lake: ILake, prefix: string): Statement[] {
  const database = lake.zones.operations.database!;
  return [
    {
      actions: ['glue:CreateTable', 'glue:GetTable', 'glue:GetPartitions', 'glue:DeleteTable'],
      resources: glueArns(lake, database, `${prefix}*`),
      because: CANDIDATES,
    },
    { actions: ['glue:GetDatabase'], resources: glueArns(lake, database) },
  ];
}

/** Read a table of the lake. */
export function readTable(lake: ILake, { zone, database, tableName }: ITableRef): Statement[] {
  const place = lake.zones[zone];
  const prefix = zone === 'bronze' ? tablePrefix(tableName) : icebergPrefix(zone, tableName);
  return [...readCatalog(lake, database, tableName), ...readFiles(place, prefix)];
}

/** Read an Iceberg table and commit to it. Old files stay: they belong to earlier snapshots. */
export function writeTable(lake: ILake, zone: 'silver' | 'gold' | 'quarantine', database: string, tableName: string): Statement[] {
  const prefix = icebergPrefix(zone, tableName);
  return [
    ...readCatalog(lake, database, tableName),
    { actions: ['glue:UpdateTable'], resources: glueArns(lake, database, tableName) },
    ...readFiles(lake.zones[zone], prefix),
    ...writeObjects(lake.zones[zone], prefix),
    // A statement that fails removes the data files it had written.
    ...deleteObjects(lake.zones[zone], prefix),
  ];
}

function readCatalog(lake: ILake, database: string, tableName: string): Statement[] {
  return [
    { actions: ['glue:GetTable', 'glue:GetPartitions'], resources: glueArns(lake, database, tableName) },
    { actions: ['glue:GetDatabase'], resources: glueArns(lake, database) },
  ];
}

function readFiles(zone: ILakeZone, prefix: string): Statement[] {
  return [
    { actions: ['s3:GetBucketLocation'], resources: [zone.bucket.bucketArn] },
    ...listObjects(zone, prefix),
    ...readObjects(zone, prefix),
  ];
}

/** Glue asks for the right on the catalog and the database as well as on the table. */
function glueArns(lake: ILake, database: string, table?: string): string[] {
  const stack = Stack.of(lake);
  const arn = (resource: string, resourceName?: string) =>
    stack.formatArn({ service: 'glue', resource, ...(resourceName === undefined ? {} : { resourceName }) });
  const above = [arn('catalog'), arn('database', database)];
  return table === undefined ? above : [...above, arn('table', `${database}/${table}`)];
}
