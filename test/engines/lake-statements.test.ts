import { beforeAll, describe, expect, it } from 'vitest';
import { STATEMENTS } from './lake-statements.js';
import { openLake } from './lake-tables.js';
import { disagreements, type TableEngines } from './table-engines.js';

let engines: TableEngines;

beforeAll(async () => {
  engines = await openLake('statement_lake');
});

const ordered = (sql: string) => /\border by [^()]*$/.test(sql);

describe('statements over a lake pass the gate and give equal rows on Trino, DuckDB and Spark, ANSI mode off and on', () => {
  it.each(Object.entries(STATEMENTS))('%s', async (_name, sql) => {
    const outcomes = await engines.run(engines.texts(sql));
    expect(disagreements(outcomes, { ordered: ordered(sql) })).toEqual([]);
  });
});
