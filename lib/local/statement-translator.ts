import { LakeError } from '../contract/lake-error.js';
import type { GlueTable } from './lake-tables.js';
import type { QueryReport } from './report.js';
import type { Warehouse } from './warehouse.js';

/** Turns the statements of a run into DuckDB's and runs them; remembers the candidates that they make. */
export class StatementTranslator {
  constructor(readonly tables: readonly GlueTable[]) {}

  async run(_warehouse: Warehouse, _text: string): Promise<QueryReport | undefined> {
    throw new LakeError('local/not-yet', 'waits for the SQL room');
  }
}
