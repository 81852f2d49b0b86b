import { FUNCTIONS } from '../../lib/sql/functions/table.js';
import { PINS } from '../../scripts/engines/pins.js';
import type { ConformanceCase } from './conformance-cases.js';

export interface Engine {
  readonly name: string;
  /** Whether the engine agreed with Trino, a case each. */
  readonly agreed: readonly boolean[];
}

/** docs/functions.md: what may be called, and on how many queries of the suite each engine gave the value that Trino gives. */
export function functionsPage(cases: readonly ConformanceCase[], engines: readonly Engine[]): string {
  const rows = [...FUNCTIONS.values()]
    .filter((entry) => !(entry.kind === 'scalar' && entry.internal === true))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      const own = cases.flatMap((one, n) => (one.function === entry.name ? [n] : []));
      const takes = entry.signatures.map(({ text }) => `\`${text}\``).join(' ');
      const columns = engines.map(({ agreed }) => `${own.filter((n) => agreed[n]).length} of ${own.length}`);
      return `| \`${entry.name}\` | ${[takes, ...columns, entry.note ?? ''].map(cell).join(' | ')} |`;
    });
  return `${[...heading(engines), ...rows].join('\n')}\n`;
}

function heading(engines: readonly Engine[]): string[] {
  return [
    '# Functions of the portable SQL',
    '',
    'Written by `npm run test:engines -- -u`; a difference fails that command. A function is on the list only while every engine gives the same value on every query that its entry in `lib/sql/functions` makes: calls on literals and on columns, NULLs, empty groups, windows.',
    '',
    `Trino ${PINS.trino} stands for Athena. Spark ${PINS.pyspark} is that of Glue 5.1; ANSI mode is what Spark 4 turns on by default.`,
    '',
    `| Function | Takes and gives | ${engines.map(({ name }) => name).join(' | ')} | Note |`,
    `| --- | --- | ${engines.map(() => '---').join(' | ')} | --- |`,
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
