import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { DataLake, type DataLakeProps, KinesisSource, Pipeline, replaceWindows, SqlTransform, sql, upsert } from '../../lib/index.js';
import { HANDLERS_FOLDER } from '../../lib/lake/handler-code.js';
import { rightsOf, type Untyped } from '../lake/make-lake.js';
import { Event, handlers, Order, Revenue } from './make-pipeline.js';

function makeShop(props: Partial<DataLakeProps> = {}) {
  const app = new App({ context: { [HANDLERS_FOLDER]: handlers } });
  const stack = new Stack(app, 'Stack');
  const lake = new DataLake(stack, 'Shop', { environment: { name: 'dev' }, ...props });
  const pipeline = new Pipeline(stack, 'Orders', { lake });
  const events = new KinesisSource(pipeline, 'Events', { contract: Event });
  const orders = new SqlTransform(pipeline, 'Cleaned', {
    zone: 'silver',
    contract: Order,
    write: upsert(),
    query: sql`select order_id, version, amount, ordered_at from ${events}`,
  });
  const revenue = (scope: Pipeline) =>
    new SqlTransform(scope, 'Revenue', {
      zone: 'gold',
      contract: Revenue,
      write: replaceWindows('day'),
      query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${orders} group by 1`,
    });
  return { app, stack, lake, pipeline, revenue };
}

/** Grants as text, `shop_dev_silver.orders: SELECT …`, in the order in which CloudFormation makes them. */
function grantsOf(template: Template): string[] {
  const grants = Object.entries(template.findResources('AWS::LakeFormation::PrincipalPermissions')) as [string, Untyped][];
  const before = (id: string): string[] =>
    (grants.find(([other]) => other === id)![1].DependsOn ?? []).filter((other: string) => grants.some(([known]) => known === other));
  const depth = (id: string): number => Math.max(0, ...before(id).map((other) => depth(other) + 1));
  return grants
    .sort(([a], [b]) => depth(a) - depth(b))
    .map(
      ([
        ,
        {
          Properties: { Resource, Permissions },
        },
      ]) => {
        const { Database: database, Table: table } = Resource;
        return `${database?.Name ?? `${table.DatabaseName}.${table.Name}`}: ${Permissions.join(' ')}`;
      },
    );
}

const READS = 'DESCRIBE SELECT';
const MAKES = 'ALTER DELETE DESCRIBE INSERT SELECT';

describe('Lake Formation grants of a pipeline', () => {
  it('name each table and each database that the machine works with, one after the other', () => {
    const { pipeline, revenue, stack } = makeShop();
    revenue(pipeline);
    const template = Template.fromStack(stack);
    expect(grantsOf(template)).toEqual([
      'shop_dev_bronze: DESCRIBE',
      'shop_dev_gold: DESCRIBE',
      'shop_dev_operations: CREATE_TABLE DESCRIBE',
      'shop_dev_quarantine: DESCRIBE',
      'shop_dev_silver: DESCRIBE',
      `shop_dev_bronze.order_events: ${READS}`,
      `shop_dev_gold.daily_revenue: ${MAKES}`,
      `shop_dev_quarantine.gold_daily_revenue: ${MAKES}`,
      `shop_dev_quarantine.silver_orders: ${MAKES}`,
      `shop_dev_silver.orders: ${MAKES}`,
    ]);
    for (const { Properties } of Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions'))) {
      expect(JSON.stringify(Properties.Principal)).toMatch(/OrdersRole/);
      expect(Properties.PermissionsWithGrantOption).toEqual([]);
    }
  });

  it('are those of the rights that IAM gives, no more and no fewer', () => {
    const { pipeline, revenue, stack } = makeShop();
    revenue(pipeline);
    const template = Template.fromStack(stack);
    const tables = (action: string) =>
      rightsOf(template, 'OrdersRole').flatMap(
        (right) => new RegExp(`^${action} .*:table/([^/]+)/([^*]+)$`).exec(right)?.slice(1).join('.') ?? [],
      );
    const granted = (verbs: string) =>
      grantsOf(template).flatMap((grant) => (grant.endsWith(`: ${verbs}`) && grant.includes('.') ? grant.split(':')[0]! : []));
    expect(tables('glue:UpdateTable')).toEqual(granted(MAKES));
    expect(tables('glue:GetTable')).toEqual([...granted(MAKES), ...granted(READS)].sort());
  });

  it('wait for what they are about, and the machine waits for them', () => {
    const { stack } = makeShop();
    const template = Template.fromStack(stack);
    const grants = template.findResources('AWS::LakeFormation::PrincipalPermissions') as Record<string, Untyped>;
    const tables = Object.values(grants).filter(({ Properties }) => Properties.Resource.Table !== undefined);
    for (const { DependsOn, Properties } of tables) {
      const named = (DependsOn as string[])
        .map((id) => template.toJSON()['Resources'][id])
        .filter(({ Type }) => Type === 'AWS::Glue::Table');
      expect(named.map((table) => table.Properties.Name ?? table.Properties.TableInput.Name)).toEqual([Properties.Resource.Table.Name]);
    }
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine')) as Untyped[];
    const last = Object.keys(grants).filter((id) => !Object.values(grants).some(({ DependsOn }) => DependsOn.includes(id)));
    expect(machine.DependsOn).toEqual(expect.arrayContaining(last));
    expect(last).toHaveLength(1);
  });

  it('let a pipeline of another stack read, and nothing more', () => {
    const { app, lake, revenue } = makeShop();
    const other = new Stack(app, 'Other');
    revenue(new Pipeline(other, 'Reports', { lake }));
    expect(grantsOf(Template.fromStack(other))).toContain(`shop_dev_silver.orders: ${READS}`);
  });

  it('are none where IAM alone decides', () => {
    const { stack } = makeShop({ permissions: 'iam' });
    Template.fromStack(stack).resourceCountIs('AWS::LakeFormation::PrincipalPermissions', 0);
  });
});
