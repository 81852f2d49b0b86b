import { AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS } from './aggregates.js';
import { COLLECTION_FUNCTIONS } from './collection.js';
import { CONDITIONAL_FUNCTIONS } from './conditional.js';
import { DATE_TIME_FUNCTIONS } from './date-time.js';
import { JSON_FUNCTIONS } from './json.js';
import { NUMBER_FUNCTIONS } from './number.js';
import type { SqlFunction } from './sql-function.js';
import { TEXT_FUNCTIONS } from './text.js';

/** Every function that may be called. One entry says all there is to say about a function. */
export const FUNCTIONS: ReadonlyMap<string, SqlFunction> = new Map(
  [
    TEXT_FUNCTIONS,
    NUMBER_FUNCTIONS,
    DATE_TIME_FUNCTIONS,
    COLLECTION_FUNCTIONS,
    CONDITIONAL_FUNCTIONS,
    JSON_FUNCTIONS,
    AGGREGATE_FUNCTIONS,
    WINDOW_FUNCTIONS,
  ].flatMap((group) => group.map((entry) => [entry.name, entry] as const)),
);

/** What to write instead of functions that are not on the list. */
export const INSTEAD: Readonly<Record<string, string>> = {
  now: "use ${asOf}, the run's frozen moment",
  current_timestamp: "use ${asOf}, the run's frozen moment",
  getdate: "use ${asOf}, the run's frozen moment",
  sysdate: "use ${asOf}, the run's frozen moment",
  current_date: "use date(${asOf}), the day of the run's frozen moment",
  today: "use date(${asOf}), the day of the run's frozen moment",
  random: 'it gives other values on every run',
  rand: 'it gives other values on every run',
  uuid: 'it gives other values on every run; derive an id from the key with to_hex(sha256(to_utf8(…)))',
  shuffle: 'it gives another order on every run',
  datediff: "use date_diff('day', a, b)",
  dateadd: "use date_add('day', n, x)",
  to_date: 'use cast(x as date)',
  to_timestamp: 'use cast(x as timestamp(6))',
  ifnull: 'use coalesce(a, b)',
  nvl: 'use coalesce(a, b)',
  isnull: 'use x is null',
  iff: 'use if(c, a, b)',
  decode: 'use case',
  len: 'use length(x)',
  char_length: 'use length(x)',
  left: 'use substr(x, 1, n)',
  right: 'use substr(x, -n)',
  instr: 'use strpos(x, part)',
  charindex: 'use strpos(x, part)',
  string_agg: 'use listagg(x, sep) within group (order by …)',
  group_concat: 'use listagg(x, sep) within group (order by …)',
  collect_list: 'use array_agg(x order by …)',
  collect_set: 'use array_agg(distinct x order by x)',
  list: 'use array_agg(x order by …)',
  size: 'use cardinality(x)',
  array_length: 'use cardinality(x)',
  array_contains: 'use contains(x, value)',
  list_contains: 'use contains(x, value)',
  explode: 'use cross join unnest(x) as t (y)',
  unnest: 'use cross join unnest(x) as t (y)',
  get_json_object: 'use json_extract_scalar(x, path)',
  json_extract: 'use json_extract_scalar(x, path)',
  sha2: 'use to_hex(sha256(to_utf8(x)))',
  epoch: 'use to_unixtime(x)',
  unix_timestamp: 'use to_unixtime(x)',
  strftime: "use date_format(x, '%Y-%m-%d')",
  date_part: 'use extract(field from x)',
  datepart: 'use extract(field from x)',
  dayofweek: 'use day_of_week(x): Monday is 1',
  weekday: 'use day_of_week(x): Monday is 1',
  last_day: 'use last_day_of_month(x)',
  months_between: "use date_diff('month', a, b)",
  try: 'use try_cast(x as t), or nullif(x, 0) under a division',
  approx_distinct: 'engines give other estimates; use count(distinct x)',
  approx_percentile: 'engines give other estimates',
  median: 'engines differ; rank the rows with row_number()',
  typeof: 'types are known when the query is checked',
};
