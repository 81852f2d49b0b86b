import { Command, InvalidArgumentError } from 'commander';
import { LakeError } from '../contract/lake-error.js';
import type { LakeTable, LocalLake } from '../local/index.js';
import { gridOf } from './grid.js';
import { nearest } from './nearest.js';
import { asTable } from './render.js';
import { openLake, type PlaceOptions } from './session.js';
import { EXIT, type ExitCode, terminal } from './terminal.js';

export function showCommand(done: (code: ExitCode) => void): Command {
  return new Command('show')
    .description('Show the columns and the first rows of a table')
    .argument('<table>', 'orders, or with its zone silver.orders')
    .option('--rows <n>', 'how many rows', count, 20)
    .action(async (name: string, options: PlaceOptions & { rows: number }) => {
      const lake = await openLake(options);
      try {
        const table = findTable(await lake.tables(), name);
        terminal.result(await look(lake, table, options.rows));
        done(EXIT.ok);
      } finally {
        await lake.close();
      }
    });
}

/** The first rows of a table, by its first column, under a line that says how many there are. `own` leaves the technical columns out. */
export async function look(lake: LocalLake, table: LakeTable, rows: number, columns: 'all' | 'own' = 'all'): Promise<string> {
  const name = `"${table.database}"."${table.name}"`;
  const report = await lake.query(
    `select ${columns === 'all' ? '*' : "columns(c -> c not like '\\_%' escape '\\')"} from ${name} order by 1 limit ${rows}`,
  );
  const title = `${table.zone}.${table.name}: ${report.rows.length < table.rows ? `${report.rows.length} of ` : ''}${table.rows} rows`;
  return `${title}\n\n${asTable(gridOf(report))}`;
}

/** Finds a table by `name`, `zone.name` or `database.name`. A bare name means the table nearest to the consumer. */
export function findTable(tables: readonly LakeTable[], name: string): LakeTable {
  const matches = tables.filter((table) => [table.name, `${table.zone}.${table.name}`, `${table.database}.${table.name}`].includes(name));
  const found =
    ['gold', 'silver', 'bronze'].map((zone) => matches.find((table) => table.zone === zone)).find((table) => table) ?? matches[0];
  if (found !== undefined) return found;
  const hint = nearest(
    name,
    tables.flatMap((table) => [table.name, `${table.zone}.${table.name}`]),
  );
  throw new LakeError(
    'UnknownTable',
    `no table '${name}'${hint === undefined ? '' : `; did you mean '${hint}'?`} medallion tables lists them`,
  );
}

function count(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError(`must be a whole number from 1 to 999999.`);
  return Number(text);
}
