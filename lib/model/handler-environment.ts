/** The environment each handler reads: written by its construct, read by its handler, one type for both. */

/** All conform handlers. The contract itself lies beside the bundle as `contract.json` (a ContractSpec). */
export interface ConformEnvironment {
  /** Name of the lake in its environment, `shop_dev`: a dimension of metrics. */
  readonly MEDALLION_LAKE: string;
  /** Name of the bronze table and of the source. */
  readonly MEDALLION_TABLE: string;
  readonly MEDALLION_BRONZE_BUCKET: string;
  readonly MEDALLION_QUARANTINE_BUCKET: string;
}

export interface OpenRunEnvironment {
  readonly MEDALLION_PIPELINE: string;
  readonly MEDALLION_BRONZE_BUCKET: string;
  /** Comma-separated names of the bronze tables that the pipeline reads; may be empty. */
  readonly MEDALLION_BRONZE_TABLES: string;
}

export interface CloseRunEnvironment {
  readonly MEDALLION_PIPELINE: string;
  readonly MEDALLION_OPERATIONS_BUCKET: string;
}
