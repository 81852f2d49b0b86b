import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  array,
  bigint,
  boolean,
  contract,
  date,
  decimal,
  double,
  int,
  json,
  map,
  oneOf,
  SchemaLock,
  struct,
  text,
  timestamp,
} from '../../lib/contract/index.js';
import { BronzeTable } from '../../lib/lake/bronze-table.js';
import { IcebergTable } from '../../lib/lake/iceberg-table.js';
import { QuarantineTable } from '../../lib/lake/quarantine-table.js';
import { Partition } from '../../lib/model/partition.js';
import { makeLake, type Untyped } from './make-lake.js';

const Everything = contract('everything', {
  id: text().key().describe('the id'),
  yes: boolean(),
  small: int(),
  large: bigint(),
  about: double(),
  price: decimal(10, 2),
  day: date(),
  at: timestamp().eventTime(),
  status: oneOf('paid', 'shipped'),
  raw: json(),
  tags: array(text()),
  address: struct({ street: text(), since: date() }),
  prices: map(text(), decimal(10, 2)),
});

function tableOf(made: ReturnType<typeof makeLake>, database: string): Untyped {
  const found = Object.values(made.template().findResources('AWS::Glue::Table')).filter(
    (table) => table['Properties'].DatabaseName === database,
  );
  return found[0]!['Properties'];
}

describe('a bronze table', () => {
  const made = makeLake();
  new BronzeTable(made.stack, 'Table', { lake: made.lake, spec: Everything.spec });
  const table = tableOf(made, 'shop_dev_bronze');

  it('has the types that its lines of JSON have, then the technical columns', () => {
    const columns = table.TableInput.StorageDescriptor.Columns.map(({ Name, Type }: Untyped) => [Name, Type]);
    expect(columns).toEqual([
      ['id', 'string'],
      ['yes', 'boolean'],
      ['small', 'int'],
      ['large', 'bigint'],
      ['about', 'double'],
      ['price', 'string'],
      ['day', 'string'],
      ['at', 'string'],
      ['status', 'string'],
      ['raw', 'string'],
      ['tags', 'array<string>'],
      ['address', 'struct<street:string,since:string>'],
      ['prices', 'map<string,string>'],
      ['_arrived_at', 'string'],
      ['_position', 'string'],
      ['_contract', 'string'],
      ['_extra', 'string'],
    ]);
    expect(table.TableInput.StorageDescriptor.Columns[0].Comment).toBe('the id');
  });

  it('is read by the JSON reader, which fails on a line that is none', () => {
    expect(table.TableInput).toMatchObject({
      Name: 'everything',
      TableType: 'EXTERNAL_TABLE',
      StorageDescriptor: {
        SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe', Parameters: { 'ignore.malformed.json': 'false' } },
        InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      },
    });
  });

  it('works out its partitions from the hour of arrival', () => {
    expect(table.TableInput.PartitionKeys).toEqual([expect.objectContaining({ Name: 'arrival', Type: 'string' })]);
    const { 'storage.location.template': template, ...parameters } = table.TableInput.Parameters;
    expect(parameters).toEqual({
      classification: 'json',
      'projection.enabled': 'true',
      'projection.arrival.type': 'date',
      'projection.arrival.format': 'yyyy-MM-dd-HH',
      'projection.arrival.interval': '1',
      'projection.arrival.interval.unit': 'HOURS',
      'projection.arrival.range': '2025-01-01-00,NOW',
    });
    expect(template['Fn::Join'][1].at(-1)).toBe('/everything/arrival=${arrival}/');
    expect(table.TableInput.StorageDescriptor.Location['Fn::Join'][1].at(-1)).toBe('/everything/');
  });

  it('waits for its database, which it names by a literal', () => {
    expect(table.DatabaseName).toBe('shop_dev_bronze');
    made.template().hasResource('AWS::Glue::Table', {
      Properties: { DatabaseName: 'shop_dev_bronze' },
      DependsOn: [Match.stringLikeRegexp('^ShopBronzeDatabase')],
    });
  });

  it('has comments no longer than Glue takes', () => {
    const long = makeLake();
    new BronzeTable(long.stack, 'Table', {
      lake: long.lake,
      spec: { ...Everything.spec, columns: [{ ...Everything.spec.columns[0]!, description: 'x'.repeat(300) }] },
    });
    expect(tableOf(long, 'shop_dev_bronze').TableInput.StorageDescriptor.Columns[0].Comment).toHaveLength(255);
  });
});

describe('a table of refused records', () => {
  it('has what the handlers write', () => {
    const made = makeLake();
    new QuarantineTable(made.stack, 'Refused', { lake: made.lake, spec: Everything.spec });
    const table = tableOf(made, 'shop_dev_quarantine');
    expect(table.TableInput.Name).toBe('bronze_everything');
    expect(table.TableInput.StorageDescriptor.Columns.map(({ Name, Type }: Untyped) => `${Name} ${Type}`)).toEqual([
      'position string',
      'arrived_at string',
      'contract string',
      'reasons array<struct<rule:string,field:string>>',
      'payload_base64 string',
      'payload_key string',
      'bytes bigint',
    ]);
    expect(table.TableInput.Parameters['storage.location.template']['Fn::Join'][1].at(-1)).toBe('/everything/arrival=${arrival}/');
  });
});

