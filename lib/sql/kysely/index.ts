import { DummyDriver, Kysely, type RawBuilder, sql as raw, SqliteAdapter, SqliteIntrospector } from 'kysely';
import { type AnyColumn, type slot, stateOf } from '../../contract/column.js';
import type { AnyContract, Row } from '../../contract/contract.js';
import { LakeError } from '../../contract/lake-error.js';
import type { TimestampText } from '../../contract/value.js';
import { type Compilable, type NamedTables, sqlOf, type ZonesOf } from '../compiled.js';
import type { TypedValue } from '../literal.js';
import { type Sql, asOf as theRun } from '../sql.js';
import { AthenaCompiler, TypedLiteral } from './athena-compiler.js';

/** The entry `cdk-medallion/kysely`: queries that the editor checks while they are typed. Kysely is a peer dependency of this entry alone. */

/** The tables as Kysely sees them: names are the keys, rows are those of the contracts. A table without a contract has any columns. */
export type LakeTables<T extends NamedTables> = { [N in keyof T & string]: RowsOf<T[N]> };

// biome-ignore lint/suspicious/noExplicitAny: a table without a contract has any columns; the gate checks them
type RowsOf<T> = T extends { readonly contract: infer C extends AnyContract } ? Row<C> : any;

/**
 * A query built with Kysely over tables of the lake. Its row is known to the compiler and checked against the contract of the transform
 * that it is given to; the gate checks the text as it checks every query.
 *
 * @example
 * query: kysely({ orders }, (db) => db.selectFrom('orders').select(['order_id', 'amount']).where('status', '=', 'paid'))
 * @param tables by the names that the query uses
 * @throws LakeError `sql-compiled` for a table that is never read, `sql-value` for a value that has no literal
 */
export function kysely<const T extends NamedTables, R>(
  tables: T,
  build: (db: Kysely<LakeTables<T>>) => Compilable<R> & { execute(): Promise<R[]> },
): Sql<ZonesOf<T>, R> {
  const compiler = new AthenaCompiler(tables);
  const query = sqlOf(build(databaseOf<T>(compiler)));
  compiler.refuseUnread();
  return query as Sql<ZonesOf<T>, R>;
}

/**
 * A Kysely over tables of the lake, for queries that are put together in several places: give one to a transform as it is. It compiles
 * queries and runs none.
 */
export function lakeDatabase<const T extends NamedTables>(tables: T): Kysely<LakeTables<T>> {
  return databaseOf<T>(new AthenaCompiler(tables));
}

/** The run's frozen moment in a Kysely query: `where('ordered_at', '<', asOf)`. Use it instead of `now()`. */
export const asOf: RawBuilder<TimestampText> = raw.val(theRun) as RawBuilder<never>;

/**
 * A value of a column's type, where no column beside it says what it is.
 * @example value(decimal(10, 2), '0.00')
 */
export function value<C extends AnyColumn>(column: C, of: C[typeof slot]['write']): RawBuilder<C[typeof slot]['read']> {
  return raw.val(new TypedLiteral(stateOf(column).type, of as TypedValue)) as RawBuilder<never>;
}

function databaseOf<T extends NamedTables>(compiler: AthenaCompiler): Kysely<LakeTables<T>> {
  return new Kysely<LakeTables<T>>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new Undriven(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => compiler,
    },
  });
}

class Undriven extends DummyDriver {
  override acquireConnection(): never {
    throw new LakeError('sql-compiled', 'a query of the lake is declared and not run here: give it to a transform as its query');
  }
}
