/** A partition that a table has, or had. */
export interface LockedPartition {
  readonly id: number;
  /** Number of the column whose values are divided. */
  readonly source: number;
  /** Iceberg's word for the calendar unit. */
  readonly by: 'day' | 'month' | 'year';
}

/** Partition fields are numbered from here on by the Iceberg specification. */
export const FIRST_PARTITION_FIELD = 1000;

/** The partition with its number: the one it had, or the next. Files remember a partition by its number, so that none is given twice. */
export function assignPartition(
  known: readonly LockedPartition[],
  { source, by }: Omit<LockedPartition, 'id'>,
): { readonly partition: LockedPartition; readonly partitions: readonly LockedPartition[] } {
  const same = known.find((partition) => partition.source === source && partition.by === by);
  if (same !== undefined) return { partition: same, partitions: known };
  const partition = { id: Math.max(FIRST_PARTITION_FIELD - 1, ...known.map(({ id }) => id)) + 1, source, by };
  return { partition, partitions: [...known, partition] };
}
