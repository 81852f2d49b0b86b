import { type RenderedCall, type SqlFunction, scalar } from './sql-function.js';

const LISTS: readonly (readonly string[])[] = [
  ['ARRAY[3, 1, 2, 1]'],
  ['ARRAY[1, NULL, 2]'],
  ['CAST(ARRAY[] AS array(integer))'],
  ['CAST(NULL AS array(integer))'],
];

function elementKind(call: RenderedCall): string | undefined {
  const [type] = call.types;
  return type?.kind;
}

/** A list's greatest or least: NULL as soon as one element is. */
function extremeOf(name: 'array_max' | 'array_min', duckdb: string): SqlFunction {
  return scalar(name, '(array(T:orderable)) T', {
    nulls: 'sometimes',
    duckdb: `case when len($1) = list_count($1) then ${duckdb}($1) end`,
    spark: `case when not exists($1, _x -> _x is null) then ${name}($1) end`,
    examples: LISTS,
  });
}

/** Folded, not aggregated: DuckDB's own string_agg takes a literal separator only. */
function joined(call: RenderedCall): string {
  const [list, separator, instead] = call.args as [string, string, string | undefined];
  const texts =
    instead === undefined
      ? `list_filter(${list}, lambda _x: _x is not null)`
      : `list_transform(${list}, lambda _x: coalesce(_x, ${instead}))`;
  return `case when ${list} is null then null when len(${texts}) = 0 then '' else list_reduce(${texts}, lambda _a, _b: _a || ${separator} || _b) end`;
}

