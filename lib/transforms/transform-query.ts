import { LakeError } from '../contract/lake-error.js';
import type { ContractSpec } from '../contract/spec.js';
import { type CheckedQuery, checkQuery } from '../sql/check/check-query.js';
import { quoteIdentifier as q } from '../sql/literal.js';
import type { Sql } from '../sql/sql.js';
import { onlyRepeatsRows, readBronze } from '../sql/statements/index.js';

/** A query that passed its checks, or what is wrong with it. */
export interface TransformQuery {
  readonly checked?: CheckedQuery;
  readonly problems: readonly string[];
}

/** Checks a query against its contract. A problem is kept, not thrown: the pipeline tells all of them at once. */
export function checkTransformQuery(query: Sql, contract: ContractSpec, path: string): TransformQuery {
  try {
    const checked = checkQuery({ query, contract, path });
    // CloudFormation would look for a value of that name.
    const problems = checked.text.includes('${')
      ? [`${path}: '\${' cannot stand in a query; write chr(36) || '{' where a text needs it`]
      : [];
    return { checked, problems };
  } catch (error) {
    if (error instanceof LakeError) return { problems: [error.message] };
    throw error;
  }
}

/** The query as statements use it: bronze tables read through their typed view, all others by name. */
export function resolveQuery(checked: CheckedQuery, contract: ContractSpec): Sql {
  const bronze = checked.tables.filter(({ zone }) => zone === 'bronze');
  const isBronze = (database: string, name: string) => bronze.some((table) => table.database === database && table.tableName === name);
  const hasKey = contract.columns.some(({ key }) => key);
  const repeats = hasKey && onlyRepeatsRows(checked.ast, isBronze);
  return checked.rewrite((table) =>
    table.zone === 'bronze' ? readBronze(table, { repeats }) : `${q(table.database)}.${q(table.tableName)}`,
  );
}
