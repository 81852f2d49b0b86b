import { type RenderedCall, scalar } from './sql-function.js';

/** NULL for text that is no JSON. A CASE of its own, because DuckDB works out both sides of an AND for a whole column. */
function onlyJson(call: RenderedCall): string {
  return `case when json_valid(${call.args[0]}) then ${call.args[0]} end`;
}

/**
 * JSON text of a value, for the library's own statements: what goes to quarantine, and an order for nested values. The text of a
 * double may differ between engines, so nothing that is published may depend on it.
 */
export const JSON_FUNCTIONS = [
  scalar('json_format', '(json) varchar', {
    internal: true,
    duckdb: 'cast($1 as varchar)',
    // A field around the value: Spark makes JSON of structs only. `{"v":` and `}` are cut off again.
    spark: "substr(to_json(named_struct('v', $1)), 6, length(to_json(named_struct('v', $1))) - 6)",
    examples: [["CAST('a\"b' AS json)"], ['CAST(5 AS json)'], ['CAST(TRUE AS json)'], ["CAST(ARRAY['a', NULL] AS json)"]],
    note: "for the library's own statements",
  }),
  scalar('json_extract_scalar', '(varchar, varchar) varchar', {
    nulls: 'sometimes',
    duckdb: (call) =>
      `case when json_type(${onlyJson(call)}, ${call.args[1]}) in ('VARCHAR', 'BOOLEAN', 'BIGINT', 'UBIGINT', 'DOUBLE') then json_extract_string(${onlyJson(call)}, ${call.args[1]}) end`,
    spark: (call) =>
      `case when left(ltrim(get_json_object(concat('[', ${call.args[0]}, ']'), replace(${call.args[1]}, '$', '$[0]'))), 1) not in ('[', '{') then get_json_object(${call.args[0]}, ${call.args[1]}) end`,
    constants: [1],
    checkConstant: (path) => (/^\$(\.[A-Za-z_]\w*|\[\d+\])*$/.test(path) ? undefined : "takes a path written '$.a.b[0]'"),
    examples: [
      [`'{"a": {"b": "x"}, "n": 12, "t": true}'`, "'$.a.b'"],
      [`'{"a": {"b": "x"}, "n": 12, "t": true}'`, "'$.n'"],
      [`'{"a": {"b": "x"}, "n": 12, "t": true}'`, "'$.t'"],
      [`'{"a": {"b": "x"}}'`, "'$.a'"],
      [`'{"a": [1, 2]}'`, "'$.a[1]'"],
      [`'{"a": null}'`, "'$.a'"],
      [`'{"a": 1}'`, "'$.b'"],
      ["'no json'", "'$.b'"],
      ['CAST(NULL AS varchar)', "'$.b'"],
    ],
    note: 'NULL for objects, arrays and text that is no JSON',
  }),
];
