import { Command, Option } from 'commander';
import { ask } from './ask.js';
import { gridOf, objectsOf } from './grid.js';
import { asCsv, asTable } from './render.js';
import { openLake, type PlaceOptions } from './session.js';
import { EXIT, type ExitCode, terminal } from './terminal.js';

const MORE = `
Tables are named by their zone, gold.daily_revenue, or alone where the name says enough.
The SQL is Athena's, in the portable subset of the transforms; anything else is run as DuckDB's, and a note says so.

Examples:
  medallion query "select * from gold.daily_revenue order by day"
  medallion query "select status, count(*) from orders group by 1" --csv > orders.csv
  medallion query "select * from gold.daily_revenue" --json | jq '.[0]'`;

export function queryCommand(done: (code: ExitCode) => void): Command {
  return new Command('query')
    .description('Ask the lake a question in SQL')
    .argument('<sql>', 'one query')
    .addOption(new Option('--json', 'an array of objects').conflicts('csv'))
    .option('--csv', 'CSV with a header; NULL is an empty cell')
    .addHelpText('after', MORE)
    .action(async (sql: string, options: PlaceOptions & { json?: true; csv?: true }) => {
      const lake = await openLake(options);
      try {
        const { report, note } = await ask(lake, sql);
        if (note !== undefined) terminal.note(note);
        if (options.json) terminal.result(JSON.stringify(objectsOf(report), null, 2));
        else terminal.result(options.csv ? asCsv(gridOf(report)) : asTable(gridOf(report)));
        done(EXIT.ok);
      } finally {
        await lake.close();
      }
    });
}
