import type { RunParameters } from '../../model/run.js';
import { asOf, parameter, type Sql, type SqlParameter } from '../sql.js';

/** The parameters of a run as holes of a statement. `Open run` gives each as finished SQL text. */
export const RUN = {
  id: parameter('id', "'run'"),
  name: parameter('name', 'run'),
  asOf,
  from: parameter('from', "'2000-01-01-00'"),
  to: parameter('to', "'2000-01-01-00'"),
} as const satisfies Partial<Record<keyof RunParameters, SqlParameter>>;

/** The statement as it runs: every hole filled from the run. */
export function fillStatement(statement: Sql, parameters: RunParameters): string {
  return statement.textWith(({ name }) => parameters[name as keyof RunParameters]);
}
