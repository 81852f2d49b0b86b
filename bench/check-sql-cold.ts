/**
 * Checks fifty different transforms in a process of its own and prints what it took, in milliseconds: the whole, and each of the last
 * twenty. The whole is processor time, all threads together, so that a busy machine measures the same.
 */
const start = process.cpuUsage();
const { checkQuery } = await import('../lib/sql/check/check-query.js');
const { fiftyTransforms } = await import('./check-sql-queries.js');

const each: number[] = [];
for (const transform of fiftyTransforms()) {
  const before = performance.now();
  checkQuery(transform);
  each.push(performance.now() - before);
}
const { user, system } = process.cpuUsage(start);
console.log(JSON.stringify({ total: (user + system) / 1000, last: each.slice(-20) }));