/** Functions over arrays and maps. */
export const COLLECTION_FUNCTIONS: readonly SqlFunction[] = [
  scalar('cardinality', ['(array(T)) bigint', '(map(K, V)) bigint'], {
    duckdb: (call) => (elementKind(call) === 'map' ? `cast(cardinality(${call.args[0]}) as bigint)` : `len(${call.args[0]})`),
    spark: 'cast(case when $1 is null then null else size($1) end as bigint)',
    examples: [...LISTS, ["MAP(ARRAY['a'], ARRAY[1])"]],
  }),
  scalar('element_at', ['(array(T), bigint) T', '(map(K, V), K) V'], {
    nulls: 'sometimes',
    duckdb: (call) => (elementKind(call) === 'map' ? `${call.args[0]}[${call.args[1]}]` : `list_extract(${call.args[0]}, ${call.args[1]})`),
    spark: (call) =>
      elementKind(call) === 'map'
        ? `try_element_at(${call.args.join(', ')})`
        : `try_element_at(${call.args[0]}, cast(${call.args[1]} as int))`,
    examples: [
      ['ARRAY[10, 20]', '2'],
      ['ARRAY[10, 20]', '3'],
      ['ARRAY[10, 20]', '-1'],
      ["MAP(ARRAY['a', 'b'], ARRAY[1, NULL])", "'b'"],
      ["MAP(ARRAY['a', 'b'], ARRAY[1, 2])", "'c'"],
    ],
    note: 'NULL where there is no such element',
  }),
  scalar('contains', '(array(T:comparable), T:comparable) boolean', {
    nulls: 'sometimes',
    duckdb:
      'case when list_contains($1, $2) then true when $2 is null or len($1) <> list_count($1) then null else list_contains($1, $2) end',
    spark: 'array_contains($*)',
    examples: [
      ['ARRAY[1, 2]', '2'],
      ['ARRAY[1, 2]', '3'],
      ['ARRAY[1, NULL]', '3'],
      ['ARRAY[1, NULL]', '1'],
    ],
  }),
  scalar('array_position', '(array(T:comparable), T:comparable) bigint', {
    duckdb: 'case when $1 is null or $2 is null then null else cast(coalesce(list_position($1, $2), 0) as bigint) end',
    examples: [
      ['ARRAY[5, 6, 6]', '6'],
      ['ARRAY[5, 6]', '7'],
      ['ARRAY[5, NULL]', '5'],
    ],
  }),
  scalar('array_distinct', '(array(T:comparable)) array(T)', {
    duckdb: 'list_filter($1, lambda _x, _i: list_position($1, _x) = _i)',
    examples: LISTS,
    note: 'keeps the first of equal elements',
  }),
  scalar('array_sort', '(array(T:orderable)) array(T)', {
    duckdb: "list_sort($1, 'ASC', 'NULLS LAST')",
    spark: 'array_sort($1)',
    examples: LISTS,
  }),
  extremeOf('array_max', 'list_max'),
  extremeOf('array_min', 'list_min'),
  scalar('array_remove', '(array(T:comparable), T:comparable) array(T)', {
    duckdb: 'case when $2 is null then null else list_filter($1, lambda _x: _x is null or _x <> $2) end',
    examples: [
      ['ARRAY[1, 2, 1]', '1'],
      ['ARRAY[1, NULL]', '1'],
      ['ARRAY[1]', '2'],
    ],
  }),
  scalar('array_join', '(array(varchar), varchar, varchar?) varchar', {
    duckdb: joined,
    examples: [
      ["ARRAY['a', 'b']", "'-'"],
      ["ARRAY['a', NULL, 'b']", "'-'"],
      ["ARRAY['a', NULL]", "'-'", "'?'"],
      ['CAST(ARRAY[] AS array(varchar))', "','"],
    ],
  }),
  scalar('arrays_overlap', '(array(T:comparable), array(T:comparable)) boolean', {
    nulls: 'sometimes',
    duckdb:
      'case when list_has_any($1, $2) then true when len($1) <> list_count($1) or len($2) <> list_count($2) then null else list_has_any($1, $2) end',
    examples: [
      ['ARRAY[1, 2]', 'ARRAY[2, 3]'],
      ['ARRAY[1]', 'ARRAY[2]'],
      ['ARRAY[1, NULL]', 'ARRAY[2]'],
    ],
  }),
  scalar('slice', '(array(T), bigint, bigint) array(T)', {
    duckdb: 'list_slice($1, $2, $2 + $3 - 1)',
    spark: 'slice($1, cast($2 as int), cast($3 as int))',
    examples: [
      ['ARRAY[1, 2, 3, 4]', '2', '2'],
      ['ARRAY[1, 2]', '2', '9'],
    ],
  }),
  scalar('sequence', '(bigint, bigint, bigint?) array(bigint)', {
    duckdb: (call) =>
      `generate_series(${call.args[0]}, ${call.args[1]}, ${call.args[2] ?? `case when ${call.args[1]} < ${call.args[0]} then -1 else 1 end`})`,
    examples: [
      ['1', '4'],
      ['1', '10', '3'],
      ['3', '1'],
      ['1', 'CAST(NULL AS bigint)'],
    ],
  }),
  scalar('flatten', '(array(array(T))) array(T)', {
    examples: [['ARRAY[ARRAY[1, 2], ARRAY[3]]'], ['ARRAY[ARRAY[1], CAST(ARRAY[] AS array(integer))]']],
  }),
  scalar('repeat', '(T, bigint) array(T)', {
    nulls: 'never',
    duckdb: 'list_transform(range($2), lambda _i: $1)',
    spark: 'array_repeat($1, cast($2 as int))',
    examples: [
      ["'x'", '3'],
      ['1', '0'],
    ],
  }),
  scalar('transform', '(array(T), fn(T, U)) array(U)', {
    nulls: 'first',
    duckdb: 'list_transform($*)',
    examples: [
      ['ARRAY[1, 2, NULL]', 'x -> x + 1'],
      ['CAST(ARRAY[] AS array(integer))', 'x -> x + 1'],
    ],
  }),
  scalar('filter', '(array(T), fn(T, boolean)) array(T)', {
    nulls: 'first',
    duckdb: 'list_filter($*)',
    examples: [
      ['ARRAY[1, 2, NULL]', 'x -> x > 1'],
      ["ARRAY['a', NULL]", 'x -> x IS NOT NULL'],
    ],
  }),
  scalar('any_match', '(array(T), fn(T, boolean)) boolean', {
    nulls: 'sometimes',
    duckdb: matchInDuckDb('list_bool_or', 'true'),
    spark: 'exists($*)',
    examples: [
      ['ARRAY[1, 2]', 'x -> x > 1'],
      ['ARRAY[1, NULL]', 'x -> x > 1'],
      ['ARRAY[2, NULL]', 'x -> x > 1'],
      ['CAST(ARRAY[] AS array(integer))', 'x -> x > 1'],
    ],
  }),
  scalar('all_match', '(array(T), fn(T, boolean)) boolean', {
    nulls: 'sometimes',
    duckdb: matchInDuckDb('list_bool_and', 'false'),
    spark: 'forall($*)',
    examples: [
      ['ARRAY[1, 2]', 'x -> x > 1'],
      ['ARRAY[2, NULL]', 'x -> x > 1'],
      ['ARRAY[1, NULL]', 'x -> x > 1'],
      ['CAST(ARRAY[] AS array(integer))', 'x -> x > 1'],
    ],
  }),
  scalar('reduce', '(array(T), S, fn(S, T, S), fn(S, R)) R', {
    nulls: 'sometimes',
    duckdb: reduceInDuckDb,
    spark: 'aggregate($*)',
    examples: [
      ['ARRAY[1, 2, 3]', '0', '(s, x) -> s + x', 's -> s'],
      ['ARRAY[1, 2]', "'a'", '(s, x) -> s || cast(x as varchar)', 's -> upper(s)'],
      ['CAST(NULL AS array(integer))', '0', '(s, x) -> s + x', 's -> s'],
    ],
  }),
  scalar('map', '(array(K), array(V)) map(K, V)', {
    duckdb: 'map($*)',
    spark: 'map_from_arrays($*)',
    examples: [["ARRAY['a', 'b']", 'ARRAY[1, NULL]']],
  }),
  scalar('map_keys', '(map(K, V)) array(K)', { examples: [["MAP(ARRAY['a'], ARRAY[1])"]] }),
  scalar('map_values', '(map(K, V)) array(V)', { examples: [["MAP(ARRAY['a'], ARRAY[1])"]] }),
];

