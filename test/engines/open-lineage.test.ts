import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../lib/sql/check/check-query.js';
import { type OpenLineageEvent, openLineageEvent } from '../../lib/sql/lineage/open-lineage.js';
import { sql } from '../../lib/sql/sql.js';
import { folderOf } from '../../scripts/engines/cache.js';
import { column, contractOf, customers, decimal, nullable, orders } from '../sql/shop-tables.js';

const READER = join(import.meta.dirname, '../../scripts/engines/open_lineage_reader.py');

/** What OpenLineage's client makes of an event, or what it says. */
function readBack(event: unknown): unknown {
  const { stdout, stderr, status } = spawnSync(join(folderOf('openlineage'), 'bin/python'), [READER], {
    input: `${JSON.stringify(event)}\n`,
    encoding: 'utf8',
  });
  return status === 0 ? (JSON.parse(stdout) as unknown) : stderr;
}

/** The client fills in lists and objects that are not given, and all that is not known yet. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => typeof inner !== 'object' || inner === null || Object.keys(inner).length > 0));
}

function eventOf(run?: { id: string; state: 'COMPLETE' }): OpenLineageEvent {
  const contract = contractOf('result', [
    column('region', 'text?'),
    column('day', 'date'),
    column('revenue', decimal(38, 2)),
    nullable(column('place', 'bigint')),
  ]);
  const query = checkQuery({
    path: 'Shop/Orders/Result',
    contract,
    query: sql`
      select c.region, date(o.ordered_at) as day, sum(case when o.status = 'paid' then o.amount else 0 end) as revenue,
             rank() over (order by sum(o.amount) desc) as place
      from ${orders} o join ${customers} c on c.customer_id = o.customer_id
      where o.visits > 1 group by c.region, date(o.ordered_at)`,
  });
  return openLineageEvent({
    query,
    table: { zone: 'gold', database: 'shop_dev_gold', tableName: 'result', spec: contract },
    catalog: { region: 'eu-central-1', account: '123456789012' },
    job: { namespace: 'shop', name: 'Shop/Orders/Result' },
    at: new Date('2026-03-01T09:00:00Z'),
    ...(run !== undefined && { run }),
  });
}

describe("OpenLineage's own client", () => {
  it.each([
    ['a job', undefined],
    ['a run', { id: '3b452093-782c-4ef2-9c0c-aafe2aa6f34d', state: 'COMPLETE' as const }],
  ])('reads an event of %s and writes the same', (_, run) => {
    const event = eventOf(run);
    expect(withoutEmpty(readBack(event))).toEqual(withoutEmpty(JSON.parse(JSON.stringify(event))));
  });

  it.each([
    ['a name that it does not know', (event: OpenLineageEvent) => ({ ...event, who: 'me' }), "known names only, got ['who']"],
    ['no time', (event: OpenLineageEvent) => ({ ...event, eventTime: undefined }), 'eventTime'],
    [
      'an older facet',
      (event: OpenLineageEvent) => JSON.parse(JSON.stringify(event).replaceAll('1-2-0/Column', '1-0-1/Column')) as unknown,
      '1-2-0/ColumnLineageDatasetFacet.json',
    ],
  ])('would refuse %s', (_, change, message) => {
    expect(readBack(change(eventOf()))).toContain(message);
  });
});
