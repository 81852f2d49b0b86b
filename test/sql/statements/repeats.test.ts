import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../lib/sql/parse/read.js';
import { onlyRepeatsRows } from '../../../lib/sql/statements/index.js';

const isBronze = (database: string) => database === 'bronze';

/** Queries over bronze.e (k, v, list) and silver.d (k, v), and whether repeated rows of bronze only repeat rows of the result. */
const HARMLESS = [
  'select k, v + 1 as v from bronze.e where v > 0',
  'select distinct k from bronze.e',
  'select e.k, d.v from bronze.e e left join silver.d d on d.k = e.k',
  'select a.k, b.v from bronze.e a join bronze.e b on a.k = b.k',
  'select e.k, u.x from bronze.e e cross join unnest(e.list) with ordinality as u (x, n)',
  'select k from bronze.e union all select k from silver.d',
  'select k from bronze.e except select k from silver.d',
  'select k from silver.d where k in (select k from bronze.e)',
  'select k from silver.d d where exists (select 1 as one from bronze.e e where e.k = d.k)',
  'select e.k, s.n from bronze.e e join (select k, count(*) as n from silver.d group by k) s on s.k = e.k',
  'with s as (select k, max(v) as v from silver.d group by k) select e.k, s.v from bronze.e e join s on s.k = e.k',
  'select e.k, (select max(v) from silver.d) as top from bronze.e e',
];
const HARMFUL = [
  'select k, count(*) as n from bronze.e group by k',
  'select count(*) as n from bronze.e',
  'select k, row_number() over (order by k) as n from bronze.e',
  'select k from bronze.e limit 2',
  'select k from bronze.e except all select k from silver.d',
  'with x as (select k, sum(v) as v from bronze.e group by k) select k, v from x',
  'select d.k, x.n from silver.d d join (select count(*) as n from bronze.e) x on true',
  'select d.k, (select max(v) from bronze.e) as top from silver.d d',
  'select k from silver.d where k in (select k from bronze.e group by k having count(*) > 1)',
  'with x as (select k, v from bronze.e) select sum(v) as v from x',
];

describe('a query over rows that may be repeated', () => {
  it.each(HARMLESS)('only repeats rows of its result: %s', (text) => {
    expect(onlyRepeatsRows(parseQuery(text), isBronze)).toBe(true);
  });

  it.each(HARMFUL)('may give other rows: %s', (text) => {
    expect(onlyRepeatsRows(parseQuery(text), isBronze)).toBe(false);
  });

  it.each(HARMLESS)('is right about it: %s', async (text) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run('CREATE SCHEMA bronze; CREATE SCHEMA silver; CREATE TABLE silver.d (k VARCHAR, v INTEGER)');
    await connection.run('CREATE TABLE bronze.e (k VARCHAR, v INTEGER, list INTEGER[])');
    await connection.run("INSERT INTO silver.d VALUES ('a', 1), ('b', 2), ('c', 3), ('c', 4)");
    await connection.run("INSERT INTO bronze.e VALUES ('a', 1, [1, 1]), ('b', 2, []), ('c', -1, [3]), (NULL, 4, NULL)");
    const distinct = async () => (await connection.runAndReadAll(`SELECT DISTINCT * FROM (${text}) ORDER BY ALL`)).getRowsJson();
    const once = await distinct();
    await connection.run("INSERT INTO bronze.e SELECT * FROM bronze.e WHERE k IS NULL OR k <> 'b'");
    expect(await distinct()).toEqual(once);
  });
});
