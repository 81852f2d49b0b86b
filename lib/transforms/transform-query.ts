import { quoteIdentifier as q } from '../sql/literal.js';
import { Sql } from '../sql/sql.js';
import { readBronze } from '../sql/statements/index.js';

/** The user's query as statements use it: bronze tables read through their typed view, all others by name. */
export function resolveQuery(query: Sql): Sql {
  const parts = query.parts.flatMap((part) => {
    if (typeof part === 'string' || part.kind !== 'table') return [part];
    return part.table.zone === 'bronze' ? readBronze(part.table).parts : [`${q(part.table.database)}.${q(part.table.tableName)}`];
  });
  return new Sql(parts);
}
