import type { ColumnSpec } from '../contract/spec.js';

/** How a table's files are divided: by calendar units (UTC) of a date or timestamp column. */
export interface Partition<N extends string = string> {
  readonly column: N;
  readonly by: PartitionUnit;
}

export type PartitionUnit = 'day' | 'month' | 'year';

/**
 * A read that names a range of the column opens only its partitions, and a write may touch at most 100 of them: choose the unit so that
 * a run stays well below. Merging by key never looks at a partition alone, since a row may move to another.
 */
export const Partition = {
  day: <const N extends string>(column: N): Partition<N> => ({ column, by: 'day' }),
  month: <const N extends string>(column: N): Partition<N> => ({ column, by: 'month' }),
  year: <const N extends string>(column: N): Partition<N> => ({ column, by: 'year' }),
} as const;

/** What is wrong with a partition of a table, in a sentence; for what slips past the compiler. */
export function partitionProblem(
  partition: Partition,
  table: { readonly name: string; readonly columns: readonly ColumnSpec[] },
): string | undefined {
  const { column, by } = partition;
  if (by !== 'day' && by !== 'month' && by !== 'year') {
    return `partition of '${table.name}' is Partition.day('column'), .month('column') or .year('column'), got ${JSON.stringify(partition)}`;
  }
  const fitting = table.columns.filter(({ type }) => type.kind === 'date' || type.kind === 'timestamp').map(({ name }) => name);
  if (fitting.includes(column)) return undefined;
  const got = table.columns.find(({ name }) => name === column)?.type.kind ?? 'no such column';
  const remedy =
    fitting.length === 0 ? 'the contract has none: leave partition out' : `use ${fitting.map((name) => `'${name}'`).join(' or ')}`;
  return `partition ${by} on '${table.name}.${column}' needs a date or timestamp column, got ${got}; ${remedy}`;
}
