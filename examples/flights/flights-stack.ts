import { fileURLToPath } from 'node:url';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { DataLake, type Environment, FileSource, full, Pipeline, replaceWindows, SchemaLock, SqlTransform, sql } from 'cdk-medallion';
import type { Construct } from 'constructs';
import { Airport, AirportDelay, Flight, Route } from './contracts.js';

export interface FlightsProps extends StackProps {
  readonly environment: Environment;
}

const SCHEMA_LOCK = fileURLToPath(new URL('schema-lock.json', import.meta.url));

/** Public data from files: a Parquet file of flights and a CSV file of airports. */
export class FlightsStack extends Stack {
  constructor(scope: Construct, id: string, { environment, ...props }: FlightsProps) {
    super(scope, id, props);
    const lake = new DataLake(this, 'Lake', { name: 'flights', environment, schemaLock: SchemaLock.file(SCHEMA_LOCK) });
    const pipeline = new Pipeline(this, 'Flights', { lake });
    const flightFiles = new FileSource(pipeline, 'FlightFiles', { contract: Flight, format: 'parquet' });
    const airportFiles = new FileSource(pipeline, 'AirportFiles', { contract: Airport, format: 'csv' });

    const flights = new SqlTransform(pipeline, 'CleanFlights', {
      zone: 'silver',
      contract: Flight,
      write: replaceWindows('departed_at'),
      query: sql`select departed_at, delay, distance, origin, destination from ${flightFiles}`,
    });
    const airports = new SqlTransform(pipeline, 'CleanAirports', {
      zone: 'silver',
      contract: Airport,
      write: full(),
      query: sql`select iata, name, city, state, country, latitude, longitude from ${airportFiles}`,
    });

    new SqlTransform(pipeline, 'AirportDelays', {
      zone: 'gold',
      contract: AirportDelay,
      write: replaceWindows('day'),
      query: sql`
        select date(f.departed_at) as day, a.iata, a.city, a.state,
               count(*) as flights,
               count_if(f.delay >= 15) as late,
               sum(f.delay) as total_delay,
               max(f.delay) as worst_delay
        from ${flights} f
        join ${airports} a on a.iata = f.origin
        group by 1, 2, 3, 4`,
    });
    new SqlTransform(pipeline, 'Routes', {
      zone: 'gold',
      contract: Route,
      write: full(),
      query: sql`
        select f.origin, f.destination, o.name as origin_name, d.name as destination_name,
               count(*) as flights,
               max(f.distance) as distance,
               cast(avg(cast(f.delay as decimal(12, 2))) as decimal(10, 2)) as mean_delay
        from ${flights} f
        left join ${airports} o on o.iata = f.origin
        left join ${airports} d on d.iata = f.destination
        group by 1, 2, 3, 4`,
    });
  }
}
