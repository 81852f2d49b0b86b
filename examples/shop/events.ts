import type { CustomerFact, OrderFact, ProductFact, ShopSize } from './facts.js';
import { DAY, HOUR, shopFacts } from './facts.js';
import { Random } from './random.js';

/** What one source was sent, and what a correct lake makes of it: `sent = kept + refused`, to the record. */
export interface SourceTruth {
  readonly sent: number;
  /** Records that keep the contract; among them the duplicates, the late ones and those with fields nobody declared. */
  readonly kept: number;
  /** Records that must end in quarantine. */
  readonly refused: number;
  /** Kept records that repeat an earlier one byte for byte. */
  readonly duplicates: number;
  /** Kept records that were sent a day or more after they happened. */
  readonly late: number;
  /** Kept records with a field that the contract does not know. */
  readonly unknownFields: number;
}

/** One source's records in the order they were sent, each as the bytes a producer would put. */
export interface SourceRecords {
  readonly records: readonly Uint8Array[];
  readonly truth: SourceTruth;
}

export const SHOP_SOURCES = ['customers', 'products', 'order_events', 'payments'] as const;
export type ShopSource = (typeof SHOP_SOURCES)[number];

/** Everything the shop's sources deliver: the same seed gives the same bytes, faults included. */
export function shopEvents(size: ShopSize = {}): Record<ShopSource, SourceRecords> {
  const facts = shopFacts(size);
  const random = new Random((size.seed ?? 1) + 1_000_003);
  const header = text(CUSTOMER_COLUMNS.join(','));
  const customers = distort(random, facts.customers.map(customerRow), { refused: badCustomers(), percent: 1 });
  return {
    customers: { records: [header, ...customers.records], truth: customers.truth },
    products: distort(random, facts.products.map(productRecord), { refused: badProducts(), percent: 1 }),
    order_events: distort(random, facts.orders.flatMap(orderEvents), STREAM_FAULTS),
    payments: distort(random, facts.orders.flatMap(paymentEvents), STREAM_FAULTS),
  };
}

interface Event {
  readonly at: number;
  readonly body: string;
}

interface Faults {
  /** Whole records to be refused that take the place of percentages, or how a good body is broken. */
  readonly refused: readonly ((body: string) => Uint8Array)[];
  /** Broken records, as a share of the good ones. */
  readonly percent: number;
  /** Shares of good records that a stream repeats, delivers late, or that carry a field nobody declared. */
  readonly stream?: { readonly duplicates: number; readonly late: number; readonly unknownFields: number };
}

const STREAM_FAULTS: Faults = {
  percent: 0.8,
  stream: { duplicates: 2, late: 1.5, unknownFields: 1 },
  refused: [
    (body) => text(body.slice(0, Math.floor(body.length * 0.7))),
    (body) => text(body.replace(/"order_id":"[^"]*",/, '')),
    (body) => text(body.replace(/"(placed_at|paid_at)":"[^"]*"/, '"$1":"2026-02-30T10:00:00Z"')),
    (body) => text(body.replace(/"amount":-?[0-9.]+/, '"amount":"a lot"')),
    (body) => text(`[${body}]`),
    (body) => Uint8Array.from([...text(body).slice(0, -2), 0xff, 0x22, 0x7d]),
  ],
};

function badCustomers(): Faults['refused'] {
  return [() => text(',Nobody,,EU,2026-01-05,2026-01-05T00:00:00Z'), () => text('c-99999,Moon Base,,MOON,2026-01-05,2026-01-05T00:00:00Z')];
}

function badProducts(): Faults['refused'] {
  return [(body) => text(body.replace(/"price":[0-9.]+/, '"price":null')), (body) => text(body.slice(0, -9))];
}

/** Puts the events into the order they were sent and adds what real streams add. */
function distort(random: Random, events: readonly Event[], faults: Faults): SourceRecords {
  const sent: { at: number; record: Uint8Array }[] = [];
  const count = { duplicates: 0, late: 0, unknownFields: 0, refused: 0 };
  for (const event of events) {
    // A producer's clock and network: neighbours swap places.
    let at = event.at + random.int(0, 90) * 1000;
    let body = event.body;
    if (random.chance(faults.percent)) {
      count.refused += 1;
      sent.push({ at, record: random.pick(faults.refused)(body) });
    }
    if (faults.stream && random.chance(faults.stream.unknownFields)) {
      count.unknownFields += 1;
      body = body.replace(/}$/, ',"coupon":"WELCOME","score":0.25}');
    }
    if (faults.stream && random.chance(faults.stream.late)) {
      count.late += 1;
      at = event.at + DAY + random.int(0, 48) * HOUR;
    }
    sent.push({ at, record: text(body) });
    if (faults.stream && random.chance(faults.stream.duplicates)) {
      count.duplicates += 1;
      sent.push({ at: at + random.int(1, 600) * 1000, record: text(body) });
    }
  }
  sent.sort((a, b) => a.at - b.at);
  const kept = sent.length - count.refused;
  return { records: sent.map((entry) => entry.record), truth: { sent: sent.length, kept, ...count } };
}

const CUSTOMER_COLUMNS = ['customer_id', 'name', 'email', 'region', 'signed_up_on', 'updated_at'];

function customerRow(fact: CustomerFact): Event {
  const cells = [fact.id, fact.name, fact.email ?? '', fact.region, iso(fact.signedUp).slice(0, 10), iso(fact.updated)];
  return { at: fact.updated, body: cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',') };
}

function productRecord(fact: ProductFact): Event {
  const body = { product_id: fact.id, name: fact.name, category: fact.category, price: fact.cents / 100, updated_at: iso(fact.updated) };
  return { at: fact.updated, body: JSON.stringify(body) };
}

function orderEvents(order: OrderFact): Event[] {
  return order.steps.map((step, index) => ({
    at: step.at,
    body: JSON.stringify({
      event_id: `${order.id}-${index + 1}`,
      order_id: order.id,
      customer_id: order.customer,
      channel: order.channel,
      status: step.status,
      version: index + 1,
      items: order.items.map((item) => ({ product_id: item.product, quantity: item.quantity, unit_price: item.cents / 100 })),
      amount: order.cents / 100,
      placed_at: iso(order.steps[0]!.at),
      occurred_at: iso(step.at),
    }),
  }));
}

function paymentEvents(order: OrderFact): Event[] {
  return order.payments.map((payment) => ({
    at: payment.at,
    body: JSON.stringify({
      payment_id: payment.id,
      order_id: order.id,
      method: payment.method,
      kind: payment.kind,
      amount: payment.cents / 100,
      paid_at: iso(payment.at),
    }),
  }));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
