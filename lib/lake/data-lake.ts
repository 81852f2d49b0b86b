import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Annotations, Aws, type CfnResource, type Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import { SchemaLock } from '../contract/schema-lock.js';
import { RESULTS_PREFIX } from '../model/layout.js';
import type { ILake, LakePermissions } from '../model/step.js';
import { ZONES, type Zone } from '../model/zone.js';
import { databaseProblems } from './database-permissions.js';
import { type Environment, type ResolvedEnvironment, resolveEnvironment } from './environment.js';
import { type AdoptedZone, LakeZone } from './lake-zone.js';
import { RunsTable } from './runs-table.js';

/** Context flag that must agree with `environment.disposable` before anything that holds data is deleted with its stack. */
export const ALLOW_DESTROY = 'medallion:allowDestroy';

export interface DataLakeProps {
  /** Where this lake is deployed, and what differs there. */
  readonly environment: Environment;
  /** First part of database and workgroup names: lower-case letters, digits, underscores. @default - the construct's id in lower case */
  readonly name?: string;
  /** Zones whose bucket, key and database exist already. @default - all are made */
  readonly zones?: Readonly<Partial<Record<Zone, AdoptedZone>>>;
  /**
   * What decides who may use the tables: `lakeFormation` makes databases that are open to nobody and grants each role its tables, `iam`
   * lets every IAM principal through Lake Formation, so that IAM policies alone decide. One for the whole lake: a database of the other
   * kind is an error. @default 'lakeFormation'
   */
  readonly permissions?: LakePermissions;
  /** Where the numbers of Iceberg fields come from; a file that is committed once tables hold data. @default SchemaLock.none(), with a warning where the environment is not disposable */
  readonly schemaLock?: SchemaLock;
}

/**
 * The place data lives: a bucket and a Glue database a zone, two keys, an Athena workgroup and a topic for failures.
 * Quarantine has a key of its own, so that whoever may read the tables cannot read what was refused.
 * Objects are never deleted by the stack (no `autoDeleteObjects`: its function would hold delete rights on all data);
 * empty the buckets of a disposable environment before destroying it.
 */
export class DataLake extends Construct implements ILake {
  readonly name: string;
  readonly environment: ResolvedEnvironment;
  readonly environmentName: string;
  readonly zones: Readonly<Record<Zone, LakeZone>>;
  /** Name of the Athena workgroup that pipelines run in. */
  readonly workGroup: string;
  readonly failureTopic: { readonly arn: string; readonly encryptionKey: IKey };
  /** What becomes of this lake's data when its stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  readonly keepLogs: Duration;
  readonly schemaLock: SchemaLock;
  readonly permissions: LakePermissions;
  private readonly makers = new Map<string, IConstruct[]>();
  private readonly tables = new Map<string, CfnResource>();

  constructor(scope: Construct, id: string, props: DataLakeProps) {
    super(scope, id);
    this.name = props.name ?? id.toLowerCase();
    this.environment = resolveEnvironment(props.environment, this.node.path);
    this.environmentName = this.environment.name;
    this.schemaLock = props.schemaLock ?? SchemaLock.none();
    this.permissions = props.permissions ?? 'lakeFormation';
    validateLake(this, props.zones ?? {});
    this.removalPolicy = removalPolicyOf(this);
    this.keepLogs = this.environment.keepLogs;
    this.zones = makeZones(this, props.zones ?? {});
    this.workGroup = makeWorkGroup(this, props.zones?.operations !== undefined);
    this.failureTopic = makeFailureTopic(this);
    new RunsTable(this, 'Runs', this);
    if (props.schemaLock === undefined && !this.environment.disposable) warnOfSchemaLock(this);
    this.node.addValidation({ validate: () => [...this.twiceMade(), ...databaseProblems(this)] });
  }

  claim(table: { readonly zone: Zone; readonly tableName: string }, maker: IConstruct, resource: CfnResource): void {
    const name = `${table.zone}.${table.tableName}`;
    this.makers.set(name, [...(this.makers.get(name) ?? []), maker]);
    this.tables.set(`${this.zones[table.zone].database}.${table.tableName}`, resource);
  }

  tableResource(table: { readonly database: string; readonly tableName: string }): CfnResource | undefined {
    return this.tables.get(`${table.database}.${table.tableName}`);
  }

  private twiceMade(): string[] {
    return [...this.makers]
      .filter(([, makers]) => makers.length > 1)
      .map(
        ([name, makers]) =>
          `${name} is made by ${makers.map((maker) => maker.node.path).join(' and ')}; a table has one maker: give one contract another name`,
      );
  }
}

/** Not an error: a lake may be too young to have anything that a wrong number could spoil. */
function warnOfSchemaLock(lake: DataLake): void {
  const text = `the data of ${lake.node.path} stays, and nothing remembers the numbers of its tables' fields: a column that is added or moved would show another's values; give it schemaLock: SchemaLock.file('schema-lock.json') and commit the file`;
  Annotations.of(lake).addWarningV2('medallion:schemaLock', text);
}

function removalPolicyOf(lake: DataLake): RemovalPolicy {
  const flag: unknown = lake.node.tryGetContext(ALLOW_DESTROY);
  const allowed = flag === true || flag === 'true';
  return lake.environment.disposable && allowed ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}

function makeZones(lake: DataLake, adopted: Readonly<Partial<Record<Zone, AdoptedZone>>>): Record<Zone, LakeZone> {
  const keys = new Map<string, IKey>();
  const key = (id: string, description: string): IKey => {
    const made =
      keys.get(id) ??
      new Key(lake, id, {
        description: `${lake.name} ${lake.environmentName}: ${description}`,
        enableKeyRotation: true,
        removalPolicy: lake.removalPolicy,
      });
    keys.set(id, made);
    return made;
  };
  const zones = ZONES.map((zone) => {
    const made = new LakeZone(lake, capitalized(zone), {
      zone,
      environment: lake.environment,
      encryptionKey: () => (zone === 'quarantine' ? key('QuarantineKey', 'refused records') : key('Key', 'the lake')),
      databaseName: `${lake.name}_${lake.environmentName}_${zone}`,
      removalPolicy: lake.removalPolicy,
      permissions: lake.permissions,
      ...(adopted[zone] === undefined ? {} : { adopted: adopted[zone] }),
    });
    return [zone, made] as const;
  });
  return Object.fromEntries(zones) as Record<Zone, LakeZone>;
}

function makeWorkGroup(lake: DataLake, adoptedBucket: boolean): string {
  const { bucket, encryptionKey } = lake.zones.operations;
  const name = `${lake.name}_${lake.environmentName}`;
  new CfnWorkGroup(lake, 'WorkGroup', {
    name,
    description: `Pipelines of ${lake.name} in ${lake.environmentName}`,
    recursiveDeleteOption: lake.removalPolicy === RemovalPolicy.DESTROY,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      requesterPaysEnabled: false,
      bytesScannedCutoffPerQuery: lake.environment.scanLimit.toBytes(),
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: bucket.s3UrlForObject(RESULTS_PREFIX),
        encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: encryptionKey.keyArn },
        ...(adoptedBucket ? {} : { expectedBucketOwner: Aws.ACCOUNT_ID }),
      },
    },
  });
  return name;
}

