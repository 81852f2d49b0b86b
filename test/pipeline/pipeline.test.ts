import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  bigint,
  contract,
  directly,
  full,
  KinesisSource,
  LakeError,
  Pipeline,
  PipelinePart,
  type PipelineScope,
  references,
  replaceWindows,
  Sql,
  SqlTransform,
  sql,
  Trigger,
  text,
  upsert,
} from '../../lib/index.js';
import { rightsOf } from '../lake/make-lake.js';
import { Event, machineOf, makePipeline, messageOf, Order, Revenue, statesOf } from './make-pipeline.js';

function declareShop(pipeline: PipelineScope) {
  const events = new KinesisSource(pipeline, 'Events', { contract: Event });
  const orders = new SqlTransform(pipeline, 'Cleaned', {
    zone: 'silver',
    contract: Order,
    write: upsert(),
    query: sql`select order_id, version, amount, ordered_at from ${events}`,
  });
  const revenue = new SqlTransform(pipeline, 'Revenue', {
    zone: 'gold',
    contract: Revenue,
    write: replaceWindows('day'),
    query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${orders} group by 1`,
  });
  return { events, orders, revenue };
}

function makeShop(...props: Parameters<typeof makePipeline>) {
  const made = makePipeline(...props);
  return { ...made, ...declareShop(made.pipeline) };
}

describe('a pipeline', () => {
  it('is one standard machine with a literal name, logged without data and traced', () => {
    const { properties } = machineOf(makeShop().template());
    expect(properties).toMatchObject({
      StateMachineName: 'shop-dev-Orders',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('orders its tables by their references', () => {
    const { definition } = machineOf(makeShop().template());
    expect(Object.keys(definition.States)).toEqual([
      'Open run',
      'Step 1: orders',
      'Judge step 1',
      'Step 2: daily_revenue',
      'Judge step 2',
      'Close run',
      'Run succeeded',
      'A table was refused',
      'Record failure',
      'Notify',
      'Run failed',
    ]);
  });

  it('takes every value that is not known at synth from substitutions, and each of them is used', () => {
    const { properties } = machineOf(makeShop().template());
    const used = new Set([...properties.DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]: RegExpMatchArray) => name));
    expect([...used].sort()).toEqual(Object.keys(properties.DefinitionSubstitutions).sort());
  });

  it('names a table by its zone where two zones hold one of the name', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    const silver = new SqlTransform(pipeline, 'Silver', {
      zone: 'silver',
      contract: Order,
      write: upsert(),
      query: sql`select order_id, version, amount, ordered_at from ${events}`,
    });
    new SqlTransform(pipeline, 'Gold', {
      zone: 'gold',
      contract: Order,
      write: full(),
      query: sql`select order_id, version, amount, ordered_at from ${silver}`,
    });
    const states = Object.keys(statesOf(machineOf(template()).definition));
    expect(states).toContain('Publish silver.orders');
    expect(states).toContain('Publish gold.orders');
  });

  it('holds the statements of a table, filled from the run', () => {
    const states = statesOf(machineOf(makeShop().template()).definition);
    expect(states['Build orders'].Parameters['QueryString.$']).toMatch(
      /^States\.Format\('CREATE TABLE IF NOT EXISTS "shop_dev_operations"\."silver_orders__\{\}" WITH \(format = \\'PARQUET\\'\) AS SELECT .*, \$\.run\.sql\.name, .*\)$/,
    );
    expect(states['Build orders'].Parameters['QueryString.$']).toContain(
      'FROM "shop_dev_bronze"."order_events" b WHERE b."arrival" BETWEEN {} AND {}',
    );
    expect(states['Publish orders'].Parameters['QueryString.$']).toContain('MERGE INTO "shop_dev_silver"."orders" t USING');
    expect(states['Build daily_revenue'].Parameters['QueryString.$']).toContain('from "shop_dev_silver"."orders" AS "orders"');
    expect(states['Quarantine orders'].Parameters['QueryString.$']).toContain('MERGE INTO "shop_dev_quarantine"."silver_orders" t USING');
  });

  it('tells its functions what they work on', () => {
    const template = makeShop().template();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MEDALLION_PIPELINE: 'Orders', MEDALLION_BRONZE_TABLES: 'order_events' } },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MEDALLION_PIPELINE: 'Orders', MEDALLION_OPERATIONS_BUCKET: Match.anyValue() } },
    });
  });

  it('takes the steps of its parts', () => {
    class Tables extends PipelinePart {
      constructor(scope: PipelineScope, id: string) {
        super(scope, id);
        declareShop(this);
      }
    }
    const { pipeline, template } = makePipeline();
    new Tables(pipeline, 'Tables');
    expect(Object.keys(machineOf(template()).definition.States)).toContain('Step 2: daily_revenue');
  });

  it('may read what another pipeline of the app makes', () => {
    const { stack, lake, orders, template } = makeShop();
    const other = new Pipeline(stack, 'Reports', { lake });
    new SqlTransform(other, 'Copy', {
      zone: 'gold',
      contract: Order,
      write: full(),
      query: sql`select order_id, version, amount, ordered_at from ${orders}`,
    });
    expect(rightsOf(template(), 'ReportsRole')).toContain('s3:GetObject <ShopSilverBucket.Arn>/orders/*');
  });
});

describe('the rights of a machine', () => {
  const rights = () => rightsOf(makeShop().template(), 'OrdersRole');
  const ofAction = (action: string) =>
    rights()
      .filter((right) => right.startsWith(`${action} `))
      .map((right) => right.slice(action.length + 1));

  it('write objects of its own tables, candidates and quarantine, and nowhere else', () => {
    expect(ofAction('s3:PutObject')).toEqual([
      '<ShopGoldBucket.Arn>/daily_revenue/*',
      '<ShopOperationsBucket.Arn>/results/*',
      '<ShopQuarantineBucket.Arn>/tables/gold_daily_revenue/*',
      '<ShopQuarantineBucket.Arn>/tables/silver_orders/*',
      '<ShopSilverBucket.Arn>/orders/*',
    ]);
  });

  it('read objects of the tables it reads and writes', () => {
    expect(ofAction('s3:GetObject')).toEqual([
      '<ShopBronzeBucket.Arn>/order_events/*',
      '<ShopGoldBucket.Arn>/daily_revenue/*',
      '<ShopOperationsBucket.Arn>/results/*',
      '<ShopQuarantineBucket.Arn>/tables/gold_daily_revenue/*',
      '<ShopQuarantineBucket.Arn>/tables/silver_orders/*',
      '<ShopSilverBucket.Arn>/orders/*',
    ]);
  });

  it('change the catalog for its own tables and candidates only', () => {
    const tables = (action: string) => ofAction(action).flatMap((arn) => /:table\/(.*)$/.exec(arn)?.[1] ?? []);
    expect(tables('glue:UpdateTable')).toEqual([
      'shop_dev_gold/daily_revenue',
      'shop_dev_quarantine/gold_daily_revenue',
      'shop_dev_quarantine/silver_orders',
      'shop_dev_silver/orders',
    ]);
    for (const action of ['glue:CreateTable', 'glue:DeleteTable']) {
      expect(tables(action)).toEqual(['shop_dev_operations/gold_daily_revenue__*', 'shop_dev_operations/silver_orders__*']);
    }
    expect(tables('glue:GetTable')).toContain('shop_dev_bronze/order_events');
  });

  it('run statements in the one workgroup, and call the two functions and the topic', () => {
    for (const action of ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution']) {
      expect(ofAction(`athena:${action}`)).toEqual([expect.stringMatching(/:workgroup\/[\w-]+$/)]);
    }
    expect(ofAction('lambda:InvokeFunction')).toEqual(['<OrdersCloseRun.Arn>', '<OrdersOpenRun.Arn>']);
    expect(ofAction('sns:Publish')).toHaveLength(1);
  });

  it('use keys through the services that hold the data only', () => {
    const statements = JSON.stringify(makeShop().template().findResources('AWS::IAM::Role'));
    expect(statements).toContain('kms:ViaService');
    expect(ofAction('kms:Decrypt').length).toBeGreaterThan(1);
  });

  it('open run lists the arrivals of the tables it is for, close run writes records', () => {
    const template = makeShop().template();
    expect(rightsOf(template, 'OrdersOpenRunRole').filter((right) => right.startsWith('s3:'))).toEqual([
      's3:ListBucket <ShopBronzeBucket.Arn>',
    ]);
    expect(rightsOf(template, 'OrdersCloseRunRole').filter((right) => right.startsWith('s3:Put'))).toEqual([
      's3:PutObject <ShopOperationsBucket.Arn>/runs/*',
    ]);
  });
});

describe('a trigger', () => {
  it('starts a pipeline by the clock, in a time zone', () => {
    const { template } = makeShop({ trigger: Trigger.schedule('cron(0 6 * * ? *)', { timeZone: 'Europe/Berlin' }) });
    template().hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 6 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Arn'] }, Input: '{}' },
    });
    expect(rightsOf(template(), 'OrdersStartRole')).toEqual(['states:StartExecution <Orders.Arn>']);
  });

  it('starts a pipeline with new objects of the bronze tables it reads', () => {
    makeShop({ trigger: Trigger.onNewFiles() })
      .template()
      .hasResourceProperties('AWS::Events::Rule', {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp('Bronze') }] }, object: { key: [{ prefix: 'order_events/' }] } },
        },
        Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Arn'] } })],
      });
  });

  it.each([
    [Trigger.schedule('every tuesday'), "a schedule is rate(1 hour) or cron(0 6 * * ? *), got 'every tuesday'"],
    [
      Trigger.schedule('rate(1 hour)', { timeZone: 'Mars/Olympus' }),
      "a schedule's time zone is a name like Europe/Berlin, got 'Mars/Olympus'",
    ],
  ])('refuses what the service would not take', (trigger, message) => {
    expect(messageOf(() => makeShop({ trigger }).template())).toContain(message);
  });

  it('needs a bronze table to wait for', () => {
    const { template } = makePipeline({ trigger: Trigger.onNewFiles() });
    expect(messageOf(template)).toBe(
      'Stack/Orders: Trigger.onNewFiles() needs a bronze table that the pipeline reads, found none; use Trigger.schedule()',
    );
  });
});

describe('a declaration that cannot work', () => {
  it('tells all problems of a pipeline at once, each with its place', () => {
    const { pipeline, template } = makePipeline({ trigger: Trigger.schedule('rate(1 hours)') });
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    new SqlTransform(pipeline, 'Orders', {
      zone: 'silver',
      contract: Order,
      write: upsert(),
      query: sql`select order_idd, version, amount, ordered_at from ${events}`,
    });
    new SqlTransform(pipeline, 'Revenue', {
      zone: 'gold',
      contract: Revenue,
      // @ts-expect-error a column that is not there
      write: replaceWindows('dya'),
      // @ts-expect-error gold from bronze
      query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${events} group by 1`,
    });
    const message = messageOf(template);
    expect(message).toMatch(/^Stack\/Orders: 4 problems:\n/);
    expect(message).toContain('  - a rate of 1 is written rate(1 hour), got rate(1 hours)');
    expect(message).toContain("  - Stack/Orders/Orders/query 1:8  unknown column 'order_idd' in order_events; did you mean 'order_id'?");
    expect(message).toContain(
      "  - Stack/Orders/Revenue: replaceWindows('dya') needs a date or timestamp column of contract 'daily_revenue', got no such column; use 'day'",
    );
    expect(message).toContain(
      "  - Stack/Orders/Revenue makes gold.daily_revenue from bronze.order_events; a gold table is made from silver or gold; to skip silver write directly(table, 'why')",
    );
  });

  it('lets gold read bronze where a reason is given', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    new SqlTransform(pipeline, 'Revenue', {
      zone: 'gold',
      contract: Revenue,
      write: full(),
      query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${directly(events, 'one row a day')} group by 1`,
    });
    expect(Object.keys(machineOf(template()).definition.States)).toContain('Step 1: daily_revenue');
  });

  it('refuses a reason that says nothing', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    const query = sql`select date(ordered_at) as day, sum(amount) as revenue from ${directly(events, ' ')} group by 1`;
    new SqlTransform(pipeline, 'Revenue', { zone: 'gold', contract: Revenue, write: full(), query });
    expect(messageOf(template)).toContain('directly(bronze.order_events) needs a reason');
  });

  it('throws one LakeError with a code', () => {
    const { template } = makePipeline({ trigger: Trigger.onNewFiles() });
    try {
      template();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LakeError);
      expect((error as LakeError).code).toBe('pipeline-invalid');
    }
  });

  it('refuses an id that cannot name a machine', () => {
    expect(messageOf(() => makePipeline({}, 'Bad Name!'))).toBe(
      "Stack/Bad Name!: a pipeline's id is 1 to 40 letters, digits, - and _, starting with a letter, got 'Bad Name!'",
    );
  });

  it('refuses a second maker of one table', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    const make = (id: string) =>
      new SqlTransform(pipeline, id, {
        zone: 'silver',
        contract: Order,
        write: upsert(),
        query: sql`select order_id, version, amount, ordered_at from ${events}`,
      });
    make('One');
    expect(
      messageOf(() => {
        make('Two');
        template();
      }),
    ).toMatch(/orders.*(One|Two)/);
  });

  it('refuses text in a query that CloudFormation would replace', () => {
    const { pipeline, template } = makePipeline();
    const Note = contract('notes', { note: text().key() });
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    new SqlTransform(pipeline, 'Notes', {
      zone: 'silver',
      contract: Note,
      write: full(),
      query: sql`select order_id || ${'${x}'} as note from ${events}`,
    });
    expect(messageOf(template)).toContain("'${' cannot stand in a query");
  });

  it('refuses a machine that is longer than the service takes', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    for (let n = 0; n < 5; n++) {
      const Note = contract(`notes_${n}`, { note: text().key() });
      const query = sql`select order_id as note from ${events} where order_id <> ${'x'.repeat(230_000)}`;
      new SqlTransform(pipeline, `Notes${n}`, { zone: 'silver', contract: Note, write: full(), query });
    }
    expect(messageOf(template)).toMatch(
      /^Stack\/Orders: the machine's definition has \d+ bytes, Step Functions takes 1048576: make two pipelines of it, the second reading the tables of the first$/,
    );
  });

  it('refuses a statement that is longer than Athena takes', () => {
    const { pipeline, template } = makePipeline();
    const events = new KinesisSource(pipeline, 'Events', { contract: Event });
    const columns = Array.from({ length: 1000 }, (_, n) => [`column_number_${n}`, text().nullable()] as const);
    const Wide = contract('wide', { order_id: text().key(), version: bigint().sequence(), ...Object.fromEntries(columns) });
    const nulls = columns.map(([name]) => `order_id as ${name}`).join(', ');
    const query = sql`select order_id, version, ${new Sql<never>([nulls])} from ${events}`;
    new SqlTransform(pipeline, 'Wide', { zone: 'silver', contract: Wide, write: upsert(), query });
    expect(messageOf(template)).toMatch(
      /^Stack\/Orders\/Wide: the statement 'build' has \d+ bytes, Athena takes 262144: use fewer columns or a shorter query$/,
    );
  });

  it('does not take a stack for a pipeline', () => {
    const { stack } = makePipeline();
    const props = { zone: 'silver', contract: Order, write: upsert(), query: sql`select 1 as a` } as const;
    // @ts-expect-error a stack is no PipelineScope
    expect(() => new SqlTransform(stack, 'X', props)).toThrow();
  });
});

describe('a rule that refers to another table', () => {
  const Customer = contract('customers', { customer_id: text().key() });
  const Sale = contract(
    'sales',
    { sale_id: text().key(), customer_id: text() },
    { rules: (t) => [references(t.customer_id, Customer.c.customer_id)] },
  );

  function makeSales(customers: boolean) {
    const made = makePipeline();
    const events = new KinesisSource(made.pipeline, 'Events', { contract: Event });
    new SqlTransform(made.pipeline, 'Sales', {
      zone: 'silver',
      contract: Sale,
      write: full(),
      query: sql`select order_id as sale_id, order_id as customer_id from ${events}`,
    });
    if (customers) {
      new SqlTransform(made.pipeline, 'Customers', {
        zone: 'silver',
        contract: Customer,
        write: full(),
        query: sql`select order_id as customer_id from ${events}`,
      });
    }
    return made;
  }

  it('makes its table after that one, wherever it was declared, and lets the machine read it', () => {
    const template = makeSales(true).template();
    const { definition } = machineOf(template);
    expect(Object.keys(definition.States)).toEqual(expect.arrayContaining(['Step 1: customers', 'Step 2: sales']));
    expect(statesOf(definition)['Build sales'].Parameters['QueryString.$']).toContain(
      'LEFT JOIN (SELECT DISTINCT v."customer_id" AS "_value" FROM "shop_dev_silver"."customers" v) p0 ON p0."_value" = i."customer_id"',
    );
  });

  it('is an error where there is no such table', () => {
    expect(messageOf(makeSales(false).template)).toBe(
      "Stack/Orders: Stack/Orders/Sales: rule 'customer_id_references_customers' refers to contract 'customers', of which there is no table beside silver.sales or in silver; declare its transform or take the rule out",
    );
  });
});
