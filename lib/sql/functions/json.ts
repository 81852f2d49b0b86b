import { scalar } from './sql-function.js';

/**
 * JSON text of a value, for the library's own statements: what goes to quarantine, and an order for nested values. The text of a
 * double may differ between engines, so nothing that is published may depend on it.
 */
export const JSON_FUNCTIONS = [
  scalar('json_format', '(json) varchar', {
    duckdb: 'cast($1 as varchar)',
    // A field around the value: Spark makes JSON of structs only. `{"v":` and `}` are cut off again.
    spark: "substr(to_json(named_struct('v', $1)), 6, length(to_json(named_struct('v', $1))) - 6)",
    examples: [["CAST('a\"b' AS json)"], ['CAST(5 AS json)'], ['CAST(TRUE AS json)'], ["CAST(ARRAY['a', NULL] AS json)"]],
    note: "for the library's own statements",
  }),
];
