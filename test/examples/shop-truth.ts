import { customerId, DAY, type OrderFact, SHOP_DEFAULTS, type ShopFacts, type ShopSize, shopFacts } from '../../examples/shop/facts.js';

/** The shop's tables worked out from the facts alone, in TypeScript, without a row of SQL. */
export interface ShopTruth {
  readonly orders: ReadonlyMap<string, { status: string; version: number; amount: string; item_count: string }>;
  readonly orderItems: number;
  readonly payments: number;
  readonly dailyRevenue: readonly { day: string; payments: string; captured: string; refunded: string; revenue: string }[];
  readonly customerValue: ReadonlyMap<string, { region: string; orders: string; cancelled: string; paid: string; segment: string }>;
  readonly productSales: readonly { day: string; category: string; orders: string; units: string; sales: string }[];
}

export function shopTruth(size: ShopSize = {}): ShopTruth {
  const facts = shopFacts(size);
  return {
    orders: new Map(facts.orders.map((order) => [order.id, orderRow(order)])),
    orderItems: facts.orders.reduce((sum, order) => sum + order.items.length, 0),
    payments: facts.orders.reduce((sum, order) => sum + order.payments.length, 0),
    dailyRevenue: dailyRevenue(facts),
    customerValue: customerValue(facts, size.customers ?? SHOP_DEFAULTS.customers),
    productSales: productSales(facts),
  };
}

function orderRow(order: OrderFact) {
  return {
    status: order.steps.at(-1)!.status,
    version: order.steps.length,
    amount: money(order.cents),
    item_count: String(order.items.length),
  };
}

function dailyRevenue(facts: ShopFacts): ShopTruth['dailyRevenue'] {
  const days = new Map<string, { payments: number; captured: number; refunded: number }>();
  for (const payment of facts.orders.flatMap((order) => order.payments)) {
    const day = days.get(dayOf(payment.at)) ?? { payments: 0, captured: 0, refunded: 0 };
    day.payments += 1;
    if (payment.kind === 'capture') day.captured += payment.cents;
    else day.refunded -= payment.cents;
    days.set(dayOf(payment.at), day);
  }
  return [...days].sort(byFirst).map(([day, { payments, captured, refunded }]) => ({
    day,
    payments: String(payments),
    captured: money(captured),
    refunded: money(refunded),
    revenue: money(captured - refunded),
  }));
}

function customerValue(facts: ShopFacts, customers: number): ShopTruth['customerValue'] {
  const regions = new Map<string, { region: string; updated: number }>();
  for (const { id, region, updated } of facts.customers) {
    if ((regions.get(id)?.updated ?? Number.NEGATIVE_INFINITY) < updated) regions.set(id, { region, updated });
  }
  const rows = Array.from({ length: customers }, (_, index) => {
    const id = customerId(index);
    const orders = facts.orders.filter((order) => order.customer === id);
    const paid = orders.flatMap((order) => order.payments).reduce((sum, payment) => sum + payment.cents, 0);
    const cancelled = orders.filter((order) => order.steps.at(-1)!.status === 'cancelled').length;
    const segment = orders.length >= 12 ? 'regular' : orders.length >= 3 ? 'occasional' : 'new';
    return [
      id,
      { region: regions.get(id)!.region, orders: String(orders.length), cancelled: String(cancelled), paid: money(paid), segment },
    ] as const;
  });
  return new Map(rows);
}

function productSales(facts: ShopFacts): ShopTruth['productSales'] {
  const categories = new Map(facts.products.map((product) => [product.id, product.category]));
  const cells = new Map<string, { orders: Set<string>; units: number; cents: number }>();
  for (const order of facts.orders) {
    for (const item of order.items) {
      const name = `${dayOf(order.steps[0]!.at)} ${categories.get(item.product)}`;
      const cell = cells.get(name) ?? { orders: new Set(), units: 0, cents: 0 };
      cell.orders.add(order.id);
      cell.units += item.quantity;
      cell.cents += item.quantity * item.cents;
      cells.set(name, cell);
    }
  }
  return [...cells].sort(byFirst).map(([name, cell]) => {
    const [day, category] = name.split(' ') as [string, string];
    return { day, category, orders: String(cell.orders.size), units: String(cell.units), sales: money(cell.cents) };
  });
}

function byFirst(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

export function dayOf(at: number): string {
  return new Date(Math.floor(at / DAY) * DAY).toISOString().slice(0, 10);
}

/** Whole cents as a decimal with two digits. */
function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
