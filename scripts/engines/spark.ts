import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { folderOf } from './cache.js';
import { CREDENTIALS, REGION, SCRIPTS } from './glue.js';
import { canonical, EngineError, type QueryEngine, type QueryResult } from './result.js';
import { runFolder } from './server.js';

export interface SparkSession extends QueryEngine {
  /** `ansi` is Spark 3.5's `spark.sql.ansi.enabled` for this statement: off by default there, on by default from Spark 4. */
  query(sql: string, options?: { readonly ansi?: boolean }): Promise<QueryResult>;
  stop(): Promise<void>;
}

interface Answer {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly error?: string;
  readonly message?: string;
}

/** A local Spark with Iceberg, as Glue 5.1 has it; over a Glue server its catalog is named `iceberg`. Statements run one after the other. */
export async function startSpark(options: { readonly glueEndpoint?: string } = {}): Promise<SparkSession> {
  const jars = readdirSync(folderOf('iceberg-jars'))
    .filter((file) => file.endsWith('.jar'))
    .map((file) => join(folderOf('iceberg-jars'), file));
  const folder = runFolder('spark');
  const child = spawn(
    join(folderOf('spark'), 'bin/python'),
    ['-u', join(SCRIPTS, 'spark_session.py'), jars.join(','), options.glueEndpoint ?? '', folder],
    { cwd: folder, env: environment() },
  );
  const lines = answers(child);
  await lines();
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (request: object): Promise<QueryResult> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = JSON.parse(await lines()) as Answer;
    if (answer.error !== undefined) throw new EngineError(answer.error, answer.message ?? '');
    return { columns: answer.columns, types: answer.types, rows: answer.rows.map((row) => row.map(canonical)) };
  };
  return {
    query: (sql, { ansi = false } = {}) => {
      const result = last.then(() => ask({ sql, ansi }));
      last = result.catch(() => undefined);
      return result;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Python gives timestamps in its own zone.
    TZ: 'UTC',
    SPARK_LOCAL_IP: '127.0.0.1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
  };
}

/** The next line of the child's stdout; an error with its stderr when it ends instead. */
function answers(child: ChildProcessWithoutNullStreams): () => Promise<string> {
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-8000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`spark ended:\n${stderr}`);
    return line.value;
  };
}