/** One element decides; else one unknown outcome leaves the whole unknown; DuckDB's own aggregates pass over NULL. */
function matchInDuckDb(aggregate: string, decides: 'true' | 'false'): string {
  const rest = decides === 'true' ? 'false' : 'true';
  const found = `coalesce(${aggregate}(list_transform($*)), ${rest})`;
  const unknown = 'list_count(list_transform($*)) < len($1)';
  return `case when $1 is null then null when ${found} = ${decides} then ${decides} when ${unknown} then null else ${rest} end`;
}

/**
 * DuckDB's own start value must be of the elements' type, and a lambda beside it reads columns of other rows (duckdb issue 25816).
 * So state and element travel together in one list, the state first.
 */
function reduceInDuckDb(call: RenderedCall): string {
  const [list, start, step, finish] = call.args as [string, string, string, string];
  const [, state, element, next] = /^lambda (\w+), (\w+): (.*)$/s.exec(step) as unknown as [string, string, string, string];
  const pairs = `list_concat([struct_pack(s := ${start}, x := _l[1])], list_transform(_l, lambda _x: struct_pack(s := ${start}, x := _x)))`;
  const stepped = `list_transform([_a.s], lambda ${state}: list_transform([_b.x], lambda ${element}: ${next})[1])[1]`;
  const reduced = `list_reduce(${pairs}, lambda _a, _b: struct_pack(s := ${stepped}, x := _b.x)).s`;
  const guarded = `case when _l is null then null else list_transform([${reduced}], ${finish})[1] end`;
  return `list_transform([${list}], lambda _l: ${guarded})[1]`;
}
