import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { folderOf } from './cache.js';
import { duckdbValue } from './duckdb-value.js';
import { CREDENTIALS, REGION } from './glue.js';
import { canonical, type QueryEngine, type QueryResult } from './result.js';

export type IcebergReader = QueryEngine;

/** DuckDB with its own Iceberg reader over the given S3: `select … from iceberg_scan('s3://…/….metadata.json')`. */
export async function openIcebergReader(s3Endpoint: string): Promise<IcebergReader> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const extension of ['avro', 'httpfs', 'iceberg']) await connection.run(`LOAD '${extensionFile(extension)}'`);
  const url = new URL(s3Endpoint);
  await connection.run(`CREATE SECRET (TYPE s3, KEY_ID '${CREDENTIALS.accessKeyId}', SECRET '${CREDENTIALS.secretAccessKey}',
    REGION '${REGION}', ENDPOINT '${url.host}', URL_STYLE 'path', USE_SSL false)`);
  await connection.run(`SET TimeZone = 'UTC'`);
  return {
    query: async (sql): Promise<QueryResult> => {
      const reader = await connection.runAndReadAll(sql);
      return {
        columns: reader.columnNames(),
        types: reader.columnTypes().map(String),
        rows: reader.getRows().map((row) => row.map((value) => canonical(duckdbValue(value)))),
      };
    },
  };
}

function extensionFile(name: string): string {
  const folder = folderOf('duckdb-extensions');
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(`/${name}.duckdb_extension`));
  if (file === undefined) throw new Error(`the DuckDB extension '${name}' is not installed: run scripts/engines/install.ts`);
  return join(folder, file);
}
