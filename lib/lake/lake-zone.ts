import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import { FAILED_PREFIX, LAMBDA_FAILURES_PREFIX, RESULTS_PREFIX } from '../model/layout.js';
import type { ILakeZone, LakePermissions } from '../model/step.js';
import type { Zone } from '../model/zone.js';
import { acknowledge } from './acknowledge.js';
import { tableDefaults } from './database-permissions.js';
import type { ResolvedEnvironment } from './environment.js';

/** A bucket, and what belongs to it, that exists already. The key is required: without it the grants on it would be missing. */
export interface AdoptedZone {
  readonly bucket: IBucket;
  /**
   * The key its objects are encrypted with. Its policy must let IAM policies of this account allow its use; that of the operations zone
   * must also let `cloudwatch.amazonaws.com` decrypt and make data keys, or alarms reach nobody.
   */
  readonly encryptionKey: IKey;
  /**
   * An existing Glue database. What it gives new tables by default must be what the lake's `permissions` say, nothing or all IAM
   * principals; and whoever deploys must be allowed to make tables in it and to grant on it. @default - one is made
   */
  readonly database?: string;
  /** Says that EventBridge notifications are on for the bucket: a file source or a pipeline that starts on new files needs them. @default false */
  readonly sendsEvents?: boolean;
}

export interface LakeZoneProps {
  readonly zone: Zone;
  readonly environment: ResolvedEnvironment;
  readonly encryptionKey: () => IKey;
  readonly databaseName: string;
  readonly removalPolicy: RemovalPolicy;
  readonly permissions: LakePermissions;
  readonly adopted?: AdoptedZone;
}

/** Zones whose objects may be overwritten or deleted by a mistake that nothing else undoes. Quarantine and operations are written once. */
const VERSIONED: readonly Zone[] = ['landing', 'bronze', 'silver', 'gold'];
const SENDS_EVENTS: readonly Zone[] = ['landing', 'bronze'];
/** Zones in which anything may go by age. */
const ENDS: readonly Zone[] = ['quarantine', 'operations'];

/** One zone of a lake: its bucket, key and Glue database, made or adopted. */
export class LakeZone extends Construct implements ILakeZone {
  readonly zone: Zone;
  readonly bucket: IBucket;
  readonly encryptionKey: IKey;
  readonly database?: string;
  readonly databaseResource?: CfnDatabase;
  readonly sendsEvents: boolean;
  private readonly made?: Bucket;
  private readonly expiring = new Set<string>();
  private readonly keepFor: Duration;

  constructor(scope: Construct, id: string, props: LakeZoneProps) {
    super(scope, id);
    const { zone, adopted } = props;
    this.zone = zone;
    this.encryptionKey = adopted?.encryptionKey ?? props.encryptionKey();
    if (adopted === undefined) this.made = makeBucket(this, props, this.encryptionKey);
    this.bucket = adopted?.bucket ?? this.made!;
    this.keepFor = zone === 'quarantine' ? props.environment.keepQuarantine : props.environment.keepResults;
    this.sendsEvents = adopted === undefined ? SENDS_EVENTS.includes(zone) : adopted.sendsEvents === true;
    if (zone === 'landing') return;
    this.database = adopted?.database ?? props.databaseName;
    if (adopted?.database === undefined) this.databaseResource = makeDatabase(this, this.database, props);
  }

  expireBelow(prefix: string): void {
    if (!ENDS.includes(this.zone))
      throw new LakeError('lifecycle', `nothing in ${this.zone} ends by age, got '${prefix}'`, { path: this.node.path });
    if (this.made === undefined || this.expiring.has(prefix)) return;
    this.expiring.add(prefix);
    this.made.addLifecycleRule({ prefix, expiration: this.keepFor });
  }
}

function makeBucket(scope: Construct, props: LakeZoneProps, encryptionKey: IKey): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: VERSIONED.includes(props.zone),
    lifecycleRules: lifecycleOf(props.zone, props.environment),
    removalPolicy: props.removalPolicy,
  });
  bucket.policy?.applyRemovalPolicy(props.removalPolicy);
  if (SENDS_EVENTS.includes(props.zone)) turnOnEvents(scope, bucket);
  acknowledge(
    bucket,
    'AwsSolutions-S1',
    'who read which object is answered by CloudTrail data events with principal and key; access logs are best effort and would need one more bucket of personal data in keys',
  );
  return bucket;
}

/** The property itself instead of `eventBridgeEnabled`, which adds a custom resource with rights on every bucket of the account. */
function turnOnEvents(scope: Construct, bucket: Bucket): void {
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  scope.node.addValidation({
    validate: () =>
      bucket.node.tryFindChild('Notifications') === undefined
        ? []
        : [
            "addEventNotification() on a lake's bucket would turn its EventBridge notifications off; use an EventBridge rule on 'Object Created' instead",
          ],
  });
}

function lifecycleOf(zone: Zone, environment: ResolvedEnvironment): LifecycleRule[] {
  const rules: LifecycleRule[] = [{ id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) }];
  if (VERSIONED.includes(zone)) {
    rules.push({ id: 'replaced-objects', noncurrentVersionExpiration: environment.keepReplaced, expiredObjectDeleteMarker: true });
  }
  if (zone === 'bronze') {
    rules.push({
      id: 'cool',
      transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: environment.coolBronzeAfter }],
    });
    rules.push({ id: 'failed-deliveries', prefix: FAILED_PREFIX, expiration: environment.keepQuarantine });
  }
  // By prefix, each source its own: quarantine also holds Iceberg tables, whose files must never go by age.
  if (zone === 'quarantine')
    rules.push({ id: 'failed-invocations', prefix: LAMBDA_FAILURES_PREFIX, expiration: environment.keepQuarantine });
  // Candidate tables lie here too: an enforced workgroup puts what CREATE TABLE AS makes under its results.
  if (zone === 'operations') rules.push({ id: 'results', prefix: RESULTS_PREFIX, expiration: environment.keepResults });
  return rules;
}

function makeDatabase(scope: LakeZone, name: string, { permissions, removalPolicy }: LakeZoneProps): CfnDatabase {
  const database = new CfnDatabase(scope, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: {
      name,
      locationUri: scope.bucket.s3UrlForObject(),
      createTableDefaultPermissions: tableDefaults(permissions),
    },
  });
  database.applyRemovalPolicy(retainNamed(removalPolicy));
  return database;
}

/** Things with a fixed name are kept on delete, but not when their very creation failed: the next deploy would find the name taken. */
export function retainNamed(removalPolicy: RemovalPolicy): RemovalPolicy {
  return removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy;
}
