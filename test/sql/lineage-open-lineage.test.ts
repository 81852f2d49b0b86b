import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../lib/contract/spec.js';
import { DECIDING_KINDS, type DecidingKind, DIRECT_KINDS, type DirectKind } from '../../lib/sql/analyze/lineage.js';
import { type CheckedQuery, checkQuery } from '../../lib/sql/check/check-query.js';
import { glueDataset, type InputField, openLineageEvent } from '../../lib/sql/lineage/open-lineage.js';
import { type Sql, sql } from '../../lib/sql/sql.js';
import { TIMESTAMP } from '../../lib/sql/types/sql-type.js';
import { COLUMN_LINEAGE, EVENT, SCHEMA } from './fixtures/open-lineage-schemas.js';
import { column, contractOf, customers, decimal, nullable, orders } from './shop-tables.js';

const catalog = { region: 'eu-central-1', account: '123456789012' };
const job = { namespace: 'shop', name: 'Shop/Orders/Result' };
const at = new Date('2026-03-01T09:00:00Z');

const ajv = new Ajv2020({
  strict: false,
  formats: {
    uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
});
for (const schema of [EVENT, COLUMN_LINEAGE, SCHEMA]) ajv.addSchema(schema);

function problems(reference: string, value: unknown): unknown {
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`no schema ${reference}`);
  return validate(JSON.parse(JSON.stringify(value))) === true ? [] : validate.errors;
}

function resultOf(query: Sql, columns: readonly ColumnSpec[], more: Partial<Parameters<typeof openLineageEvent>[0]> = {}) {
  const contract = contractOf('result', columns);
  const checked = checkQuery({ query, contract, path: 'Shop/Orders/Result', bind: false });
  const table = { zone: 'gold' as const, database: 'shop_dev_gold', tableName: 'result', spec: contract };
  return { checked, table, event: openLineageEvent({ query: checked, table, catalog, job, at, ...more }) };
}

const revenue = () =>
  resultOf(
    sql`select c.region, date(o.ordered_at) as day, sum(case when o.status = 'paid' then o.amount else 0 end) as revenue
        from ${orders} o join ${customers} c on c.customer_id = o.customer_id
        where o.visits > 1 group by c.region, date(o.ordered_at)`,
    [column('region', 'text?'), column('day', 'date'), column('revenue', decimal(38, 2))],
  );

/** The lineage that a facet tells: a column's own fields, and what stands for the whole dataset. */
function readBack(checked: CheckedQuery, event: ReturnType<typeof openLineageEvent>) {
  const facet = event.outputs[0]?.facets.columnLineage;
  if (facet === undefined) throw new Error('no column lineage');
  const words = (field: InputField) => field.transformations.map(({ type, subtype }) => `${field.name}.${field.field} ${type} ${subtype}`);
  const told = Object.entries(facet.fields).map(([name, { inputFields }]) => [
    name,
    [...inputFields, ...facet.dataset].flatMap(words).sort(),
  ]);
  const subtypes: Record<DirectKind | DecidingKind, string> = {
    identity: 'DIRECT IDENTITY',
    transformation: 'DIRECT TRANSFORMATION',
    aggregation: 'DIRECT AGGREGATION',
    filter: 'INDIRECT FILTER',
    join: 'INDIRECT JOIN',
    group: 'INDIRECT GROUP_BY',
    sort: 'INDIRECT SORT',
    window: 'INDIRECT WINDOW',
    conditional: 'INDIRECT CONDITIONAL',
  };
  const known = checked.lineage.map(({ column: name, direct, deciding }) => [
    name,
    [
      ...direct.map((base) => `table/${base.database}/${base.table}.${base.column} ${subtypes[base.kind]}`),
      ...deciding.flatMap((base) => base.kinds.map((kind) => `table/${base.database}/${base.table}.${base.column} ${subtypes[kind]}`)),
    ].sort(),
  ]);
  return { told, known };
}

