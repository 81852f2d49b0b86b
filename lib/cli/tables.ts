import { Command } from 'commander';
import type { LakeTable } from '../local/index.js';
import { asTable } from './render.js';
import { openLake, type PlaceOptions } from './session.js';
import { EXIT, type ExitCode, terminal } from './terminal.js';

export function tablesCommand(done: (code: ExitCode) => void): Command {
  return new Command('tables')
    .description('List the tables of the lake with their rows, size and last run')
    .option('--zone <zone>', 'only tables of this zone')
    .option('--json', 'as JSON')
    .action(async (options: PlaceOptions & { zone?: string; json?: true }) => {
      const lake = await openLake(options);
      try {
        const tables = (await lake.tables()).filter((table) => options.zone === undefined || table.zone === options.zone);
        terminal.result(options.json ? JSON.stringify(tables, null, 2) : render(tables));
        done(EXIT.ok);
      } finally {
        await lake.close();
      }
    });
}

function render(tables: readonly LakeTable[]): string {
  return asTable({
    columns: ['zone', 'name', 'rows', 'bytes', 'last run', 'storage'],
    right: ['rows', 'bytes'],
    rows: tables.map((table) => [table.zone, table.name, String(table.rows), String(table.bytes), table.lastRun ?? '–', table.storage]),
  });
}
