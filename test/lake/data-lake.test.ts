import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Aws, CfnResource, Duration, Lazy, Size, Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { SchemaLock } from '../../lib/contract/schema-lock.js';
import { DataLake, type DataLakeProps } from '../../lib/lake/data-lake.js';
import { tableDefaults } from '../../lib/lake/database-permissions.js';
import { ENVIRONMENT_DEFAULTS, type Environment } from '../../lib/lake/environment.js';
import { makeLake, type Untyped } from './make-lake.js';

const ZONE_IDS = ['Landing', 'Bronze', 'Silver', 'Gold', 'Quarantine', 'Operations'] as const;

function bucketOf(template: Template, zone: string): Untyped {
  const found = Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) => id.startsWith(`Shop${zone}Bucket`));
  return found![1];
}

function keyOf(bucket: Untyped): string {
  return bucket.Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID[
    'Fn::GetAtt'
  ][0];
}

function rulesOf(template: Template, zone: string): Untyped[] {
  return bucketOf(template, zone).Properties.LifecycleConfiguration.Rules;
}

describe('a lake', () => {
  it('has an encrypted, closed bucket for each zone', () => {
    const template = makeLake().template();
    template.resourceCountIs('AWS::S3::Bucket', 6);
    for (const zone of ZONE_IDS) {
      expect(bucketOf(template, zone).Properties).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
  });

  it('refuses plain text and old TLS on every bucket', () => {
    const template = makeLake().template();
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(6);
    for (const policy of policies) {
      const conditions = policy.Properties.PolicyDocument.Statement.filter((statement: Untyped) => statement.Effect === 'Deny').map(
        (s: Untyped) => s.Condition,
      );
      expect(conditions).toEqual([{ Bool: { 'aws:SecureTransport': 'false' } }, { NumericLessThan: { 's3:TlsVersion': 1.2 } }]);
    }
  });

  it('keeps refused records under a key of their own', () => {
    const template = makeLake().template();
    template.resourceCountIs('AWS::KMS::Key', 2);
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    const keys = ZONE_IDS.map((zone) => keyOf(bucketOf(template, zone)));
    expect(new Set(keys.filter((_, index) => ZONE_IDS[index] !== 'Quarantine')).size).toBe(1);
    expect(keys.filter((key) => key === keys[4])).toHaveLength(1);
  });

  it('versions what a mistake could overwrite, and lets replaced versions go', () => {
    const template = makeLake().template();
    for (const zone of ['Landing', 'Bronze', 'Silver', 'Gold']) {
      expect(bucketOf(template, zone).Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(rulesOf(template, zone)).toContainEqual({
        Id: 'replaced-objects',
        Status: 'Enabled',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 14 },
      });
    }
    for (const zone of ['Quarantine', 'Operations']) expect(bucketOf(template, zone).Properties.VersioningConfiguration).toBeUndefined();
  });

  it('pays for no unfinished upload, no old result, no warm bronze', () => {
    const template = makeLake({
      environment: { name: 'dev', keepResults: Duration.days(3), keepQuarantine: Duration.days(5), coolBronzeAfter: Duration.days(45) },
    }).template();
    for (const zone of ZONE_IDS)
      expect(rulesOf(template, zone)).toContainEqual(
        expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
      );
    expect(rulesOf(template, 'Operations')).toContainEqual({ Id: 'results', Prefix: 'results/', Status: 'Enabled', ExpirationInDays: 3 });
    expect(rulesOf(template, 'Bronze')).toContainEqual(
      expect.objectContaining({ Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 45 }] }),
    );
    expect(rulesOf(template, 'Bronze')).toContainEqual(expect.objectContaining({ Prefix: '_failed/', ExpirationInDays: 5 }));
    expect(rulesOf(template, 'Quarantine')).toContainEqual(expect.objectContaining({ Prefix: 'aws/lambda/', ExpirationInDays: 5 }));
  });

  it("never expires by age what is not below a prefix: Iceberg's files would go", () => {
    const template = makeLake().template();
    for (const zone of ZONE_IDS) {
      const everywhere = rulesOf(template, zone).filter((rule) => rule['ExpirationInDays'] !== undefined && rule['Prefix'] === undefined);
      expect(everywhere).toEqual([]);
    }
  });

  it.each(['landing', 'bronze', 'silver', 'gold'] as const)('lets nothing in %s go by age', (zone) => {
    expect(() => makeLake().lake.zones[zone].expireBelow('orders/')).toThrow(`nothing in ${zone} ends by age, got 'orders/'`);
  });

  it('tells EventBridge of new objects in landing and bronze, without a custom resource', () => {
    const template = makeLake().template();
    for (const zone of ['Landing', 'Bronze']) {
      expect(bucketOf(template, zone).Properties.NotificationConfiguration).toEqual({
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      });
    }
    for (const zone of ['Silver', 'Gold', 'Quarantine', 'Operations'])
      expect(bucketOf(template, zone).Properties.NotificationConfiguration).toBeUndefined();
    template.resourceCountIs('Custom::S3BucketNotifications', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  it('refuses a bucket notification that would turn the events off', () => {
    const { lake, stack, template } = makeLake();
    lake.zones.landing.bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(new Queue(stack, 'Queue')));
    expect(template).toThrow(/use an EventBridge rule on 'Object Created' instead/);
  });

  it('makes databases that are open to nobody by default', () => {
    const template = makeLake().template();
    const databases = Object.values(template.findResources('AWS::Glue::Database')).map((database) => database.Properties.DatabaseInput);
    expect(databases.map(({ Name }) => Name)).toEqual([
      'shop_dev_bronze',
      'shop_dev_silver',
      'shop_dev_gold',
      'shop_dev_quarantine',
      'shop_dev_operations',
    ]);
    for (const database of databases) expect(database.CreateTableDefaultPermissions).toEqual([]);
  });

  it('makes databases that are open to every IAM principal where IAM decides', () => {
    const template = makeLake({ permissions: 'iam' }).template();
    for (const database of Object.values(template.findResources('AWS::Glue::Database'))) {
      expect(database.Properties.DatabaseInput.CreateTableDefaultPermissions).toEqual([
        { Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] },
      ]);
    }
  });

  it('refuses a word for permissions that it does not know', () => {
    expect(() => makeLake({ permissions: 'hybrid' as never })).toThrow("permissions is 'lakeFormation' or 'iam', got 'hybrid'");
  });

  it.each([
    ['open to IAM principals', tableDefaults('iam'), 'iam'],
    ['left to the account', undefined, 'the default of the account'],
  ])('cannot be half open: an adopted database that is %s', (_, defaults, got) => {
    const stack = new Stack(new App(), 'Stack');
    const silver = { bucket: new Bucket(stack, 'Bucket'), encryptionKey: new Key(stack, 'Key'), database: 'ours' };
    new DataLake(stack, 'Shop', { environment: { name: 'dev' }, zones: { silver } });
    const databaseInput = { name: 'ours', ...(defaults === undefined ? {} : { createTableDefaultPermissions: defaults }) };
    new CfnDatabase(stack, 'Ours', { catalogId: Aws.ACCOUNT_ID, databaseInput });
    expect(() => Template.fromStack(stack)).toThrow(
      `database 'ours' at Stack/Ours is not governed as its lake is: wanted lakeFormation, got ${got}; give it createTableDefaultPermissions: []`,
    );
  });

  it('cannot be half closed: a database that IAM does not reach in a lake where IAM decides', () => {
    const { lake, template } = makeLake({ permissions: 'iam' });
    const database = lake.zones.gold.databaseResource as CfnDatabase;
    database.databaseInput = { name: 'shop_dev_gold', createTableDefaultPermissions: [] };
    expect(template).toThrow(/wanted iam, got lakeFormation; give it ALL for IAM_ALLOWED_PRINCIPALS/);
  });

  it('runs Athena with enforced settings, a scan limit and encrypted results', () => {
    const { lake, template } = makeLake({ environment: { name: 'dev', scanLimit: Size.gibibytes(2) } });
    expect(lake.workGroup).toBe('shop_dev');
    template().hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'shop_dev',
      RecursiveDeleteOption: false,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        PublishCloudWatchMetricsEnabled: true,
        RequesterPaysEnabled: false,
        BytesScannedCutoffPerQuery: 2 * 1024 ** 3,
        EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
        ResultConfiguration: {
          OutputLocation: { 'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('ShopOperationsBucket') }, '/results/']] },
          EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopKey'), 'Arn'] } },
          ExpectedBucketOwner: { Ref: 'AWS::AccountId' },
        },
      },
    });
  });

  it('tells people of failures over an encrypted topic', () => {
    const template = makeLake({ environment: { name: 'dev', notify: ['oncall@example.com'] } }).template();
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShopKey'), 'Arn'] } });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      },
    });
  });

  it('has its run records as a table', () => {
    makeLake()
      .template()
      .hasResourceProperties('AWS::Glue::Table', {
        DatabaseName: 'shop_dev_operations',
        TableInput: { Name: 'runs', PartitionKeys: Match.absent() },
      });
  });

  it('takes its name from its id, in lower case', () => {
    const lake = new DataLake(new Stack(new App(), 'Stack'), 'Orders', { environment: { name: 'prod' } });
    expect(lake.name).toBe('orders');
    expect(lake.zones.gold.database).toBe('orders_prod_gold');
  });

  it('says which zones hold no tables', () => {
    expect(makeLake().lake.zones.landing.database).toBeUndefined();
  });
});