describe('an Iceberg table', () => {
  function make(more: Partial<ConstructorParameters<typeof IcebergTable>[2]> = {}, schemaLock?: SchemaLock) {
    const made = makeLake(schemaLock === undefined ? {} : { schemaLock });
    const { name, columns } = Everything.spec;
    new IcebergTable(made.stack, 'Table', { lake: made.lake, zone: 'silver', tableName: name, columns, ...more });
    return { ...made, table: () => tableOf(made, `shop_dev_${more.zone ?? 'silver'}`) };
  }
  const inputOf = (table: Untyped) => table.OpenTableFormatInput.IcebergInput.IcebergTableInput;

  it('has the one shape that survives updates: a name of its own and no TableInput', () => {
    const { table, template } = make();
    expect(Object.keys(table()).sort()).toEqual(['CatalogId', 'DatabaseName', 'Name', 'OpenTableFormatInput']);
    expect(table()).toMatchObject({
      Name: 'everything',
      OpenTableFormatInput: { IcebergInput: { MetadataOperation: 'CREATE', Version: '2' } },
    });
    template().hasResource('AWS::Glue::Table', {
      Properties: { Name: 'everything' },
      DependsOn: [Match.stringLikeRegexp('^ShopSilverDatabase')],
    });
  });

  it('is of format 2, Parquet, zstd, below its own prefix', () => {
    const input = inputOf(make({ description: 'all kinds' }).table());
    expect(input.Properties).toEqual({
      'format-version': '2',
      'write.format.default': 'parquet',
      'write.parquet.compression-codec': 'zstd',
      comment: 'all kinds',
    });
    expect(input.Location['Fn::Join'][1].at(-1)).toBe('/everything/');
  });

  it('has every column with its number, and the run that wrote the row last', () => {
    const fields = inputOf(make().table()).Schema.Fields;
    expect(
      fields.map(({ Name, Type, Required }: Untyped) => [Name, Type.startsWith('{') ? JSON.parse(Type).type : Type, Required]),
    ).toEqual([
      ['id', 'string', true],
      ['yes', 'boolean', true],
      ['small', 'int', true],
      ['large', 'long', true],
      ['about', 'double', true],
      ['price', 'decimal(10, 2)', true],
      ['day', 'date', true],
      ['at', 'timestamp', true],
      ['status', 'string', true],
      ['raw', 'string', true],
      ['tags', 'list', true],
      ['address', 'struct', true],
      ['prices', 'map', true],
      ['_run_id', 'string', true],
    ]);
    expect(fields.map(({ Id }: Untyped) => Id)).toEqual(fields.map((_: unknown, index: number) => index + 1));
  });

  it('asks the lock for its numbers by zone and name', () => {
    const asked: string[] = [];
    const lock = {
      partitionFor: () => 1000,
      idsFor(table: string, columns: never) {
        asked.push(table);
        return new Map([...SchemaLock.none().idsFor(table, columns)].map(([path, id]) => [path, id + 100]));
      },
    };
    const fields = inputOf(make({}, lock).table()).Schema.Fields;
    expect(asked).toEqual(['silver.everything']);
    expect(fields[0].Id).toBe(101);
  });

  it.each([
    ['at', 8],
    ['day', 7],
  ])('has days, months or years of %s as partitions when asked', (column, SourceId) => {
    for (const by of ['day', 'month', 'year'] as const) {
      expect(inputOf(make({ partition: Partition[by](column) }).table()).PartitionSpec).toEqual({
        SpecId: 0,
        Fields: [{ Name: `${column}_${by}`, SourceId, Transform: by, FieldId: 1000 }],
      });
    }
  });

  it('asks the lock for the number of its partition', () => {
    const none = SchemaLock.none();
    const lock = {
      idsFor: none.idsFor.bind(none),
      partitionFor: (table: string, { by }: { by: string }) => (table === 'silver.everything' && by === 'month' ? 1002 : 0),
    };
    expect(inputOf(make({ partition: Partition.month('at') }, lock).table()).PartitionSpec).toMatchObject({
      SpecId: 2,
      Fields: [{ FieldId: 1002 }],
    });
  });

  it('is not partitioned by itself', () => {
    expect(inputOf(make().table()).PartitionSpec).toBeUndefined();
  });

  it.each([
    ['price', 'decimal'],
    ['nowhere', 'no such column'],
  ])('refuses the days of %s', (column, got) => {
    expect(() => make({ partition: Partition.day(column) })).toThrow(
      `partition day on 'everything.${column}' needs a date or timestamp column, got ${got}; use 'day' or 'at'`,
    );
  });

  it('refuses a unit that is none', () => {
    expect(() => make({ partition: { column: 'at', by: 'hour' } as never })).toThrow(
      'partition of \'everything\' is Partition.day(\'column\'), .month(\'column\') or .year(\'column\'), got {"column":"at","by":"hour"}',
    );
  });

  it('lies apart from refused records in quarantine, whose age ends them', () => {
    const table = make({ zone: 'quarantine', tableName: 'silver_everything' }).table();
    expect(inputOf(table).Location['Fn::Join'][1].at(-1)).toBe('/tables/silver_everything/');
  });
});
