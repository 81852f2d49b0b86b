import { beforeAll, describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../scripts/engines/result.js';
import { quoteLongIntegers } from '../../scripts/engines/trino-client.js';
import { clients, duckdb, spark, trino } from './engines.js';

const BUCKET = 'smoke';
const DATABASE = 'smoke';

beforeAll(async () => {
  const { glue, s3 } = await clients();
  await s3.createBucket({ Bucket: BUCKET });
  await glue.createDatabase({ DatabaseInput: { Name: DATABASE, LocationUri: `s3://${BUCKET}/` } });
});

const rowsOf = async (engine: QueryEngine, sql: string) => (await engine.query(sql)).rows;

describe('the engines of these tests', () => {
  it('give the same text for the same value', async () => {
    const values = `9223372036854775807, cast(1.50 as decimal(10, 2)), -0e0, timestamp '2026-01-01 00:00:00.123', date '2026-01-01', true`;
    const expected = [['9223372036854775807', '1.50', '0', '2026-01-01 00:00:00.123000', '2026-01-01', 'true']];
    expect(await rowsOf(await trino(), `select ${values}`)).toEqual(expected);
    expect(await rowsOf(await spark(), `select ${values}`)).toEqual(expected);
  });

  it('keep integers of 64 bits on their way through JSON', () => {
    expect(
      JSON.parse(quoteLongIntegers('[9007199254740993, "1234567890123456789", 0.12345678901234566, 1.5, "a\\"9007199254740993"]')),
    ).toEqual(['9007199254740993', '1234567890123456789', 0.12345678901234566, 1.5, 'a"9007199254740993']);
  });

  it('read and change one Iceberg table: Trino makes it, Spark merges into it, DuckDB reads it', async () => {
    await rowsOf(
      await trino(),
      `create table iceberg.${DATABASE}.points (id bigint, at timestamp(6), amount decimal(10, 2)) with (partitioning = array['day(at)'])`,
    );
    await rowsOf(
      await trino(),
      `insert into iceberg.${DATABASE}.points values (1, timestamp '2026-01-01 00:00:00.000001', 1.50), (2, timestamp '2026-01-02 00:00:00', 2.50)`,
    );
    await rowsOf(
      await spark(),
      `merge into iceberg.${DATABASE}.points t using (select 2L id, timestamp_ntz '2026-01-02 00:00:00' at, cast(9.99 as decimal(10, 2)) amount
         union all select 3L, timestamp_ntz '2026-01-03 00:00:00', cast(3.50 as decimal(10, 2))) s on t.id = s.id
       when matched then update set t.amount = s.amount when not matched then insert *`,
    );
    const expected = [
      ['1', '2026-01-01 00:00:00.000001', '1.50'],
      ['2', '2026-01-02 00:00:00.000000', '9.99'],
      ['3', '2026-01-03 00:00:00.000000', '3.50'],
    ];
    expect(await rowsOf(await trino(), `select * from iceberg.${DATABASE}.points order by id`)).toEqual(expected);
    expect(await rowsOf(await spark(), `select * from iceberg.${DATABASE}.points order by id`)).toEqual(expected);
    const { glue } = await clients();
    const { Table } = await glue.getTable({ DatabaseName: DATABASE, Name: 'points' });
    const metadata = Table!.Parameters!['metadata_location']!;
    expect(await rowsOf(await duckdb(), `select * from iceberg_scan('${metadata}') order by id`)).toEqual(expected);
  });

  it('lose no commit when several are made at once', async () => {
    const engine = await trino();
    await engine.query(`create table iceberg.${DATABASE}.counted (n bigint)`);
    const attempts = Array.from({ length: 8 }, (_, n) => engine.query(`insert into iceberg.${DATABASE}.counted values (${n})`));
    const done = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled').length;
    expect(await rowsOf(engine, `select cast(count(*) as varchar) from iceberg.${DATABASE}.counted`)).toEqual([[String(done)]]);
  });
});
