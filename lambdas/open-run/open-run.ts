import { createHash } from 'node:crypto';
import { ARRIVAL, tablePrefix } from '../../lib/model/layout.js';
import type { OpenRunInput, Run } from '../../lib/model/run.js';
import { stringLiteral, timestampLiteral } from '../../lib/sql/literal.js';
import type { ObjectStore } from '../object-store/object-store.js';

export interface OpenRunPorts {
  readonly pipeline: string;
  readonly bronzeBucket: string;
  /** Bronze tables that the pipeline reads. */
  readonly bronzeTables: readonly string[];
  readonly store: Pick<ObjectStore, 'listPrefixes'>;
}

/** A range of arrival partitions that holds none. */
const NOTHING = { from: '9999-12-31-23', to: '0001-01-01-00' } as const;
const PARTITION = /^\d{4}-\d{2}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/;

/** Freezes what a run works on: its moment, and the arrival partitions up to it. */
export async function openRun({ execution, startedAt, input }: OpenRunInput, ports: OpenRunPorts): Promise<Run> {
  if (typeof execution !== 'string' || execution === '')
    throw new Error("open run got no execution: the machine must pass its execution's name");
  const asOf = momentOf(input.asOf ?? startedAt);
  const { from, to } = await arrivals(ports, arrivalOfMoment(asOf));
  return {
    id: execution,
    pipeline: ports.pipeline,
    asOf,
    startedAt: momentOf(startedAt),
    sql: {
      id: stringLiteral(execution),
      name: identifierPart(execution),
      asOf: timestampLiteral(asOf),
      from: stringLiteral(from),
      to: stringLiteral(to),
      backslash: '\\',
    },
  };
}

async function arrivals({ bronzeBucket, bronzeTables, store }: OpenRunPorts, last: string): Promise<{ from: string; to: string }> {
  const found: string[] = [];
  for (const table of bronzeTables) {
    const prefix = `${tablePrefix(table)}${ARRIVAL}=`;
    for (const partition of await store.listPrefixes(bronzeBucket, prefix)) found.push(partition.slice(prefix.length).replace(/\/$/, ''));
  }
  const arrived = found.filter((arrival) => PARTITION.test(arrival) && arrival <= last).sort();
  return { from: arrived[0] ?? NOTHING.from, to: arrived.at(-1) ?? NOTHING.to };
}

/** Microseconds, UTC. A moment without `Z` could be meant in any zone. */
function momentOf(text: string): string {
  if (!MOMENT.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Error('asOf must be a moment in UTC written like 2026-01-31T12:00:00Z');
  }
  const [clock, fraction = ''] = text.slice(0, -1).split('.') as [string, string?];
  return `${clock}.${fraction.padEnd(6, '0')}Z`;
}

function arrivalOfMoment(moment: string): string {
  return moment.slice(0, 13).replace('T', '-');
}

/** A run's id as part of a table's name. Two ids never share one: where the id had to be changed, its hash is appended. */
function identifierPart(id: string): string {
  const plain = id.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  if (plain === id && plain.length <= 60) return plain;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${plain.slice(0, 47)}_${hash}`;
}
