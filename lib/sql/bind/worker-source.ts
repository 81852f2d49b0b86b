/**
 * What runs in the binder's thread, as text: a worker file would need a build of its own and another path in every packaging.
 * It holds one empty in-memory database, makes the tables it is told of, and lets DuckDB describe a statement.
 */
export const WORKER_SOURCE = `
const { workerData } = require('node:worker_threads');
const { port, flag, module: duckdbPath } = workerData;
const signal = new Int32Array(flag);
const made = new Map();
let connection;
async function open() {
  const { DuckDBInstance } = require(duckdbPath);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' });
  connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
}
async function ensure(tables) {
  for (const { schema, name, ddl } of tables) {
    const key = schema + '.' + name;
    if (made.get(key) === ddl) continue;
    await connection.run('create schema if not exists ' + schema);
    await connection.run('create or replace table ' + schema + '.' + name + ' ' + ddl);
    made.set(key, ddl);
  }
}
async function bind({ sql, tables, describe }) {
  if (connection === undefined) await open();
  await ensure(tables);
  if (!describe) {
    await connection.prepare(sql);
    return { columns: [] };
  }
  const reader = await connection.runAndReadAll('describe ' + sql);
  return { columns: reader.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) })) };
}
port.on('message', async (request) => {
  let answer;
  try {
    answer = await bind(request);
  } catch (error) {
    answer = { error: String(error && error.message) };
  }
  port.postMessage({ id: request.id, ...answer });
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});
`;
