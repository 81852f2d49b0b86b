import { LakeError } from '../contract/lake-error.js';
import type { ITableRef } from '../model/table.js';
import type { TableZone } from '../model/zone.js';
import { analyze } from './analyze/statement-analyzer.js';
import { LiteralError, type LiteralValue, literal } from './literal.js';
import { parseQueryText } from './parse/parse.js';
import { rewriteTables } from './rewrite.js';
import { isSql, type LexicalState, Sql, type SqlParameter, type SqlPart, scan } from './sql.js';
import { reported } from './sql-error.js';
import { type Catalog, type CatalogTable, catalogTableOf } from './types/catalog.js';

/** Queries that other libraries build. Nothing is imported from them: what counts is that a query has `compile()`, as Kysely's have. */

/** A query that compiles to text and parameters. `R` is the row it gives. */
export interface Compilable<out R = unknown> {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] };
  /** Never called. Its type says what a row is. */
  execute?(): Promise<R[]>;
}

/** Tables by the names that a query knows them by. */
export type NamedTables = Readonly<Record<string, ITableRef>>;

/** The zones of some tables. */
export type ZonesOf<T extends NamedTables> = T[keyof T] extends ITableRef<infer Z> ? Z : TableZone;

/** Under this key the library's own compiler leaves the query with its tables as objects. */
export const COMPILED = Symbol.for('cdk-medallion.compiled');

/** Whether a value has a `compile()`. */
export function isCompilable(value: unknown): value is Compilable {
  return typeof value === 'object' && value !== null && 'compile' in value && typeof value.compile === 'function';
}

/** What was given as a query as `Sql`. One compiled elsewhere names no tables that the lake knows, and the gate will say so. */
export function sqlOf<R>(query: Sql<TableZone, R> | Compilable<R>): Sql<TableZone, R> {
  if (isSql(query)) return query as Sql<TableZone, R>;
  if (!isCompilable(query)) {
    throw new LakeError(
      'sql-value',
      `a query is sql\`…\`, sqlFile(…) or what has a compile(), got ${query === null ? 'null' : typeof query}`,
    );
  }
  const result = query.compile();
  return COMPILED in result ? (result[COMPILED] as Sql<TableZone, R>) : inlined(result.sql, result.parameters);
}

/**
 * A query of a Kysely instance of your own (or of anything else with a `compile()`), with the tables that it names. Its parameters become
 * literals; a table that it names and that is not given stops synth.
 *
 * @example
 * query: compiled({ orders }, myDatabase.selectFrom('orders').select(['order_id', 'amount']))
 * @throws LakeError `sql-compiled` when a given table is never read or parameters and places do not fit; others as the gate does
 */
export function compiled<const T extends NamedTables, R>(tables: T, query: Compilable<R>): Sql<ZonesOf<T>, R> {
  const { text, spans } = sqlOf(query).layout();
  return reported(text, 'compiled query', () => {
    const named = new Map<CatalogTable, ITableRef>();
    const read = new Set<ITableRef>();
    for (const [name, table] of Object.entries(tables)) named.set({ ...catalogTableOf(table), name }, table);
    const { ast, comments } = parseQueryText(text);
    const replace = (table: CatalogTable) => {
      read.add(named.get(table) as ITableRef);
      return new Sql([{ kind: 'table', table: named.get(table) as ITableRef }]);
    };
    const result = rewriteTables(text, analyze(ast, catalogBy(named)), replace, { comments, spans });
    refuseUnread(
      tables,
      Object.keys(tables).filter((name) => read.has(tables[name] as ITableRef)),
    );
    return result as Sql<ZonesOf<T>, R>;
  });
}

/** Refuses tables that were given for a query and that it never reads: they would be a permission nobody needs. */
export function refuseUnread(tables: NamedTables, read: readonly string[]): void {
  const unread = Object.keys(tables).filter((name) => !read.includes(name));
  if (unread.length > 0) throw new LakeError('sql-compiled', `${unread.join(', ')} is given and never read: leave it out, or read it`);
}

/** Tables by the names given to them, or by database and their own. */
function catalogBy(named: ReadonlyMap<CatalogTable, ITableRef>): Catalog {
  const tables = [...named.keys()];
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    tables,
    find: (database, name) =>
      tables.find((table) =>
        database === undefined
          ? same(table.name, name)
          : same(table.database, database) && same((named.get(table) as ITableRef).tableName, name),
      ),
  };
}

const PLACE = /\$(\d+)|@(\d+)|\?/g;

/** The text with a literal, or the run's parameter, at the place of each parameter. */
function inlined(text: string, parameters: readonly unknown[]): Sql<never, never> {
  const parts: SqlPart[] = [];
  const used = new Set<number>();
  let [at, state]: [number, LexicalState] = [0, 'code'];
  for (const match of text.matchAll(PLACE)) {
    state = scan(text.slice(at, match.index), state);
    parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const number = match[1] ?? match[2];
    const index = number === undefined ? used.size : Number(number) - 1;
    // Within quotes and comments it is text.
    if (state !== 'code') parts.push(match[0]);
    else if (index >= parameters.length || index < 0) throw misfit(text, parameters);
    else {
      used.add(index);
      parts.push(valuePart(parameters[index], 'compiled query'));
    }
  }
  if (used.size !== parameters.length) throw misfit(text, parameters);
  return new Sql([...parts, text.slice(at)].filter((part) => part !== ''));
}

/** A parameter's value as a part of a statement: a literal by its own type, or a parameter of the run. */
export function valuePart(value: unknown, where: string): string | SqlParameter {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'parameter') return value as SqlParameter;
  return written(where, () => literal(value as LiteralValue));
}

/** Writes a literal; what has none is told with the place. */
export function written(where: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    if (error instanceof LiteralError) throw new LakeError('sql-value', `${where}: ${error.message}`);
    throw error;
  }
}

function misfit(text: string, parameters: readonly unknown[]): LakeError {
  const places = new Set(Array.from(text.matchAll(PLACE), ([place]) => place)).size;
  return new LakeError(
    'sql-compiled',
    `compiled query: ${parameters.length} parameters for ${places} places; write places as $1, ? or @1, outside of quotes`,
  );
}
