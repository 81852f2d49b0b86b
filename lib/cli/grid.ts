import type { JsonValue, QueryReport } from '../local/index.js';
import type { Grid } from './render.js';

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL)\b/i;

/** A query's rows as text: lists and structs as JSON. */
export function gridOf(report: QueryReport): Grid {
  return {
    columns: report.columns.map((column) => column.name),
    rows: report.rows.map((row) => row.map(cell)),
    right: report.columns.filter((column) => NUMBERS.test(column.type) && !column.type.endsWith(']')).map((column) => column.name),
  };
}

/** A query's rows as objects. Of columns with one name the later ones get a number: JSON would keep only one. */
export function objectsOf(report: QueryReport): Record<string, JsonValue>[] {
  const seen = new Map<string, number>();
  const names = report.columns.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
  return report.rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index]!, value])));
}

function cell(value: JsonValue): string | null {
  return value === null || typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
