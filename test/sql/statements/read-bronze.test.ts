import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { sqlText } from '../../../lib/sql/sql.js';
import { fillStatement, readBronze } from '../../../lib/sql/statements/index.js';
import { VARCHAR } from '../../../lib/sql/types/sql-type.js';
import { column, runParameters, specOf, tableRef } from './shapes.js';
import { Translator } from './translator.js';

const EVENTS = tableRef(
  'bronze',
  specOf('events', [
    column('k', { kind: 'text' }),
    column('n', { kind: 'bigint' }),
    column('amount', { kind: 'decimal', precision: 10, scale: 2 }),
    column('day', { kind: 'date' }),
    column('at', { kind: 'timestamp' }),
    column('lines', {
      kind: 'array',
      element: { kind: 'struct', fields: [{ name: 'price', type: { kind: 'decimal', precision: 5, scale: 1 }, nullable: false }] },
    }),
  ]),
);
const BIGINT = { kind: 'bigint' } as const;
const LINES = { kind: 'array', element: { kind: 'row', fields: [{ name: 'price', type: VARCHAR }] } } as const;
const TECHNICAL = ['_arrived_at', '_position', '_contract', '_extra', 'arrival'];
const PHYSICAL = [
  ...[
    ['k', VARCHAR] as const,
    ['n', BIGINT] as const,
    ['amount', VARCHAR] as const,
    ['day', VARCHAR] as const,
    ['at', VARCHAR] as const,
    ['lines', LINES] as const,
  ],
  ...TECHNICAL.map((name) => [name, VARCHAR] as const),
].map(([name, type]) => ({ name, type, nullable: true }));

describe('a bronze table as queries see it', () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run('CREATE SCHEMA shop_dev_bronze');
    await connection.run(`CREATE TABLE shop_dev_bronze.events (k VARCHAR, n BIGINT, amount VARCHAR, "day" VARCHAR, "at" VARCHAR,
      lines STRUCT(price VARCHAR)[], ${TECHNICAL.map((name) => `${name} VARCHAR`).join(', ')})`);
  });

  async function read(rows: readonly string[], repeats = false) {
    await connection.run('TRUNCATE shop_dev_bronze.events');
    for (const row of rows) await connection.run(`INSERT INTO shop_dev_bronze.events VALUES (${row})`);
    const statement = sqlText`SELECT k, n, amount, day, at, lines FROM ${readBronze(EVENTS, { repeats })} e ORDER BY k`;
    const translator = new Translator([{ database: EVENTS.database, name: 'events', columns: PHYSICAL }]);
    return (await connection.runAndReadAll(translator.toDuckDb(fillStatement(statement, runParameters('run_1'))))).getRowObjectsJson();
  }

  const row = (k: string, { position = k, arrivedAt = '2026-01-31 10:00:00.000000', arrival = '2026-01-31-10' } = {}) =>
    `'${k}', 9007199254740993, '12.50', '2026-01-31', '2026-01-31 09:00:00.000001', [{price: '1.5'}], '${arrivedAt}', 's/${position}', 'v', NULL, '${arrival}'`;

  it('has the types of its contract, exactly', async () => {
    expect(await read([row('a')])).toEqual([
      { k: 'a', n: '9007199254740993', amount: '12.50', day: '2026-01-31', at: '2026-01-31 09:00:00.000001', lines: [{ price: '1.5' }] },
    ]);
  });

  it('KI-3 has one row a position, the first to arrive', async () => {
    const rows = [row('b', { position: '1', arrivedAt: '2026-01-31 10:00:01.000000' }), row('a', { position: '1' }), row('c')];
    expect((await read(rows)).map(({ k }) => k)).toEqual(['a', 'c']);
    expect((await read(rows, true)).map(({ k }) => k)).toEqual(['a', 'b', 'c']);
  });

  it.each([false, true])('IM-4 ends at the moment of the run, to the microsecond (repeats: %s)', async (repeats) => {
    const rows = [
      row('a', { arrivedAt: '2026-01-31 23:59:59.999999', arrival: '2026-01-31-23' }),
      row('b', { arrivedAt: '2026-02-01 00:00:00.000000', arrival: '2026-02-01-00' }),
    ];
    expect((await read(rows, repeats)).map(({ k }) => k)).toEqual(['a']);
  });

  it.each([false, true])('holds the arrivals of the run, both ends included (repeats: %s)', async (repeats) => {
    const rows = ['2025-12-31-23', '2026-01-01-00', '2026-02-01-00', '2026-02-01-01'].map((arrival) => row(arrival, { arrival }));
    expect((await read(rows, repeats)).map(({ k }) => k)).toEqual(['2026-01-01-00', '2026-02-01-00']);
  });

  it('hands no technical column on', async () => {
    const translator = new Translator([{ database: EVENTS.database, name: 'events', columns: PHYSICAL }]);
    const text = fillStatement(sqlText`SELECT e._position AS p FROM ${readBronze(EVENTS)} e`, runParameters('run_1'));
    expect(() => translator.toDuckDb(text)).toThrow(/_position/);
  });
});
