import { ARRIVAL, BRONZE_META } from '../../model/layout.js';
import type { ITableRef } from '../../model/table.js';
import { quoteIdentifier as q } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import { RUN } from './run-parameters.js';
import { castTo } from './table-shape.js';

/**
 * A bronze table as queries see it: contract types, the arrivals of the run, nothing that arrived after its `asOf`, and one row a
 * position (two objects may hold the same record after a bisect or a partial failure, KI-3).
 *
 * @param repeats leaves the last point out, where repeated rows do no harm (see `onlyRepeatsRows`): it costs a sort of everything
 */
export function readBronze(table: ITableRef, { repeats = false }: { readonly repeats?: boolean } = {}): Sql {
  const { position, arrivedAt, contract } = BRONZE_META;
  const columns = table.spec.columns.map(({ name, type }) => `${castTo(q(name), type)} AS ${q(name)}`).join(', ');
  const rows = (selected: string) =>
    sqlText`SELECT ${selected} FROM ${q(table.database)}.${q(table.tableName)} b WHERE b.${q(ARRIVAL)} BETWEEN ${RUN.from} AND ${RUN.to} AND b.${q(arrivedAt)} < CAST(${RUN.asOf} AS varchar)`;
  if (repeats) return sqlText`(${rows(columns)})`;
  const place = `row_number() OVER (PARTITION BY ${q(position)} ORDER BY ${q(arrivedAt)}, ${q(contract)}) AS "_nth"`;
  return sqlText`(SELECT ${columns} FROM (${rows(`b.*, ${place}`)}) WHERE "_nth" = 1)`;
}