describe('what becomes of the data when the stack is deleted', () => {
  const HOLDS_DATA = ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::KMS::Key', 'AWS::Glue::Database', 'AWS::Glue::Table'];
  const policies = (environment: Environment, context: Record<string, unknown>) => {
    const template = makeLake({ environment }, context).template();
    return new Set(HOLDS_DATA.flatMap((type) => Object.values(template.findResources(type)).map((resource) => resource['DeletionPolicy'])));
  };

  it.each([
    ['neither', {}, {}],
    ['the environment alone', { disposable: true }, {}],
    ['the flag alone', {}, { 'medallion:allowDestroy': true }],
    ['a flag that says no', { disposable: true }, { 'medallion:allowDestroy': 'false' }],
  ])('stays with %s', (_, environment, context) => {
    expect(policies({ name: 'dev', ...environment }, context)).toEqual(new Set(['Retain', 'RetainExceptOnCreate']));
  });

  it.each([true, 'true'])('goes when environment and flag (%s) agree', (flag) => {
    expect(policies({ name: 'dev', disposable: true }, { 'medallion:allowDestroy': flag })).toEqual(new Set(['Delete']));
  });

  it('frees the names of databases and tables whose creation failed', () => {
    const template = makeLake().template();
    for (const type of ['AWS::Glue::Database', 'AWS::Glue::Table']) {
      for (const resource of Object.values(template.findResources(type))) {
        expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      }
    }
  });

  it('M-13 deletes no object by itself, even where it may', () => {
    const template = makeLake({ environment: { name: 'dev', disposable: true } }, { 'medallion:allowDestroy': true }).template();
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
    template.hasResourceProperties('AWS::Athena::WorkGroup', { RecursiveDeleteOption: true });
  });
});

