import type { RenderedCall } from '../functions/sql-function.js';

interface SortKey {
  readonly text: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * `array_agg` and `listagg` with an order: Spark collects in no order, so structs of the keys and the value are collected, sorted and
 * taken apart. All keys have one direction, which the analyzer sees to. Before each key stands whether it is NULL, so that NULLs go where
 * the text says.
 */
export function orderedList(
  name: string,
  call: RenderedCall,
  keys: readonly SortKey[],
  distinct: boolean,
  filter: string | undefined,
): string {
  const [value = 'null', separator = "''"] = call.args;
  const descending = keys[0]?.descending ?? false;
  const parts = keys.flatMap((key, at) => {
    const nullIsGreater = key.nullsFirst === descending;
    return [`${key.text} is ${nullIsGreater ? '' : 'not '}null as n${at}`, `${key.text} as k${at}`];
  });
  const conditions = [...(filter === undefined ? [] : [filter]), ...(name === 'listagg' ? [`${value} is not null`] : [])];
  const where = conditions.length === 0 ? '' : ` filter (where ${conditions.join(' and ')})`;
  const collected = `${distinct ? 'collect_set' : 'collect_list'}(struct(${[...parts, `${value} as v`].join(', ')}))${where}`;
  const list = `transform(sort_array(${collected}, ${descending ? 'false' : 'true'}), _s -> _s.v)`;
  const result = name === 'listagg' ? `array_join(${list}, ${separator})` : list;
  return `case when count(${name === 'listagg' ? value : '*'})${filter === undefined ? '' : ` filter (where ${filter})`} > 0 then ${result} end`;
}