function makeFailureTopic(lake: DataLake): DataLake['failureTopic'] {
  const { encryptionKey } = lake.zones.operations;
  const topic = new Topic(lake, 'Failures', { masterKey: encryptionKey, enforceSSL: true });
  letAlarmsPublish(topic, encryptionKey);
  lake.environment.notify.forEach((endpoint, index) => {
    new CfnSubscription(lake, `Notify${index + 1}`, { topicArn: topic.topicArn, protocol: 'email', endpoint });
  });
  return { arn: topic.topicArn, encryptionKey };
}

/** CloudWatch publishes as itself. Conditions on the key's use were seen to shut it out; whose alarms may publish is said by the topic. */
function letAlarmsPublish(topic: Topic, encryptionKey: IKey): void {
  const principals = [new ServicePrincipal('cloudwatch.amazonaws.com')];
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
  topic.addToResourcePolicy(
    new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [topic.topicArn], conditions: ofThisAccount }),
  );
  encryptionKey.addToResourcePolicy(new PolicyStatement({ principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] }));
}

function validateLake(lake: DataLake, adopted: Readonly<Partial<Record<Zone, AdoptedZone>>>): void {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9_]{0,29}$/.test(lake.name)) {
    problems.push(
      `a lake's name is lower-case letters, digits and underscores, at most 30, beginning with a letter, got '${lake.name}'; give one with name`,
    );
  }
  for (const [zone, { bucket, encryptionKey, database }] of Object.entries(adopted).filter(([, given]) => given !== undefined)) {
    // Repeated from the types: without the key the roles' rights on it would be missing, and nothing would say so before the first run.
    if (bucket === undefined || encryptionKey === undefined) problems.push(`an adopted ${zone} zone needs both bucket and encryptionKey`);
    if (database === undefined) continue;
    if (zone === 'landing') problems.push('the landing zone holds files, not tables: it has no database to adopt');
    if (Token.isUnresolved(database))
      problems.push(`the database of the adopted ${zone} zone must be a literal name: SQL names it, got a value known only at deployment`);
    else if (!/^[a-z0-9_]{1,255}$/.test(database))
      problems.push(`a database's name is lower-case letters, digits and underscores, got '${database}' for the adopted ${zone} zone`);
  }
  if (lake.permissions !== 'lakeFormation' && lake.permissions !== 'iam')
    problems.push(`permissions is 'lakeFormation' or 'iam', got '${String(lake.permissions)}'`);
  problems.push(...nameTaken(lake));
  if (problems.length > 0) throw new LakeError('lake', problems.join('\n'), { path: lake.node.path });
}

const LAKES = new WeakMap<object, Map<string, string>>();

/** Two lakes of one name in one account and region would fight over databases and workgroup, but only when deployed. */
function nameTaken(lake: DataLake): string[] {
  const stack = Stack.of(lake);
  const place =
    Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region) ? stack.node.addr : `${stack.account}/${stack.region}`;
  const taken = LAKES.get(lake.node.root) ?? new Map<string, string>();
  LAKES.set(lake.node.root, taken);
  const key = `${place}/${lake.name}_${lake.environmentName}`;
  const other = taken.get(key);
  if (other !== undefined)
    return [`the lake '${lake.name}' in '${lake.environmentName}' exists already at ${other}; give one of them another name`];
  taken.set(key, lake.node.path);
  return [];
}

function capitalized(zone: Zone): string {
  return zone.charAt(0).toUpperCase() + zone.slice(1);
}
