import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { shopEvents } from '../../examples/shop/events.js';
import { shopTruth } from '../examples/shop-truth.js';
import { type Finished, folder, medallion } from './medallion.js';

const root = resolve(import.meta.dirname, '../..');

describe('medallion run, on the shop', () => {
  const place = join(folder(), 'lake');
  let ran: Finished;
  const at = (...args: string[]) => medallion([...args, '--folder', place]);

  beforeAll(async () => {
    ran = await at('run', '--fresh', '--seed', '3');
  }, 120_000);

  it('ends well and shows what came in and what became of it', () => {
    expect(ran.code, ran.stderr).toBe(0);
    const { truth } = shopEvents({ seed: 3 }).order_events;
    expect(ran.stdout).toMatch(new RegExp(`bronze +order_events +${truth.sent} +${truth.kept} +${truth.refused} +0 `));
    expect(ran.stdout).toMatch(/silver +orders +\d+ +4000 /);
  });

  it('ends with a look at a gold table', () => {
    const [first] = shopTruth({ seed: 3 }).dailyRevenue;
    expect(ran.stdout).toMatch(/^gold\.daily_revenue: /m);
    expect(ran.stdout).toMatch(new RegExp(`${first!.day} .* ${first!.revenue.replace('.', '\\.')}`));
  });

  it('tells of its progress on stderr only', () => {
    expect(ran.stderr).toMatch(/synthesize: [\d.]+ m?s/);
    expect(ran.stderr).toMatch(/deliver order_events: [\d.]+ m?s/);
    expect(ran.stdout).not.toContain('synthesize');
  });

  it('answers a query as JSON, and nothing else stands on stdout', async () => {
    const asked = await at('query', 'select day, revenue from gold.daily_revenue order by day', '--json');
    expect(asked.code, asked.stderr).toBe(0);
    expect(JSON.parse(asked.stdout)).toEqual(shopTruth({ seed: 3 }).dailyRevenue.map(({ day, revenue }) => ({ day, revenue })));
  });

  it('answers a query as CSV', async () => {
    const asked = await at('query', 'select status, count(*) as n from silver.orders group by 1', '--csv');
    expect(asked.code, asked.stderr).toBe(0);
    const rows: { status: string; n: string }[] = parse(asked.stdout, { columns: true });
    expect(rows.reduce((sum, row) => sum + Number(row.n), 0)).toBe(4000);
  });

  it('reads the SQL as Athena does: whole numbers divide to whole numbers', async () => {
    const asked = await at('query', 'select max(7 / 2) as n from gold.daily_revenue', '--json');
    expect(JSON.parse(asked.stdout)).toEqual([{ n: 3 }]);
  });

  it('lists the tables with their rows', async () => {
    const listed = await at('tables', '--json');
    expect(listed.code, listed.stderr).toBe(0);
    const tables: { zone: string; name: string; rows: number }[] = JSON.parse(listed.stdout);
    expect(tables.find(({ zone, name }) => zone === 'silver' && name === 'orders')).toMatchObject({
      rows: 4000,
      storage: 'simulated Iceberg',
    });
    expect((await at('tables', '--zone', 'gold')).stdout).toMatch(/gold +customer_value +400 /);
  });

  it('shows a table by its name', async () => {
    const shown = await at('show', 'daily_revenue', '--rows', '3');
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/^gold\.daily_revenue: 3 of \d+ rows/);
  });

  it.each([
    { args: ['show', 'daily_revenu'], says: "did you mean 'daily_revenue'?" },
    { args: ['query', 'select reveneu from gold.daily_revenue', '--json'], says: "did you mean 'revenue'?" },
    { args: ['query', 'selekt 1'], says: 'selekt' },
    { args: ['query', 'delete from gold.daily_revenue'], says: 'only a query may stand here' },
    { args: ['query', 'select 1 from gold.daily_revenu'], says: "did you mean 'gold.daily_revenue'?" },
    { args: ['query', 'select 1; select 2'], says: 'query 1:9' },
    { args: ['run', '--stage', 'Staging'], says: "no stage 'Staging': it has Dev, Prod" },
    { args: ['run', '--input', `order_event=${join(root, 'package.json')}`], says: "did you mean 'order_events'?" },
  ])('answers $args with exit code 2 and a remedy', async ({ args, says }) => {
    const refused = await at(...args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(says);
    expect(refused.stderr).not.toContain('    at ');
  });

  it('finds in a second run that nothing is new, and keeps every table as it is', async () => {
    const query = ['query', 'select * from silver.orders order by order_id', '--csv'];
    const before = await at(...query);
    const again = await at('run', '--seed', '3', '--json');
    expect(again.code, again.stderr).toBe(0);
    const report = JSON.parse(again.stdout);
    expect(report.runs[0].status).toBe('succeeded');
    expect((await at(...query)).stdout).toBe(before.stdout);
  }, 120_000);
});

describe('medallion run, on files made elsewhere', () => {
  const data = resolve(root, 'node_modules/vega-datasets/data');

  it('takes real airports into a lake and answers for each of them', async () => {
    const place = join(folder(), 'lake');
    const cwd = join(root, 'examples/flights');
    const ran = await medallion(['run', '--input', `airports=${join(data, 'airports.csv')}`, '--folder', place], { cwd });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/bronze +airports +3376 +3376 +0 +0/);
    const asked = await medallion(
      ['query', 'select count(*) as n, count(distinct iata) as k from silver.airports', '--json', '--folder', place],
      { cwd },
    );
    expect(JSON.parse(asked.stdout)).toEqual([{ n: 3376, k: 3376 }]);
  }, 120_000);
});

describe('the sample', () => {
  it('is the same bytes for the same seed', () => {
    const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
    const digests = ['11', '11', '12'].map((seed) => {
      const made = folder();
      const env = { ...process.env, MEDALLION_SAMPLE_FOLDER: made, MEDALLION_SEED: seed };
      execSync(context['medallion:sample'], { cwd: root, env });
      const hash = createHash('sha256');
      for (const file of readdirSync(made).sort()) hash.update(file).update(readFileSync(join(made, file)));
      return hash.digest('hex');
    });
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });
});
