import { bigint, contract, date, decimal, double, int, text, timestamp } from 'cdk-medallion/contract';

/** Domestic flights of the United States in 2001, as the Bureau of Transportation Statistics published them. */
export const Flight = contract(
  'flights',
  {
    departed_at: timestamp().eventTime().from('date').describe('scheduled departure, local time of the airport'),
    delay: int().unit('minutes').describe('negative when early'),
    distance: int().min(0).unit('miles'),
    origin: text().matches('^[A-Z0-9]{3}$'),
    destination: text().matches('^[A-Z0-9]{3}$'),
  },
  { owner: 'flights', description: 'one row a flight; the file has no key' },
);

export const Airport = contract(
  'airports',
  {
    iata: text().key(),
    name: text(),
    city: text(),
    state: text(),
    country: text(),
    latitude: double().between(-90, 90),
    longitude: double().between(-180, 180),
  },
  { owner: 'flights', description: 'airports of the United States' },
);

export const AirportDelay = contract(
  'airport_delays',
  {
    day: date().key(),
    iata: text().key(),
    city: text(),
    state: text(),
    flights: bigint(),
    late: bigint().describe('15 minutes or more'),
    total_delay: bigint().unit('minutes'),
    worst_delay: int().unit('minutes'),
  },
  { owner: 'flights', description: 'departures of each airport, by day' },
);

export const Route = contract(
  'routes',
  {
    origin: text().key(),
    destination: text().key(),
    origin_name: text().nullable(),
    destination_name: text().nullable(),
    flights: bigint(),
    distance: int().unit('miles'),
    mean_delay: decimal(10, 2).unit('minutes'),
  },
  { owner: 'flights', description: 'every pair of airports with a flight' },
);
