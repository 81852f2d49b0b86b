import type { ITableRef } from './table.js';

/** What a role does with a table of the catalog: reads it, or makes it, which is reading and writing. */
export interface TableUse {
  readonly table: Pick<ITableRef, 'database' | 'tableName'>;
  readonly use: 'reads' | 'makes';
}
