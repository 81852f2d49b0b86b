import type { SqlType } from '../types/sql-type.js';
import { type RenderedCall, type SqlFunction, scalar } from './sql-function.js';

const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
const MOMENTS = [
  "TIMESTAMP '2026-03-29 01:59:59.999999'",
  "TIMESTAMP '1969-12-31 23:59:59.500000'",
  "TIMESTAMP '2024-02-29 00:00:00.000000'",
];
const DAYS = ["DATE '2026-01-31'", "DATE '2024-02-29'", "DATE '2025-12-29'", 'CAST(NULL AS date)'];

/** A part of a date or moment as a number. */
function part(name: string, duckdb: string, spark: string, moments: boolean): SqlFunction {
  return scalar(name, moments ? ['(timestamp) bigint'] : ['(date) bigint', '(timestamp) bigint'], {
    duckdb: `cast(${duckdb} as bigint)`,
    spark: `cast(${spark} as bigint)`,
    examples: [...MOMENTS.map((moment) => [moment]), ...(moments ? [] : DAYS.map((day) => [day]))],
  });
}

function unitOf(call: RenderedCall): string {
  return (call.constants[0] ?? '').toLowerCase();
}

function keepDate(call: RenderedCall, text: string, of: number): string {
  return call.types[of]?.kind === 'date' ? `cast(${text} as date)` : `cast(${text} as timestamp)`;
}

function duckdbInterval(unit: string, amount: string): string {
  switch (unit) {
    case 'quarter':
      return `to_months(cast(3 * ${amount} as integer))`;
    case 'week':
      return `to_days(cast(7 * ${amount} as integer))`;
    case 'day':
    case 'month':
    case 'year':
      return `to_${unit}s(cast(${amount} as integer))`;
    default:
      return `to_${unit}s(${amount})`;
  }
}

/** Months of the units that are counted in months. */
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

function sparkDifference(call: RenderedCall): string {
  const [, from, to] = call.args;
  const months = MONTHS[unitOf(call)];
  if (months !== undefined) return `cast(months_between(${to}, ${from}) / ${months} as bigint)`;
  return `cast(timestampdiff(${unitOf(call)}, ${from}, ${to}) as bigint)`;
}

const dateOnlyUnits = (types: readonly SqlType[], at: number) => types[at] as SqlType;

const MYSQL_FORMAT: Readonly<Record<string, readonly [string, string]>> = {
  Y: ['%Y', 'yyyy'],
  m: ['%m', 'MM'],
  d: ['%d', 'dd'],
  H: ['%H', 'HH'],
  i: ['%M', 'mm'],
  s: ['%S', 'ss'],
};

/** The part of MySQL's formats that all engines share; anything else in the literal is refused. */
const DATE_FORMAT = /^(?:%[YmdHis]|[-/:., T_]|%%)*$/;

function format(call: RenderedCall, engine: 0 | 1): string {
  const given = call.constants[1] ?? '';
  const text = given.replaceAll(/%(.)|T/g, (match, code: string | undefined) => {
    if (code === undefined) return engine === 0 ? 'T' : "''T''";
    return MYSQL_FORMAT[code]?.[engine] ?? (engine === 0 ? match : '%');
  });
  return `'${text}'`;
}

