import type { AnyContract, ColumnName } from '../contract/contract.js';
import type { ContractSpec } from '../contract/spec.js';
import type { TableZone } from './zone.js';

/**
 * A table of the lake as other steps and SQL see it, without its columns' types (the typed `ITable` extends it).
 * Keeping the columns out of this interface is what lets every `${orders}` in a query be accepted.
 */
export interface ITableRef<Z extends TableZone = TableZone> {
  readonly zone: Z;
  /** Glue database, `shop_dev_silver`. Never a token. */
  readonly database: string;
  /** Glue table, equal to the contract's name. Never a token. */
  readonly tableName: string;
  readonly spec: ContractSpec;
}

/** A column of a table in a query: `orders.c.amount`. */
export interface TableColumn {
  readonly kind: 'column';
  readonly table: ITableRef;
  readonly name: string;
}

/** A table with its columns. */
export interface ITable<Z extends TableZone, C extends AnyContract> extends ITableRef<Z> {
  readonly contract: C;
  /** The columns, to be named in queries. */
  readonly c: TableColumns<C>;
}

export type TableColumns<C extends AnyContract> = { readonly [N in ColumnName<C>]: TableColumn };

/** The columns of a table as queries name them. */
export function tableColumns<C extends AnyContract>(table: ITableRef, contract: C): TableColumns<C> {
  // Without a prototype, so that a column may be called `constructor`.
  const columns = Object.create(null) as Record<string, TableColumn>;
  for (const { name } of contract.spec.columns) columns[name] = { kind: 'column', table, name };
  return columns as TableColumns<C>;
}

/** A table two zones below, read on purpose. Its zone is out of the type, so that the check of zones lets it pass. */
export interface DirectRead extends ITableRef<never> {
  /** Why silver is skipped; stands in the plan and in the documentation. */
  readonly directly: string;
}

/**
 * Reads a table two zones below, as gold from bronze.
 * @param why what makes silver unnecessary; not blank.
 */
export function directly(table: ITableRef, why: string): DirectRead {
  const { database, tableName, spec } = table;
  return { zone: table.zone as never, database, tableName, spec, directly: why };
}

/** Why a table is read although it is two zones below, if it is. */
export function directReason(table: ITableRef): string | undefined {
  return 'directly' in table && typeof table.directly === 'string' ? table.directly : undefined;
}
