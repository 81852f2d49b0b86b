import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { SchemaLock } from '../contract/schema-lock.js';
import type { ITableRef } from './table.js';
import type { Zone } from './zone.js';

/** What the constructs of different rooms know of each other: types only, so that sources and transforms need not import the pipeline. */

/** One zone of a lake, as the steps see it. */
export interface ILakeZone {
  readonly zone: Zone;
  readonly bucket: IBucket;
  /** The key the bucket's objects are encrypted with. */
  readonly encryptionKey: IKey;
  /** Glue database, a literal such as `shop_dev_silver`. The landing zone has none: its files are not tables. */
  readonly database?: string;
  /** The database where this app makes it: its tables wait for it, because their names for it are literals. */
  readonly databaseResource?: CfnResource;
  /** Whether EventBridge hears of new objects. Always for the lake's own landing and bronze buckets; adopted buckets say so. */
  readonly sendsEvents: boolean;
  /** Lets objects below a prefix go when the zone's time is over. Without effect on an adopted bucket, whose lifecycle is its owner's. */
  expireBelow(prefix: string): void;
}

/**
 * `lakeFormation`: databases open to nobody, and a grant for each table that a role uses. `iam`: every IAM principal is let through by
 * Lake Formation, and IAM policies alone decide.
 */
export type LakePermissions = 'lakeFormation' | 'iam';

/** A lake, as the steps see it. Names are literals, so that SQL, machines and other stacks can use them. */
export interface ILake extends IConstruct {
  readonly name: string;
  /** Name of the environment, `dev`. */
  readonly environmentName: string;
  readonly zones: Readonly<Record<Zone, ILakeZone>>;
  /** What becomes of what holds data when its stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Where the numbers of Iceberg fields come from. */
  readonly schemaLock: SchemaLock;
  /** How long handlers' logs are kept. */
  readonly keepLogs: Duration;
  /** Athena workgroup of the pipelines, a literal. */
  readonly workGroup: string;
  /** SNS topic that failures are published to, and the key it is encrypted with. */
  readonly failureTopic: { readonly arn: string; readonly encryptionKey: IKey };
  /** What decides who may use its tables beside IAM policies. */
  readonly permissions: LakePermissions;
  /** Takes a table's name in a zone for one maker. A name taken twice is an error at synth. */
  claim(table: { readonly zone: Zone; readonly tableName: string }, maker: IConstruct, resource: CfnResource): void;
  /** The resource of a table that this app makes in the lake. */
  tableResource(table: { readonly database: string; readonly tableName: string }): CfnResource | undefined;
}

/** A step of a pipeline is the one table it makes, from the tables it reads (a source: from none). */
export interface IStep extends IConstruct, ITableRef {
  readonly reads: readonly ITableRef[];
}

/** A pipeline, as its steps see it. */
export interface IPipeline extends IConstruct {
  readonly lake: ILake;
  /** Called once by each step at the end of its constructor. */
  register(step: IStep): void;
}

/** Where a step can be declared: a pipeline, or a part of one. A stack is not, and so `new SqlTransform(stack, …)` does not compile. */
export interface PipelineScope extends Construct {
  readonly pipeline: IPipeline;
}
