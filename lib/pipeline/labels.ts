import { createHash } from 'node:crypto';
import { spoken, tableId } from '../model/graph.js';
import { MAX_STATE_NAME } from '../model/machine.js';
import type { ITableRef } from '../model/table.js';

/** What a state says around a label, at most: `Any … rows refused?`. */
const LONGEST_AROUND = 22;

/** The tables' names in states: the table's own where it is the only one, with its zone where two zones hold one of the name. */
export function labelsOf(tables: readonly ITableRef[]): ReadonlyMap<string, string> {
  const plain = new Map<string, number>();
  for (const { tableName } of tables) plain.set(tableName, (plain.get(tableName) ?? 0) + 1);
  return new Map(tables.map((table) => [tableId(table), shortened(plain.get(table.tableName) === 1 ? table.tableName : spoken(table))]));
}

function shortened(label: string): string {
  const room = MAX_STATE_NAME - LONGEST_AROUND;
  if (label.length <= room) return label;
  const hash = createHash('sha256').update(label).digest('hex').slice(0, 6);
  return `${label.slice(0, room - 7)}~${hash}`;
}
