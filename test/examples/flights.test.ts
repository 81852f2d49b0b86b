import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlightsStack } from '../../examples/flights/flights-stack.js';
import type { DeliveryReport, LocalLake, RunReport } from '../../lib/local/index.js';
import { openLake, rowsOf, synthesize } from './run.js';

const data = resolve(import.meta.dirname, '../../node_modules/vega-datasets/data');
const FLIGHTS = join(data, 'flights-3m.parquet');
const AIRPORTS = join(data, 'airports.csv');

/** Half a million real flights: the first days of the file. */
const UNTIL = '2001-02-01';

let lake: LocalLake;
let run: RunReport;
let flights: DeliveryReport;
let airports: DeliveryReport;

beforeAll(async () => {
  const part = join(mkdtempSync(join(tmpdir(), 'medallion-flights-')), 'flights.parquet');
  await raw(`copy (select * from '${FLIGHTS}' where date < '${UNTIL}') to '${part}' (format parquet)`);
  const assembly = synthesize((app) => new FlightsStack(app, 'Flights', { environment: { name: 'dev' } }));
  lake = await openLake(assembly);
  flights = await lake.deliver('flights', part);
  airports = await lake.deliver('airports', AIRPORTS);
  run = (await lake.run())[0]!;
}, 300_000);

afterAll(() => lake?.close());

/** Another reader of the same raw files: DuckDB alone, every value as text. */
async function raw(sql: string): Promise<Record<string, string | null>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(sql);
  const names = reader.columnNames();
  return reader.getRowsJson().map((row) => Object.fromEntries(row.map((value, i) => [names[i]!, value === null ? null : String(value)])));
}

describe('the flights of January 2001', () => {
  it('takes every row of both files, and says so', async () => {
    const [count] = await raw(`select count(*) as n from '${FLIGHTS}' where date < '${UNTIL}'`);
    expect(Number(count!['n'])).toBeGreaterThan(400_000);
    expect(flights).toMatchObject({ received: Number(count!['n']), written: Number(count!['n']), rejected: 0, failed: 0 });
    expect(airports).toMatchObject({ received: 3376, written: 3376, rejected: 0, failed: 0 });
    expect(run).toMatchObject({ status: 'succeeded' });
  });

  it('reaches the delays that DuckDB reads from the raw files', async () => {
    const expected = await raw(`
      select cast(cast(f.date as date) as varchar) as day, a.iata, a.city, a.state, count(*) as flights,
             count(*) filter (where f.delay >= 15) as late, sum(f.delay) as total_delay, max(f.delay) as worst_delay
      from '${FLIGHTS}' f join read_csv('${AIRPORTS}') a on a.iata = f.origin
      where f.date < '${UNTIL}' group by all order by 1, 2`);
    const found = await rowsOf(
      lake,
      'select day, iata, city, state, flights, late, total_delay, worst_delay from airport_delays order by day, iata',
    );
    expect(found.length).toBeGreaterThan(5000);
    expect(found).toEqual(expected);
  });

  it('reaches the routes that DuckDB reads from the raw files', async () => {
    const expected = await raw(`
      select origin, destination, o.name as origin_name, d.name as destination_name, count(*) as flights, max(distance) as distance,
             cast(round(cast(sum(delay) as decimal(38, 6)) / count(*), 2) as decimal(10, 2)) as mean_delay
      from '${FLIGHTS}' f left join read_csv('${AIRPORTS}') o on o.iata = origin left join read_csv('${AIRPORTS}') d on d.iata = destination
      where f.date < '${UNTIL}' group by all order by 1, 2`);
    const found = await rowsOf(
      lake,
      'select origin, destination, origin_name, destination_name, flights, distance, mean_delay from routes order by origin, destination',
    );
    expect(found).toEqual(expected);
  });
});
