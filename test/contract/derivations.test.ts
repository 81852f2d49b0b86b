import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  array,
  bigint,
  boolean,
  bronzeColumns,
  contract,
  date,
  decimal,
  double,
  duckdbColumns,
  icebergColumns,
  int,
  json,
  map,
  oneOf,
  SchemaLock,
  struct,
  type TypeSpec,
  text,
  timestamp,
} from '../../lib/contract/index.js';
import { tableColumns } from './arbitrary-spec.js';

const { spec } = contract('every_type', {
  a: text().describe('the first'),
  b: boolean(),
  c: int().nullable(),
  d: bigint(),
  e: double(),
  f: decimal(10, 2),
  g: date(),
  h: timestamp().from('at'),
  i: oneOf('x', 'y'),
  j: array(struct({ k: text(), l: array(date()).nullable() })),
  m: map(text(), decimal(3, 1)),
  n: json(),
  o: struct({ p: struct({ q: bigint().describe('deep') }) }),
});

describe('columns of a bronze table', () => {
  it('are what lies in the JSON, under the columns own names', () => {
    expect(bronzeColumns(spec)).toEqual([
      { name: 'a', type: 'string', comment: 'the first' },
      { name: 'b', type: 'boolean' },
      { name: 'c', type: 'int' },
      { name: 'd', type: 'bigint' },
      { name: 'e', type: 'double' },
      { name: 'f', type: 'string' },
      { name: 'g', type: 'string' },
      { name: 'h', type: 'string' },
      { name: 'i', type: 'string' },
      { name: 'j', type: 'array<struct<k:string,l:array<string>>>' },
      { name: 'm', type: 'map<string,string>' },
      { name: 'n', type: 'string' },
      { name: 'o', type: 'struct<p:struct<q:bigint>>' },
    ]);
  });
});

describe('columns of an Iceberg table', () => {
  const columns = icebergColumns(spec, SchemaLock.none().idsFor('silver.every_type', spec));

  it('have the types of Iceberg, decimals with the blank that Glue keeps', () => {
    expect(columns.slice(0, 9).map(({ type }) => type)).toEqual([
      'string',
      'boolean',
      'int',
      'long',
      'double',
      'decimal(10, 2)',
      'date',
      'timestamp',
      'string',
    ]);
  });

  it('are required unless nullable, and carry their descriptions', () => {
    expect(columns[0]).toEqual({ id: 1, name: 'a', required: true, type: 'string', doc: 'the first' });
    expect(columns[2]).toEqual({ id: 3, name: 'c', required: false, type: 'int' });
  });

  it('have nested types as JSON of the Iceberg specification', () => {
    const nested = (name: string) => JSON.parse(columns.find((column) => column.name === name)!.type) as unknown;
    expect(nested('j')).toEqual({
      type: 'list',
      'element-id': 14,
      'element-required': false,
      element: {
        type: 'struct',
        fields: [
          { id: 18, name: 'k', required: false, type: 'string' },
          { id: 19, name: 'l', required: false, type: { type: 'list', 'element-id': 21, element: 'date', 'element-required': false } },
        ],
      },
    });
    expect(nested('m')).toEqual({
      type: 'map',
      'key-id': 15,
      key: 'string',
      'value-id': 16,
      value: 'decimal(3, 1)',
      'value-required': false,
    });
    expect(nested('o')).toEqual({
      type: 'struct',
      fields: [
        {
          id: 17,
          name: 'p',
          required: false,
          type: { type: 'struct', fields: [{ id: 20, name: 'q', required: false, type: 'long', doc: 'deep' }] },
        },
      ],
    });
  });

  it('write keys in the order in which Iceberg does', () => {
    expect(columns.find(({ name }) => name === 'm')?.type).toBe(
      '{"type":"map","key-id":15,"key":"string","value-id":16,"value":"decimal(3, 1)","value-required":false}',
    );
  });

  it('use every number that was given, once', () => {
    fc.assert(
      fc.property(tableColumns, (table) => {
        const ids = SchemaLock.none().idsFor('silver.t', table);
        const written = icebergColumns(table, ids).flatMap(({ id, type }) => [
          id,
          ...[...type.matchAll(/"(?:id|element-id|key-id|value-id)":(\d+)/g)].map((match) => Number(match[1])),
        ]);
        expect(written.sort((a, b) => a - b)).toEqual([...ids.values()].sort((a, b) => a - b));
      }),
    );
  });

  it('cannot be made with the numbers of other columns', () => {
    expect(() => icebergColumns(spec, new Map([['a', 1]]))).toThrow("no field id for 'b': ask the schema lock for ids of the same columns");
  });

  it('takes technical columns that are put after the contract', () => {
    const table = { columns: [...spec.columns, { name: '_run_id', type: { kind: 'text' } as TypeSpec, nullable: false }] };
    expect(icebergColumns(table, SchemaLock.none().idsFor('silver.every_type', table)).at(-1)).toEqual({
      id: 14,
      name: '_run_id',
      required: true,
      type: 'string',
    });
  });
});

describe('columns of a DuckDB table', () => {
  it('are what DuckDB takes, and gives back', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`create table t (${duckdbColumns(spec).join(', ')})`);
    const reader = await connection.runAndReadAll('select column_name, column_type, "null" from (describe t)');
    expect(reader.getRows()).toEqual([
      ['a', 'VARCHAR', 'NO'],
      ['b', 'BOOLEAN', 'NO'],
      ['c', 'INTEGER', 'YES'],
      ['d', 'BIGINT', 'NO'],
      ['e', 'DOUBLE', 'NO'],
      ['f', 'DECIMAL(10,2)', 'NO'],
      ['g', 'DATE', 'NO'],
      ['h', 'TIMESTAMP', 'NO'],
      ['i', 'VARCHAR', 'NO'],
      ['j', 'STRUCT(k VARCHAR, l DATE[])[]', 'NO'],
      ['m', 'MAP(VARCHAR, DECIMAL(3,1))', 'NO'],
      ['n', 'VARCHAR', 'NO'],
      ['o', 'STRUCT(p STRUCT(q BIGINT))', 'NO'],
    ]);
    connection.closeSync();
  });

  it('are taken by DuckDB whatever the contract', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await fc.assert(
      fc.asyncProperty(tableColumns, async (table) => {
        await connection.run(`create or replace table t (${duckdbColumns(table).join(', ')})`);
        const reader = await connection.runAndReadAll('select count(*) from (describe t)');
        expect(Number(reader.getRows()[0]?.[0])).toBe(table.columns.length);
      }),
      { numRuns: 50 },
    );
    connection.closeSync();
  });
});
