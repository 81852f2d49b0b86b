import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, medallion, userFolder } from './medallion.js';

const APP = `
import { App, Stack } from 'aws-cdk-lib/core';
import { contract, DataLake, full, int, KinesisSource, Pipeline, sql, SqlTransform, text } from 'cdk-medallion';

const Reading = contract('readings', { id: text().key(), celsius: int() });
const Checked = contract('checked', { id: text().key(), celsius: int() }, {
  rules: (t) => [t.celsius.gte(-273).named('above_zero').fail(), t.celsius.lt(100).named('below_boiling')],
});

const stack = new Stack(new App(), 'Weather');
const pipeline = new Pipeline(stack, 'Readings', { lake: new DataLake(stack, 'Lake', { environment: { name: 'dev' } }) });
const readings = new KinesisSource(pipeline, 'Source', { contract: Reading });
new SqlTransform(pipeline, 'Checked', { zone: 'silver', contract: Checked, write: full(), query: sql\`select id, celsius from \${readings}\` });
`;

const lines = (...celsius: number[]) =>
  celsius.map((degrees, i) => JSON.stringify({ id: `r${i}-${degrees}`, celsius: degrees })).join('\n');

const cwd = userFolder({
  'cdk.json': JSON.stringify({ app: 'npx tsx app.ts' }),
  'app.ts': APP,
  'warm.ndjson': lines(12, 15, 250),
  'impossible.ndjson': lines(18, -300),
});

const at = (...args: string[]) => medallion(args, { cwd, env: { NODE_OPTIONS: '--conditions=medallion-source' } });

describe('medallion run, where data breaks a rule', () => {
  let first: Finished;
  let second: Finished;

  beforeAll(async () => {
    first = await at('run', '--input', 'readings=warm.ndjson');
    second = await at('run', '--input', 'readings=impossible.ndjson', '--json');
  }, 120_000);

  it('sets a row aside that breaks a quarantining rule, and ends well', async () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/silver +checked +3 +2 +1 +0 /);
  });

  it('ends with 1, names the table and the rule, and still gives the report', () => {
    expect(second.code, second.stderr).toBe(1);
    expect(second.stderr).toContain('checked');
    expect(second.stderr).toContain('above_zero');
    expect(JSON.parse(second.stdout).runs[0].status).toBe('failed');
  });

  it('leaves readers the version before', async () => {
    const asked = await at('query', 'select id from silver.checked order by id', '--json');
    expect(JSON.parse(asked.stdout)).toEqual([{ id: 'r0-12' }, { id: 'r1-15' }]);
  });

  it('shows no value of the refused row in what it says', () => {
    expect(second.stderr).not.toContain('-300');
  });
});
