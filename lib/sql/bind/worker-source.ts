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
  if (connection === undefined) await open();
  for (const { schema, name, ddl } of tables) {
    const key = schema + '.' + name;
    if (made.get(key) === ddl) continue;
    if (!made.has(schema)) await connection.run('create schema if not exists ' + schema);
    made.set(schema, '');
    await connection.run('create or replace table ' + key + ' ' + ddl);
    made.set(key, ddl);
  }
}
async function bind({ sql, tables, describe }) {
  await ensure(tables);
  const statement = await connection.prepare(sql);
  const columns = [];
  for (let at = 0; describe && at < statement.columnCount; at++) {
    columns.push({ name: statement.columnName(at), type: String(statement.columnType(at)) });
  }
  statement.destroySync();
  return { columns };
}
async function answer(request) {
  let result;
  try {
    result = request.sql === undefined ? await ensure(request.tables) : await bind(request);
  } catch (error) {
    result = { error: String(error && error.message) };
  }
  if (request.sql === undefined) return;
  port.postMessage({ id: request.id, ...result });
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}
let last = Promise.resolve();
port.on('message', (request) => {
  last = last.then(() => answer(request));
});
`;
