import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOP_SOURCES, shopEvents } from '../../examples/shop/events.js';
import { shopFacts } from '../../examples/shop/facts.js';

const small = { customers: 20, products: 8, orders: 120 };

function digest(seed: number): string {
  const events = shopEvents({ ...small, seed });
  const hash = createHash('sha256');
  for (const source of SHOP_SOURCES) for (const record of events[source].records) hash.update(record).update('\n');
  return hash.digest('hex');
}

describe("the shop's generator", () => {
  it('gives the same bytes for the same seed and others for another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (seed) => {
        expect(digest(seed)).toBe(digest(seed));
        expect(digest(seed)).not.toBe(digest(seed + 1));
      }),
      { numRuns: 10 },
    );
  });

  it('knows how many records it sent, and of what kind', () => {
    const events = shopEvents();
    for (const source of SHOP_SOURCES) {
      const { records, truth } = events[source];
      const header = source === 'customers' ? 1 : 0;
      expect(records.length - header).toBe(truth.sent);
      expect(truth.kept + truth.refused).toBe(truth.sent);
    }
    const { order_events: orders } = events;
    expect(new Set(orders.records.map((record) => Buffer.from(record).toString('latin1'))).size).toBe(
      orders.truth.sent - orders.truth.duplicates,
    );
  });

  it.each(['order_events', 'payments'] as const)('puts every fault of a real stream into %s', (source) => {
    const { truth } = shopEvents()[source];
    for (const fault of ['refused', 'duplicates', 'late', 'unknownFields'] as const) expect(truth[fault], fault).toBeGreaterThan(5);
  });

  it('sends some events out of order, and each fact at least once', () => {
    const facts = shopFacts(small);
    const bodies = shopEvents(small).order_events.records.map((record) => Buffer.from(record).toString());
    const ids = bodies.map((body) => /^\{"event_id":"([^"]*)"/.exec(body)?.[1] ?? '');
    for (const order of facts.orders) for (const version of order.steps.keys()) expect(ids).toContain(`${order.id}-${version + 1}`);
    const times = bodies.flatMap((body) => /"occurred_at":"([^"]*)"/.exec(body)?.[1] ?? []);
    expect(times).not.toEqual(times.toSorted());
  });

  it('invents no person: every address is of a domain reserved for examples', () => {
    const emails = shopFacts().customers.flatMap((customer) => customer.email ?? []);
    expect(emails.length).toBeGreaterThan(300);
    expect(emails.filter((email) => !email.endsWith('@example.com'))).toEqual([]);
  });
});
