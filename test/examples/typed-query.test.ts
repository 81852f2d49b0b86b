import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SalesStack } from '../../examples/typed-query/sales-stack.js';
import type { LocalLake, RunReport } from '../../lib/local/index.js';
import { openLake, rowsOf, synthesize } from './run.js';

let assembly: string;
let lake: LocalLake;
let run: RunReport;

beforeAll(async () => {
  assembly = synthesize((app) => new SalesStack(app, 'Sales', { environment: { name: 'dev' } }));
  lake = await openLake(assembly);
  const at = (second: number) => `2026-01-30T10:00:0${second}Z`;
  const orders = [
    { order_id: 'o1', customer_id: 'c1', status: 'open', amount: '12.50', ordered_at: at(1) },
    { order_id: 'o1', customer_id: 'c1', status: 'paid', amount: '12.50', ordered_at: at(2) },
    { order_id: 'o2', customer_id: 'c1', status: 'paid', amount: '7.25', ordered_at: at(3) },
    { order_id: 'o3', customer_id: 'c9', status: 'paid', amount: '3.00', ordered_at: at(4) },
    { order_id: 'o4', customer_id: 'c1', status: 'paid', amount: '0.99', ordered_at: at(1) },
    { order_id: 'o5', customer_id: 'c2', status: 'open', amount: '50.00', ordered_at: at(5) },
  ];
  await lake.deliver(
    'orders',
    orders.map((order) => JSON.stringify(order)),
  );
  await lake.deliver('customers', [
    JSON.stringify({ customer_id: 'c1', region: 'EU', changed_at: at(0) }),
    JSON.stringify({ customer_id: 'c2', region: null, changed_at: at(0) }),
  ]);
  run = (await lake.run())[0]!;
}, 120_000);

afterAll(() => lake?.close());

describe('the example of typed queries', () => {
  it('fills its tables with what was sold', async () => {
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(await rowsOf(lake, 'select region, orders, revenue from sales order by 1')).toEqual([
      { region: 'EU', orders: '2', revenue: '19.75' },
      { region: 'unknown', orders: '1', revenue: '3.00' },
    ]);
    expect(await rowsOf(lake, 'select customer_id, region, order_id, amount from last_orders order by 1')).toEqual([
      { customer_id: 'c1', region: 'EU', order_id: 'o2', amount: '7.25' },
      { customer_id: 'c2', region: null, order_id: 'o5', amount: '50.00' },
      { customer_id: 'c9', region: null, order_id: 'o3', amount: '3.00' },
    ]);
  });

  it('runs in the order that its references give', () => {
    const { Resources } = JSON.parse(readFileSync(join(assembly, 'Sales.template.json'), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: { DefinitionString?: string } }>;
    };
    const machine = Object.values(Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
    const text = JSON.stringify(machine?.Properties.DefinitionString);
    const place = (name: string) => text.indexOf(`Build ${name}\\"`);
    for (const name of ['orders', 'customers']) {
      expect(place(name)).toBeGreaterThan(-1);
      expect(place(name)).toBeLessThan(place('sales'));
      expect(place(name)).toBeLessThan(place('last_orders'));
    }
  });
});