describe('lineage as OpenLineage', () => {
  it('names tables as Glue and Athena are named there', () => {
    expect(glueDataset(orders, catalog)).toEqual({
      namespace: 'arn:aws:glue:eu-central-1:123456789012',
      name: 'table/shop_dev_silver/orders',
    });
    expect(glueDataset(orders, { ...catalog, partition: 'aws-cn' }).namespace).toBe('arn:aws-cn:glue:eu-central-1:123456789012');
  });

  it('tells each column of its own sources, and once what decides about the rows', () => {
    const facet = revenue().event.outputs[0]?.facets.columnLineage;
    const input = (table: string, field: string, type: string, ...subtypes: string[]) => ({
      namespace: 'arn:aws:glue:eu-central-1:123456789012',
      name: `table/shop_dev_silver/${table}`,
      field,
      transformations: subtypes.map((subtype) => ({ type, subtype })),
    });
    expect(facet?.dataset).toEqual([
      input('customers', 'customer_id', 'INDIRECT', 'JOIN'),
      input('customers', 'region', 'INDIRECT', 'GROUP_BY'),
      input('orders', 'customer_id', 'INDIRECT', 'JOIN'),
      input('orders', 'ordered_at', 'INDIRECT', 'GROUP_BY'),
      input('orders', 'visits', 'INDIRECT', 'FILTER'),
    ]);
    expect(facet?.fields).toEqual({
      region: { inputFields: [input('customers', 'region', 'DIRECT', 'IDENTITY')] },
      day: { inputFields: [input('orders', 'ordered_at', 'DIRECT', 'TRANSFORMATION')] },
      revenue: {
        inputFields: [input('orders', 'amount', 'DIRECT', 'AGGREGATION'), input('orders', 'status', 'INDIRECT', 'CONDITIONAL')],
      },
    });
  });

  const everyKind = () =>
    resultOf(
      sql`select o.order_id, upper(o.status) as state, max(o.amount) over (partition by c.region order by o.ordered_at) as top,
                 if(o.visits > 1, 'many', 'few') as often, case when c.email is null then 'no' else 'yes' end as reachable,
                 i.quantity
          from ${orders} o left join ${customers} c on c.customer_id = o.customer_id
          cross join unnest(o.items) as i (sku, quantity, note)
          where o.discount is null order by o.ordered_at, o.order_id limit 10`,
      [
        column('order_id', 'text'),
        column('state', 'text'),
        nullable(column('top', decimal(10, 2))),
        column('often', 'text'),
        column('reachable', 'text'),
        column('quantity', 'int'),
      ],
    );

  it.each([
    ['joins and groups', revenue],
    ['windows, conditions, lists and a limit', everyKind],
    ['one column', () => resultOf(sql`select order_id from ${orders} where visits > 1`, [column('order_id', 'text')])],
    ['no source at all', () => resultOf(sql`select 1 as one`, [column('one', 'int')])],
  ])('loses nothing and adds nothing: %s', (_, make) => {
    const { checked, event } = make();
    const { told, known } = readBack(checked, event);
    expect(told).toEqual(known);
  });

  it('has a word for every kind of lineage', () => {
    const subtypes = JSON.stringify([revenue().event, everyKind().event]);
    expect(DIRECT_KINDS.length + DECIDING_KINDS.length).toBe(9);
    for (const subtype of ['IDENTITY', 'TRANSFORMATION', 'AGGREGATION', 'FILTER', 'JOIN', 'GROUP_BY', 'SORT', 'WINDOW', 'CONDITIONAL'])
      expect(subtypes).toContain(`"subtype":"${subtype}"`);
  });

  it('describes tables with Trino types, structs, lists and maps opened up', () => {
    const schema = everyKind().event.inputs.find((input) => input.name.endsWith('/orders'))?.facets.schema;
    const field = (name: string) => schema?.fields.find((one) => one.name === name);
    expect(field('amount')).toEqual({ name: 'amount', type: 'decimal(10,2)', ordinal_position: 4 });
    expect(field('tags')).toMatchObject({
      type: 'map',
      fields: [
        { name: 'key', type: 'varchar' },
        { name: 'value', type: 'varchar' },
      ],
    });
    expect(field('items')).toMatchObject({
      type: 'array',
      fields: [{ name: '_element', type: 'row', fields: [{ name: 'sku' }, { name: 'quantity', type: 'integer' }, { name: 'note' }] }],
    });
  });

  it.each([
    ['a job', undefined, 'JobEvent'],
    ['a run', { id: '3b452093-782c-4ef2-9c0c-aafe2aa6f34d', state: 'COMPLETE' as const }, 'RunEvent'],
  ])('is an event of %s by the published schema', (_, run, kind) => {
    const { event } = resultOf(sql`select order_id from ${orders}`, [column('order_id', 'text')], run && { run });
    expect(event.schemaURL.endsWith(`/${kind}`)).toBe(true);
    expect(problems(event.schemaURL, event)).toEqual([]);
  });

  it('has facets by the published schemas', () => {
    for (const { event } of [revenue(), everyKind()]) {
      for (const dataset of [...event.inputs, ...event.outputs]) {
        expect(problems(dataset.facets.schema._schemaURL, dataset.facets.schema)).toEqual([]);
      }
      const facet = event.outputs[0]?.facets.columnLineage;
      expect(problems(facet?._schemaURL ?? '', facet)).toEqual([]);
    }
  });

  it('would be seen to break the schemas', () => {
    const { event } = revenue();
    const facet = event.outputs[0]?.facets.columnLineage as NonNullable<(typeof event.outputs)[0]['facets']['columnLineage']>;
    const [first] = facet.dataset;
    expect(problems(facet._schemaURL, { ...facet, _producer: undefined })).not.toEqual([]);
    expect(problems(facet._schemaURL, { ...facet, fields: { region: {} } })).not.toEqual([]);
    expect(problems(facet._schemaURL, { ...facet, dataset: [{ ...first, field: undefined }] })).not.toEqual([]);
    expect(problems(facet._schemaURL, { ...facet, dataset: [{ ...first, transformations: [{ subtype: 'JOIN' }] }] })).not.toEqual([]);
    expect(problems(event.schemaURL, { ...event, job: { name: 'x' } })).not.toEqual([]);
  });

  it('refuses lineage that the tables do not have', () => {
    const { checked, table } = revenue();
    const other = { ...table, spec: contractOf('result', [column('region', 'text?'), column('day', 'date')]) };
    expect(() => openLineageEvent({ query: checked, table: other, catalog, job, at })).toThrow(
      "table 'result' has no column 'revenue', which the query gives",
    );
    expect(() => openLineageEvent({ query: { ...checked, tables: [orders] }, table, catalog, job, at })).toThrow(
      "column 'region' comes from 'customers.region', which no table of the query has",
    );
  });

  it('refuses a run whose id is no uuid', () => {
    const { checked, table } = revenue();
    expect(() => openLineageEvent({ query: checked, table, catalog, job, at, run: { id: 'run-1', state: 'START' } })).toThrow(
      "the id of a run must be a uuid, got 'run-1'",
    );
  });

  it('knows technical columns that it is told of', () => {
    const technicalColumns = () => [{ name: '_arrived_at', type: TIMESTAMP, nullable: false }];
    const contract = contractOf('result', [column('order_id', 'text'), column('arrived', 'timestamp')]);
    const checked = checkQuery({
      query: sql`select order_id, _arrived_at as arrived from ${orders}`,
      contract,
      path: 'P',
      bind: false,
      technicalColumns,
    });
    const table = { zone: 'gold' as const, database: 'shop_dev_gold', tableName: 'result', spec: contract };
    expect(() => openLineageEvent({ query: checked, table, catalog, job, at })).toThrow("'orders._arrived_at'");
    const event = openLineageEvent({ query: checked, table, catalog, job, at, technicalColumns });
    expect(event.inputs[0]?.facets.schema.fields.at(-1)?.name).toBe('_arrived_at');
  });

  it("names columns as the contract does, however the query's letters are", () => {
    const { event } = resultOf(sql`select Order_ID, visits as "VISITS" from ${orders}`, [
      column('order_id', 'text'),
      column('visits', 'int'),
    ]);
    expect(Object.keys(event.outputs[0]?.facets.columnLineage?.fields ?? {})).toEqual(['order_id', 'visits']);
  });
});
