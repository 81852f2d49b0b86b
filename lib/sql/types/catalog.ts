import type { ITableRef } from '../../model/table.js';
import { type SqlType, sqlType } from './sql-type.js';

/** A column that a statement can read. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /**
   * The text in it (or in its parts) was written by this library in the one form of its type, so a cast need not look at it first.
   * For bronze tables and candidates.
   */
  readonly canonical?: true;
}

/** A table that a statement can name. */
export interface CatalogTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
}

/** The tables that statements are checked and printed against. Names are compared without case, as Athena does. */
export interface Catalog {
  /** Without a database the name must be unique. */
  find(database: string | undefined, name: string): CatalogTable | undefined;
  readonly tables: readonly CatalogTable[];
}

export function catalogTable(table: CatalogTable): CatalogTable {
  return table;
}

/** A catalog of the given tables. */
export function catalogOf(tables: readonly CatalogTable[]): Catalog {
  const key = (database: string, name: string) => `${database}.${name}`.toLowerCase();
  const byName = new Map(tables.map((table) => [key(table.database, table.name), table]));
  return {
    tables,
    find(database, name) {
      if (database !== undefined) return byName.get(key(database, name));
      const found = tables.filter((table) => table.name.toLowerCase() === name.toLowerCase());
      return found.length === 1 ? found[0] : undefined;
    },
  };
}

/** The catalog's view of a table with a contract: the contract's columns, with contract types, and `extra` technical ones after them. */
export function catalogTableOf(table: ITableRef, extra: readonly CatalogColumn[] = []): CatalogTable {
  const columns = table.spec.columns.map(({ name, type, nullable }) => ({ name, type: sqlType(type), nullable }));
  return { database: table.database, name: table.tableName, columns: [...columns, ...extra] };
}
