import { type SqlFunction, scalar } from './sql-function.js';

/** Functions that choose. */
export const CONDITIONAL_FUNCTIONS: readonly SqlFunction[] = [
  scalar('coalesce', '(T, T…) T', {
    nulls: 'sometimes',
    examples: [
      ['CAST(NULL AS integer)', '2'],
      ['1', '2'],
      ['CAST(NULL AS integer)', 'CAST(NULL AS integer)'],
      ['1', "DECIMAL '2.50'"],
    ],
  }),
  scalar('nullif', '(T:comparable, T:comparable) T', {
    nulls: 'sometimes',
    examples: [
      ['1', '1'],
      ['1', '2'],
      ['CAST(NULL AS integer)', '1'],
      ["'a'", "'a'"],
    ],
  }),
  scalar('if', '(boolean, T, T?) T', {
    nulls: 'sometimes',
    duckdb: (call) => `case when ${call.args[0]} then ${call.args[1]}${call.args[2] === undefined ? '' : ` else ${call.args[2]}`} end`,
    spark: (call) => `case when ${call.args[0]} then ${call.args[1]}${call.args[2] === undefined ? '' : ` else ${call.args[2]}`} end`,
    examples: [
      ['true', '1', '2'],
      ['false', '1'],
      ['CAST(NULL AS boolean)', "'a'", "'b'"],
    ],
  }),
];
