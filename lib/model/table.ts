import type { ContractSpec } from '../contract/spec.js';
import type { TableZone } from './zone.js';

/**
 * A table of the lake as other steps and SQL see it, without its columns' types (the typed `ITable` of the transforms extends it).
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
