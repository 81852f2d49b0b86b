import { isInteger } from '../types/coercion.js';
import { BIGINT, DOUBLE, decimalType, type SqlType } from '../types/sql-type.js';
import { type AggregateFunction, aggregate, type RenderedCall, type SqlFunction, windowFunction } from './sql-function.js';

const INTEGERS = ['3', '1', 'NULL', '2', '2'];
const DOUBLES = ['0.5E0', '1.5E0', 'NULL', '4E0'];
const DECIMALS = ["DECIMAL '1.25'", "DECIMAL '-3.10'", 'NULL'];
const TEXTS = ["'b'", "'a'", 'NULL', "'c'"];
const BOOLEANS = ['true', 'false', 'NULL'];

function sumType([type]: readonly SqlType[]): SqlType {
  if (type === undefined) return BIGINT;
  if (type.kind === 'decimal') return decimalType(38, type.scale);
  return isInteger(type) ? BIGINT : type;
}

function averageType([type]: readonly SqlType[]): SqlType {
  return type?.kind === 'decimal' || type?.kind === 'real' ? type : DOUBLE;
}

const casted = (call: RenderedCall) => `cast(${call.args[0]} as ${call.typeText(call.result)})`;

function ofDoubles(name: string, duckdb = name, spark = name): AggregateFunction {
  return aggregate(name, '(double) double', {
    duckdb,
    spark,
    nulls: 'sometimes',
    examples: [DOUBLES],
    note: 'the last digits may differ between engines',
  });
}

function ofPairs(name: string): AggregateFunction {
  return aggregate(name, '(double, double) double', {
    nulls: 'sometimes',
    examples: [['1E0', '2E0', '3E0']],
    distinct: false,
    note: 'the last digits may differ between engines',
  });
}

/** Aggregates. Each may also stand over a window, unless it says not. */
export const AGGREGATE_FUNCTIONS: readonly SqlFunction[] = [
  aggregate('count', '(T?) bigint', { nulls: 'never', examples: [INTEGERS, TEXTS] }),
  aggregate('count_if', '(boolean) bigint', {
    nulls: 'never',
    distinct: false,
    duckdb: { name: 'count_if', wrap: 'cast(coalesce($1, 0) as bigint)' },
    examples: [BOOLEANS],
  }),
  aggregate('sum', '(N:number) N', {
    resultType: sumType,
    duckdb: { name: 'sum', wrap: casted },
    spark: { name: 'sum', wrap: casted },
    examples: [INTEGERS, DECIMALS],
  }),
  aggregate('avg', '(N:number) N', {
    resultType: averageType,
    duckdb: { name: 'avg', wrap: casted },
    spark: { name: 'avg', wrap: casted },
    examples: [INTEGERS, DECIMALS, DOUBLES],
  }),
  aggregate('min', '(T:orderable) T', { examples: [INTEGERS, TEXTS, DECIMALS] }),
  aggregate('max', '(T:orderable) T', { examples: [INTEGERS, TEXTS, DECIMALS] }),
  aggregate('max_by', '(T, K:orderable) T', { duckdb: 'arg_max_null', distinct: false, examples: [INTEGERS], note: 'ties choose any row' }),
  aggregate('min_by', '(T, K:orderable) T', { duckdb: 'arg_min_null', distinct: false, examples: [INTEGERS], note: 'ties choose any row' }),
  aggregate('arbitrary', '(T) T', {
    duckdb: 'any_value',
    spark: 'first',
    distinct: false,
    examples: [['7', '7']],
    note: 'any value: for columns that are equal in the group',
  }),
  aggregate('any_value', '(T) T', {
    duckdb: 'any_value',
    spark: 'first',
    distinct: false,
    examples: [['7', '7']],
    note: 'any value: for columns that are equal in the group',
  }),
  aggregate('bool_and', '(boolean) boolean', { distinct: false, examples: [BOOLEANS, ['true', 'NULL']] }),
  aggregate('bool_or', '(boolean) boolean', { distinct: false, examples: [BOOLEANS, ['false', 'NULL']] }),
  aggregate('every', '(boolean) boolean', { distinct: false, duckdb: 'bool_and', spark: 'every', examples: [BOOLEANS] }),
  aggregate('array_agg', '(T) array(T)', {
    duckdb: 'array_agg',
    spark: 'collect_list',
    ordered: true,
    window: false,
    examples: [INTEGERS],
    note: 'needs order by',
  }),
  aggregate('listagg', '(varchar, varchar?) varchar', {
    duckdb: 'string_agg',
    spark: 'listagg',
    ordered: true,
    window: false,
    examples: [TEXTS],
    note: 'within group (order by …)',
  }),
  ofDoubles('stddev', 'stddev_samp', 'stddev_samp'),
  ofDoubles('stddev_samp'),
  ofDoubles('stddev_pop'),
  ofDoubles('variance', 'var_samp', 'var_samp'),
  ofDoubles('var_samp'),
  ofDoubles('var_pop'),
  ofPairs('covar_pop'),
  ofPairs('covar_samp'),
];

/** Functions that only stand over a window. */
export const WINDOW_FUNCTIONS: readonly SqlFunction[] = [
  windowFunction('row_number', '() bigint', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('rank', '() bigint', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('dense_rank', '() bigint', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('percent_rank', '() double', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('cume_dist', '() double', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('ntile', '(bigint) bigint', { nulls: 'never', examples: [INTEGERS] }),
  windowFunction('lag', '(T, bigint?, T?) T', { nulls: 'sometimes', ignoreNulls: true, examples: [INTEGERS] }),
  windowFunction('lead', '(T, bigint?, T?) T', { nulls: 'sometimes', ignoreNulls: true, examples: [INTEGERS] }),
  windowFunction('first_value', '(T) T', { nulls: 'sometimes', ignoreNulls: true, frame: true, examples: [INTEGERS] }),
  windowFunction('last_value', '(T) T', { nulls: 'sometimes', ignoreNulls: true, frame: true, examples: [INTEGERS] }),
  windowFunction('nth_value', '(T, bigint) T', { nulls: 'sometimes', ignoreNulls: true, frame: true, examples: [INTEGERS] }),
];