describe('an adopted zone', () => {
  function adopt(more: object = {}) {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const bucket = Bucket.fromBucketName(stack, 'Theirs', 'their-bronze');
    const encryptionKey = Key.fromKeyArn(stack, 'TheirKey', 'arn:aws:kms:eu-west-1:111122223333:key/1234');
    const zones = { bronze: { bucket, encryptionKey, ...more } };
    return { stack, bucket, encryptionKey, lake: () => new DataLake(stack, 'Shop', { environment: { name: 'dev' }, zones }) };
  }

  it('brings its bucket and key; the database is made', () => {
    const { stack, bucket, encryptionKey, lake } = adopt();
    const { bronze } = lake().zones;
    expect(bronze.bucket).toBe(bucket);
    expect(bronze.encryptionKey).toBe(encryptionKey);
    expect(bronze.database).toBe('shop_dev_bronze');
    expect(bronze.sendsEvents).toBe(false);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 5);
  });

  it('can bring its database, and say that its bucket sends events', () => {
    const { stack, lake } = adopt({ database: 'their_bronze', sendsEvents: true });
    expect(lake().zones.bronze).toMatchObject({ database: 'their_bronze', sendsEvents: true });
    Template.fromStack(stack).resourceCountIs('AWS::Glue::Database', 4);
  });

  it('leaves its lifecycle to its owner', () => {
    const { stack, bucket, encryptionKey } = adopt();
    const lake = new DataLake(stack, 'Shop', { environment: { name: 'dev' }, zones: { quarantine: { bucket, encryptionKey } } });
    const before = Template.fromStack(stack).toJSON();
    lake.zones.quarantine.expireBelow('orders/');
    expect(Template.fromStack(stack).toJSON()).toEqual(before);
  });

  it('is refused without its key', () => {
    const { lake } = adopt({ encryptionKey: undefined });
    expect(lake).toThrow('an adopted bronze zone needs both bucket and encryptionKey');
  });

  it('is a compile error without its key', () => {
    const { stack, bucket } = adopt();
    // @ts-expect-error encryptionKey is required
    expect(() => new DataLake(stack, 'Other', { environment: { name: 'dev' }, zones: { bronze: { bucket } } })).toThrow();
  });

  it.each([
    ['Bad Name!', "a database's name is lower-case letters, digits and underscores, got 'Bad Name!' for the adopted bronze zone"],
    [Lazy.string({ produce: () => 'later' }), 'must be a literal name'],
    [`x_${Aws.REGION}`, 'must be a literal name'],
  ])('M-9 is refused with the database %s', (database, message) => {
    expect(adopt({ database }).lake).toThrow(message);
  });

  it('has no database in landing', () => {
    const { stack, bucket, encryptionKey } = adopt();
    const zones = { landing: { bucket, encryptionKey, database: 'files' } };
    expect(() => new DataLake(stack, 'Shop', { environment: { name: 'dev' }, zones })).toThrow('the landing zone holds files, not tables');
  });
});

