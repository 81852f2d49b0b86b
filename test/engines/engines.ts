import { Glue } from '@aws-sdk/client-glue';
import { S3 } from '@aws-sdk/client-s3';
import { CREDENTIALS, type GlueServer, REGION, startGlue } from '../../scripts/engines/glue.js';
import { type IcebergReader, openIcebergReader } from '../../scripts/engines/iceberg-reader.js';
import { type SparkSession, startSpark } from '../../scripts/engines/spark.js';
import { startTrino, type TrinoServer } from '../../scripts/engines/trino.js';

/**
 * The running engines, started at first use and shared by all test files. They end with this process.
 * Files keep apart by names: every file makes its own databases and buckets.
 */
let glueServer: Promise<GlueServer> | undefined;
let trinoServer: Promise<TrinoServer> | undefined;
let sparkSession: Promise<SparkSession> | undefined;
let icebergReader: Promise<IcebergReader> | undefined;

export function glue(): Promise<GlueServer> {
  glueServer ??= startGlue();
  return glueServer;
}

export function trino(): Promise<TrinoServer> {
  trinoServer ??= glue().then(({ endpoint }) => startTrino({ glueEndpoint: endpoint }));
  return trinoServer;
}

export function spark(): Promise<SparkSession> {
  sparkSession ??= glue().then(({ endpoint }) => startSpark({ glueEndpoint: endpoint }));
  return sparkSession;
}

/** DuckDB as the third reader of Iceberg tables, by location. */
export function duckdb(): Promise<IcebergReader> {
  icebergReader ??= glue().then(({ endpoint }) => openIcebergReader(endpoint));
  return icebergReader;
}

/** Clients of the catalog and the objects that Trino and Spark read. */
export async function clients(): Promise<{ readonly glue: Glue; readonly s3: S3 }> {
  const { endpoint } = await glue();
  const options = { endpoint, region: REGION, credentials: CREDENTIALS };
  return { glue: new Glue(options), s3: new S3({ ...options, forcePathStyle: true }) };
}
