import { type Sql, sqlText } from '../sql.js';
import { candidateName, type StatementTable } from './table-shape.js';

/** Removes the candidate's table. Its files lie under the workgroup's results and expire with them. */
export function dropCandidate(table: StatementTable): Sql {
  return sqlText`DROP TABLE IF EXISTS ${candidateName(table)}`;
}