/** Functions over dates and moments. Every moment is UTC with microseconds. */
export const DATE_TIME_FUNCTIONS: readonly SqlFunction[] = [
  scalar('date', ['(date) date', '(timestamp) date', '(varchar) date'], {
    duckdb: 'cast($1 as date)',
    spark: 'cast($1 as date)',
    examples: [...MOMENTS.map((moment) => [moment]), ["DATE '2026-01-31'"]],
  }),
  part('year', 'year($1)', 'year($1)', false),
  part('quarter', 'quarter($1)', 'quarter($1)', false),
  part('month', 'month($1)', 'month($1)', false),
  part('week', 'week($1)', 'weekofyear($1)', false),
  part('week_of_year', 'week($1)', 'weekofyear($1)', false),
  part('year_of_week', 'isoyear($1)', 'extract(yearofweek from $1)', false),
  part('day', 'day($1)', 'day($1)', false),
  part('day_of_month', 'day($1)', 'day($1)', false),
  part('day_of_week', 'isodow($1)', '(weekday($1) + 1)', false),
  part('dow', 'isodow($1)', '(weekday($1) + 1)', false),
  part('day_of_year', 'dayofyear($1)', 'dayofyear($1)', false),
  part('doy', 'dayofyear($1)', 'dayofyear($1)', false),
  part('hour', 'hour($1)', 'hour($1)', true),
  part('minute', 'minute($1)', 'minute($1)', true),
  part('second', 'second($1)', 'second($1)', true),
  part('millisecond', '(millisecond($1) % 1000)', "date_format($1, 'SSS')", true),
  scalar('last_day_of_month', ['(date) date', '(timestamp) date'], {
    duckdb: 'last_day($1)',
    spark: 'last_day($1)',
    examples: [...DAYS.map((day) => [day]), ...MOMENTS.map((moment) => [moment])],
  }),
  scalar('date_trunc', ['(varchar, date) date', '(varchar, timestamp) timestamp'], {
    duckdb: (call) => keepDate(call, `date_trunc(${call.args.join(', ')})`, 1),
    spark: (call) => keepDate(call, `date_trunc(${call.args.join(', ')})`, 1),
    constants: [0],
    options: { 0: UNITS },
    examples: [
      ["'month'", "DATE '2026-01-31'"],
      ["'week'", "DATE '2026-01-01'"],
      ["'quarter'", "DATE '2026-05-31'"],
      ...UNITS.flatMap((unit) => MOMENTS.map((moment) => [`'${unit}'`, moment])),
    ],
  }),
  scalar('date_add', ['(varchar, bigint, date) date', '(varchar, bigint, timestamp) timestamp'], {
    duckdb: (call) => keepDate(call, `${call.args[2]} + ${duckdbInterval(unitOf(call), call.args[1] as string)}`, 2),
    spark: (call) => keepDate(call, `timestampadd(${unitOf(call)}, ${call.args[1]}, ${call.args[2]})`, 2),
    resultType: (types) => dateOnlyUnits(types, 2),
    constants: [0],
    options: { 0: UNITS },
    examples: [
      ["'month'", '1', "DATE '2026-01-31'"],
      ["'day'", '-1', "DATE '2026-03-01'"],
      ["'year'", '-1', "DATE '2024-02-29'"],
      ["'week'", '2', "DATE '2026-12-25'"],
      ...UNITS.flatMap((unit) => MOMENTS.map((moment) => [`'${unit}'`, '-3', moment])),
    ],
  }),
  scalar('date_diff', ['(varchar, date, date) bigint', '(varchar, timestamp, timestamp) bigint'], {
    duckdb: (call) => `date_sub(${call.args.join(', ')})`,
    spark: (call) => sparkDifference(call),
    constants: [0],
    options: { 0: UNITS },
    checkConstant: (unit, _, types) =>
      MONTHS[unit.toLowerCase()] !== undefined && types[1]?.kind !== 'date' ? `of ${unit}s takes dates: cast both to date` : undefined,
    examples: [
      ["'day'", "DATE '2026-01-31'", "DATE '2026-03-01'"],
      ["'month'", "DATE '2026-01-31'", "DATE '2026-02-28'"],
      ["'year'", "DATE '2024-02-29'", "DATE '2025-02-28'"],
      ["'day'", "TIMESTAMP '2026-01-01 23:00:00.000000'", "TIMESTAMP '2026-01-02 01:00:00.000000'"],
      ["'hour'", "TIMESTAMP '2026-01-02 01:30:00.000000'", "TIMESTAMP '2026-01-01 23:00:00.000000'"],
      ["'quarter'", "DATE '2026-01-01'", "DATE '2025-01-01'"],
    ],
    note: 'whole units elapsed, toward zero',
  }),
  scalar('to_unixtime', '(timestamp) double', {
    duckdb: 'epoch($1)',
    spark: '(unix_micros(cast($1 as timestamp)) / 1e6D)',
    examples: MOMENTS.map((moment) => [moment]),
  }),
  scalar('from_iso8601_date', '(varchar) date', {
    duckdb: 'cast($1 as date)',
    spark: 'cast($1 as date)',
    examples: [["'2026-01-31'"], ["'1969-12-31'"]],
  }),
  scalar('with_timezone', '(timestamp, varchar) timestamptz', {
    duckdb: 'timezone($2, $1)',
    spark: 'to_utc_timestamp($1, $2)',
    constants: [1],
    examples: [
      ["TIMESTAMP '2026-07-01 12:00:00.000000'", "'Europe/Berlin'"],
      ["TIMESTAMP '2026-01-01 12:00:00.000000'", "'UTC'"],
    ],
    note: "inside cast(with_timezone(t, 'UTC') at time zone 'Europe/Berlin' as timestamp(6))",
  }),
  scalar('date_format', '(timestamp, varchar) varchar', {
    // Trino rounds to milliseconds before it writes, which can carry into the seconds.
    duckdb: (call) => `strftime(date_trunc('millisecond', ${call.args[0]} + to_microseconds(500)), ${format(call, 0)})`,
    spark: (call) => `date_format(date_trunc('MILLISECOND', ${call.args[0]} + interval '0.0005' second), ${format(call, 1)})`,
    constants: [1],
    checkConstant: (value) =>
      DATE_FORMAT.test(value) ? undefined : 'takes %Y %m %d %H %i %s and punctuation: other letters differ between engines',
    examples: [
      ["TIMESTAMP '2026-01-31 09:05:07.123456'", "'%Y-%m-%d %H:%i:%s'"],
      ["TIMESTAMP '2026-01-31 23:59:59.999600'", "'%Y/%m/%d'"],
      ['CAST(NULL AS timestamp(6))', "'%Y'"],
    ],
    note: 'takes %Y %m %d %H %i %s and punctuation',
  }),
];
