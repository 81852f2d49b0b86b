import type { AggregateFunction, ScalarFunction, SqlFunction, WindowFunction } from '../../lib/sql/functions/sql-function.js';
import { FUNCTIONS } from '../../lib/sql/functions/table.js';

/** One query of one value, in the library's dialect. */
export interface ConformanceCase {
  readonly function: string;
  readonly sql: string;
}

/** What the function table's examples become: calls on literals, the same on columns (engines fold literals), empty groups, windows. */
export function conformanceCases(): ConformanceCase[] {
  return [...FUNCTIONS.values()].flatMap((entry) => sqlOf(entry).map((sql) => ({ function: entry.name, sql })));
}

function sqlOf(entry: SqlFunction): string[] {
  switch (entry.kind) {
    case 'scalar':
      return entry.internal === true ? [] : scalarSql(entry);
    case 'aggregate':
      return entry.examples.flatMap((values) => aggregateSql(entry, values));
    case 'window':
      return entry.examples.flatMap((values) => windowSql(entry, values));
  }
}

function scalarSql(entry: ScalarFunction): string[] {
  return entry.examples.flatMap((args) => {
    const literal = `SELECT ${scalarCall(entry, args)} AS r`;
    // A literal that a rendering reads, and a lambda, cannot come from a column.
    const fromColumn = args.map((arg, n) => !entry.constants.includes(n) && !arg.includes('->'));
    if (!fromColumn.includes(true)) return [literal];
    const call = args.map((arg, n) => (fromColumn[n] ? `v.a${n}` : arg));
    const given = args.flatMap((arg, n) => (fromColumn[n] ? [{ arg, name: `a${n}` }] : []));
    const row = `(${given.map(({ arg }) => arg).join(', ')})`;
    return [literal, `SELECT ${scalarCall(entry, call)} AS r FROM (VALUES ${row}) AS v (${given.map(({ name }) => name).join(', ')})`];
  });
}

/** A moment with a zone has no text that all engines share: it is brought back to UTC, which is how it may be used. */
function scalarCall({ name }: ScalarFunction, args: readonly string[]): string {
  const call = `${name}(${args.join(', ')})`;
  return name === 'with_timezone' ? `CAST(${call} AT TIME ZONE 'UTC' AS timestamp(6))` : call;
}

/** The call of an aggregate over the columns v (the example's values) and k (1, 2, 3 …). */
function aggregateCall({ name }: AggregateFunction, distinct = ''): string {
  switch (name) {
    case 'array_agg':
      return `array_agg(${distinct}t.v ORDER BY t.v)`;
    case 'listagg':
      return `listagg(${distinct}t.v, ',') WITHIN GROUP (ORDER BY t.v)`;
    case 'max_by':
    case 'min_by':
      return `${name}(t.v, t.k)`;
    case 'corr':
    case 'covar_pop':
    case 'covar_samp':
      return `${name}(CAST(t.v AS double), CAST(t.k * t.k AS double))`;
    default:
      return `${name}(${distinct}t.v)`;
  }
}

function table(values: readonly string[]): string {
  return `(VALUES ${values.map((value, n) => `(${value}, ${n + 1})`).join(', ')}) AS t (v, k)`;
}

function aggregateSql(entry: AggregateFunction, values: readonly string[]): string[] {
  const from = table(values);
  return [
    `SELECT ${aggregateCall(entry)} AS r FROM ${from}`,
    `SELECT ${aggregateCall(entry)} AS r FROM ${from} WHERE t.k > 100`,
    ...(entry.allowsDistinct ? [`SELECT ${aggregateCall(entry, 'DISTINCT ')} AS r FROM ${from}`] : []),
    ...(entry.allowsWindow
      ? values.map(
          (_, n) => `SELECT w.r FROM (SELECT t.k, ${aggregateCall(entry)} OVER (ORDER BY t.k) AS r FROM ${from}) AS w WHERE w.k = ${n + 1}`,
        )
      : []),
  ];
}

const WINDOW_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  ntile: ['2'],
  lag: ['t.v', 't.v, 2', 't.v, 1, 99'],
  lead: ['t.v', 't.v, 2', 't.v, 1, 99'],
  first_value: ['t.v'],
  last_value: ['t.v'],
  nth_value: ['t.v, 2'],
};

function windowSql(entry: WindowFunction, values: readonly string[]): string[] {
  const calls = (WINDOW_ARGUMENTS[entry.name] ?? ['']).map((args) => `${entry.name}(${args})`);
  const frames = entry.frame ? ['', ' ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'] : [''];
  const nulls = entry.ignoreNulls ? ['', ' IGNORE NULLS'] : [''];
  // Ranks see ties; what depends on the place of a row gets a total order.
  const order = entry.frame || entry.ignoreNulls || ['row_number', 'ntile'].includes(entry.name) ? 't.k' : 't.v';
  return calls.flatMap((call) =>
    frames.flatMap((frame) =>
      nulls.flatMap((ignore) =>
        values.map(
          (_, n) =>
            `SELECT w.r FROM (SELECT t.k, ${call}${ignore} OVER (ORDER BY ${order}${frame}) AS r FROM ${table(values)}) AS w WHERE w.k = ${n + 1}`,
        ),
      ),
    ),
  );
}