describe('a lake that cannot be', () => {
  it.each(['Bad Name!', '1lake', 'a'.repeat(31), '', 'snake-case'])('M-9 has a name that Athena would not take: %s', (name) => {
    expect(() => makeLake({ name })).toThrow(/Stack\/Shop: a lake's name is lower-case letters, digits and underscores/);
  });

  it('would fight another over the same databases', () => {
    const { stack } = makeLake();
    expect(() => new DataLake(stack, 'Twin', { name: 'shop', environment: { name: 'dev' } })).toThrow(
      "the lake 'shop' in 'dev' exists already at Stack/Shop",
    );
    expect(() => new DataLake(stack, 'Prod', { name: 'shop', environment: { name: 'prod' } })).not.toThrow();
  });

  it('does not fight one of the same name in another region', () => {
    const app = new App();
    const make = (id: string, region: string) =>
      new DataLake(new Stack(app, id, { env: { account: '111122223333', region } }), 'Shop', { environment: { name: 'dev' } });
    make('A', 'eu-west-1');
    expect(() => make('B', 'eu-central-1')).not.toThrow();
    expect(() => make('C', 'eu-west-1')).toThrow('exists already at A/Shop');
  });

  const warnings = (props: Partial<DataLakeProps>) =>
    Annotations.fromStack(makeLake(props).stack).findWarning('*', Match.stringLikeRegexp('medallion:schemaLock'));

  it('has data that stays and no schema lock: a warning', () => {
    const [warning] = warnings({});
    expect(warning?.entry.data).toContain("give it schemaLock: SchemaLock.file('schema-lock.json') and commit the file");
    expect(warnings({ environment: { name: 'dev', disposable: true } })).toEqual([]);
    expect(warnings({ schemaLock: SchemaLock.none() })).toEqual([]);
  });

  it('has one table made twice', () => {
    const { lake, stack, pipeline, template } = makeLake();
    const resource = new CfnResource(stack, 'Any', { type: 'AWS::Glue::Table' });
    lake.claim({ zone: 'silver', tableName: 'orders' }, stack, resource);
    lake.claim({ zone: 'silver', tableName: 'orders' }, pipeline, resource);
    lake.claim({ zone: 'gold', tableName: 'orders' }, pipeline, resource);
    expect(template).toThrow(/silver\.orders is made by Stack and Stack\/Orders; a table has one maker/);
  });
});

describe('an environment', () => {
  const make = (environment: Omit<Environment, 'name'> & { readonly name?: string }) => () =>
    makeLake({ environment: { name: 'dev', ...environment } });

  it.each([
    [
      'a name with capitals',
      { name: 'Dev' },
      "an environment's name is lower-case letters and digits, at most 20, beginning with a letter, got 'Dev'",
    ],
    ["a name with an underscore, which would blur the lake's", { name: 'dev_1' }, "got 'dev_1'"],
    [
      'a scan limit below that of Athena',
      { scanLimit: Size.mebibytes(9) },
      'scanLimit is at least 10000000 bytes, as Athena demands, got 9437184',
    ],
    [
      'M-7 infrequent access before S3 allows it',
      { coolBronzeAfter: Duration.days(1) },
      'coolBronzeAfter is a whole number of days, at least 30, got 1 day',
    ],
    [
      'M-8 a zero, which is not taken for a default',
      { coolBronzeAfter: Duration.days(0) },
      'coolBronzeAfter is a whole number of days, at least 30',
    ],
    ['a part of a day', { keepQuarantine: Duration.hours(36) }, 'keepQuarantine is a whole number of days, at least 1'],
    ['no time for results', { keepResults: Duration.days(0) }, 'keepResults is a whole number of days, at least 1'],
    ['no time for replaced objects', { keepReplaced: Duration.days(0) }, 'keepReplaced is a whole number of days, at least 1'],
    [
      'a log period CloudWatch does not know',
      { keepLogs: Duration.days(10) },
      'keepLogs is a period CloudWatch knows, got 10 days; take Duration.days(14)',
    ],
    ['an address that is none', { notify: ['oncall'] }, "notify wants e-mail addresses, got 'oncall'"],
  ])('is refused with %s', (_, environment, message) => {
    expect(make(environment)).toThrow(message);
  });

  it('tells all that is wrong at once', () => {
    expect(make({ name: 'X', keepLogs: Duration.days(2), notify: ['a'] })).toThrow(/name[\s\S]*keepLogs[\s\S]*notify/);
  });

  it('takes an undefined setting for its default', () => {
    const { lake } = makeLake({ environment: { name: 'dev', keepLogs: undefined, disposable: undefined } as never });
    expect(lake.environment).toMatchObject({ keepLogs: ENVIRONMENT_DEFAULTS.keepLogs, disposable: false });
  });
});
