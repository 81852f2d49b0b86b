/** Runs the benches named on the command line, or all that need no network, and prints one row a figure: a ratio measured in this run. */
import Table from 'cli-table3';
import type { Figure } from './figure.js';

const BENCHES = ['synth', 'conform', 'handler-load', 'check-sql', 'local-run'];
/** Installs from the network, so it is measured when it is named. */
const NAMED_ONLY = ['fresh-clone'];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => ![...BENCHES, ...NAMED_ONLY].includes(name));
if (unknown.length > 0) {
  console.error(`unknown bench '${unknown.join("', '")}': choose from ${[...BENCHES, ...NAMED_ONLY].join(', ')}`);
  process.exit(2);
}

const table = new Table({ head: ['bench', 'figure', 'ratio', 'budget', 'within', 'detail'], style: { head: [], border: [] } });
let over = 0;
for (const name of wanted.length > 0 ? wanted : BENCHES) {
  process.stderr.write(`${name} …\n`);
  const bench = (await import(`./${name}.js`)) as { run(): Promise<readonly Figure[]> };
  for (const figure of await bench.run()) {
    const within = figure.ratio <= figure.budget;
    if (!within) over += 1;
    table.push([name, figure.name, figure.ratio.toFixed(2), `≤ ${figure.budget}`, within ? 'yes' : 'NO', figure.detail]);
  }
}
console.log(table.toString());
if (wanted.length === 0) console.log(`not measured, name it to: ${NAMED_ONLY.join(', ')}`);
process.exitCode = over === 0 ? 0 : 1;
