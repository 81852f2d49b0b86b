import type { ColumnSpec } from './spec.js';

interface SpecColumns {
  readonly columns: readonly ColumnSpec[];
}

/** The columns that together name a row, in order. Empty if the contract has no key. */
export function keyColumns(spec: SpecColumns): ColumnSpec[] {
  return spec.columns.filter(({ key }) => key);
}

/** The column that orders the versions of a row. */
export function sequenceColumn(spec: SpecColumns): ColumnSpec | undefined {
  return spec.columns.find(({ sequence }) => sequence);
}

/** The column that says when what the row tells of happened. */
export function eventTimeColumn(spec: SpecColumns): ColumnSpec | undefined {
  return spec.columns.find(({ eventTime }) => eventTime);
}
