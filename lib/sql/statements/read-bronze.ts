import { ARRIVAL, BRONZE_META } from '../../model/layout.js';
import type { ITableRef } from '../../model/table.js';
import { quoteIdentifier as q } from '../literal.js';
import { type Sql, sqlText } from '../sql.js';
import { RUN } from './run-parameters.js';
import { castTo } from './table-shape.js';

/**
 * A bronze table as queries see it: contract types, the arrivals of the run, nothing that arrived after its `asOf`, and one row a
 * position (two objects may hold the same record after a bisect or a partial failure, KI-3).
 */
export function readBronze(table: ITableRef): Sql {
  const { position, arrivedAt, contract } = BRONZE_META;
  const columns = table.spec.columns.map(({ name, type }) => `${castTo(q(name), type)} AS ${q(name)}`);
  const order = [arrivedAt, contract].map(q).join(', ');
  return sqlText`(SELECT ${columns.join(', ')} FROM (SELECT b.*, row_number() OVER (PARTITION BY ${q(position)} ORDER BY ${order}) AS "_nth" FROM ${q(table.database)}.${q(table.tableName)} b WHERE b.${q(ARRIVAL)} BETWEEN ${RUN.from} AND ${RUN.to} AND b.${q(arrivedAt)} < CAST(${RUN.asOf} AS varchar)) WHERE "_nth" = 1)`;
}
