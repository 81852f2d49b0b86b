import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvRecords } from '../../lambdas/conform-file/csv.js';
import { compileConform } from '../../lib/model/conform/index.js';
import { ARRIVAL, column, specOf } from '../model/conform/specs.js';

const SPEC = specOf(...['a', 'b', 'c'].map((name) => column(name, { kind: 'text' }, { nullable: true })));

async function cellsOf(content: Buffer, chunk: number): Promise<(string | null)[][]> {
  const chunks = async function* () {
    for (let from = 0; from < content.length; from += chunk) yield content.subarray(from, from + chunk);
  };
  const rows: (string | null)[][] = [];
  for await (const records of csvRecords(chunks(), compileConform(SPEC))) {
    for (const record of records) {
      const outcome = record.outcome(ARRIVAL);
      if ('reasons' in outcome) throw new Error(`refused: ${JSON.stringify(outcome.reasons)}`);
      const { a, b, c } = JSON.parse(outcome.row) as Record<'a' | 'b' | 'c', string | null>;
      rows.push([a, b, c]);
    }
  }
  return rows;
}

const cell = fc.string({ unit: fc.constantFrom('x', 'é', ',', '"', '\n', '\r\n', ' ', '😀', '1'), maxLength: 6 });

it('CSV is read as an independent reader reads it, however its bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (rows, end, chunk, ended) => {
        const write = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
        const text = `a,b,c${end}${rows.map((row) => row.map(write).join(',')).join(end)}${ended ? end : ''}`;
        const expected = parse(text, { from_line: 2, record_delimiter: end, skip_empty_lines: true }) as string[][];
        expect(await cellsOf(Buffer.from(text), chunk)).toEqual(expected.map((row) => row.map((value) => (value === '' ? null : value))));
      },
    ),
    { numRuns: 300 },
  );
});
