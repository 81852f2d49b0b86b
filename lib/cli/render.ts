import Table from 'cli-table3';

/** Columns and rows as they are shown: every value is text or null. */
export interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Columns whose values stand to the right: numbers. */
  readonly right?: readonly string[];
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
};
const BARE = { ...NO_LINES, left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };

/** A table for people: no frame, numbers to the right, NULL visible and different from an empty text. */
export function asTable(grid: Grid): string {
  const table = new Table({
    head: grid.columns.map((name) => name),
    colAligns: grid.columns.map((name) => (grid.right?.includes(name) ? 'right' : 'left')),
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...grid.rows.map((row) => row.map((value) => (value === null ? 'NULL' : oneLine(value)))));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const width = Math.max(...lines.map((line) => line.length));
  return [lines[0], '─'.repeat(width), ...lines.slice(1)].join('\n');
}

/** RFC 4180: NULL is an empty cell, an empty text is `""`. */
export function asCsv(grid: Grid): string {
  const cell = (value: string | null) =>
    value === null ? '' : value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  return `${[grid.columns, ...grid.rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Control characters would let a row's text move the cursor or break the table. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
