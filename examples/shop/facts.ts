import { Random } from './random.js';

/** What happened in the shop, before a stream or a file distorts it. Money is in whole cents, time in milliseconds of UTC. */
export interface ShopFacts {
  readonly customers: readonly CustomerFact[];
  readonly products: readonly ProductFact[];
  readonly orders: readonly OrderFact[];
}

export interface CustomerFact {
  readonly id: string;
  readonly name: string;
  /** Absent for a customer who gave none. */
  readonly email?: string;
  readonly region: string;
  readonly signedUp: number;
  /** When the row was last changed; a customer who moved has two rows. */
  readonly updated: number;
}

export interface ProductFact {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly cents: number;
  readonly updated: number;
}

export interface ItemFact {
  readonly product: string;
  readonly quantity: number;
  readonly cents: number;
}

export interface OrderFact {
  readonly id: string;
  readonly customer: string;
  readonly channel: string;
  readonly items: readonly ItemFact[];
  readonly cents: number;
  /** One step a status, in order; the first is `placed`. */
  readonly steps: readonly { readonly status: string; readonly at: number }[];
  readonly payments: readonly PaymentFact[];
}

export interface PaymentFact {
  readonly id: string;
  readonly method: string;
  readonly kind: 'capture' | 'refund';
  readonly cents: number;
  readonly at: number;
}

export interface ShopSize {
  /** Same seed, same bytes. @default 1 */
  readonly seed?: number;
  /** @default 400 */
  readonly customers?: number;
  /** @default 60 */
  readonly products?: number;
  /** About three order events and one payment each. @default 4000 */
  readonly orders?: number;
}

export const SHOP_DEFAULTS = { seed: 1, customers: 400, products: 60, orders: 4000 } as const;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The shop opened at this moment and the sample ends `DAYS` later. Fixed, so that a second run delivers the same records. */
export const OPENING = Date.UTC(2026, 0, 5);
export const DAYS = 14;

const FIRST = [
  'Ada',
  'Bela',
  'Chiara',
  'Dmitri',
  'Elif',
  'Femi',
  'Gül',
  'Hana',
  'Imran',
  'José',
  'Katarzyna',
  'Liên',
  'Mateo',
  'Nia',
  'Zoë',
];
const LAST = [
  'Abara',
  'Brontë',
  'Castillo',
  'Dvořák',
  'Ek',
  'Fontaine',
  'Greco',
  'Horváth',
  'Ibrahim',
  'Jansen',
  "O'Neil",
  'Park',
  'Şahin',
];
const REGIONS = ['EU', 'EU', 'EU', 'US', 'US', 'APAC'];
const KINDS = { kitchen: ['Kettle', 'Pan', 'Mug'], garden: ['Spade', 'Hose', 'Seeds'], desk: ['Lamp', 'Notebook', 'Pen'] } as const;
const COLOURS = ['amber', 'blue', 'clay', 'green', 'white'];

/** Makes the shop's history. */
export function shopFacts(size: ShopSize = {}): ShopFacts {
  const { seed, customers: customerCount, products: productCount, orders: orderCount } = { ...SHOP_DEFAULTS, ...size };
  const random = new Random(seed);
  const customers = Array.from({ length: customerCount }, (_, i) => customer(random, i)).flat();
  const products = Array.from({ length: productCount }, (_, i) => product(random, i));
  const orders = Array.from({ length: orderCount }, (_, i) => order(random, i, customerCount, products));
  return { customers, products, orders };
}

export function customerId(index: number): string {
  return `c-${String(index + 1).padStart(5, '0')}`;
}

function customer(random: Random, index: number): CustomerFact[] {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  const signedUp = OPENING - random.int(1, 700) * DAY;
  const email = random.chance(96) ? `customer${index + 1}@example.com` : undefined;
  const row: CustomerFact = {
    id: customerId(index),
    name: `${first} ${last}`,
    email,
    region: random.pick(REGIONS),
    signedUp,
    updated: signedUp,
  };
  const moved = random.chance(8);
  return moved ? [row, { ...row, region: random.pick(REGIONS), updated: OPENING + random.int(0, DAYS - 1) * DAY }] : [row];
}

function product(random: Random, index: number): ProductFact {
  const category = random.pick(Object.keys(KINDS) as (keyof typeof KINDS)[]);
  const name = `${random.pick(KINDS[category])}, ${random.pick(COLOURS)}`;
  return { id: `p-${String(index + 1).padStart(3, '0')}`, name, category, cents: random.int(199, 9_999), updated: OPENING - DAY };
}

function order(random: Random, index: number, customers: number, products: readonly ProductFact[]): OrderFact {
  const id = `o-${String(index + 1).padStart(6, '0')}`;
  const items = Array.from({ length: random.int(1, 4) }, () => {
    const chosen = random.pick(products);
    return { product: chosen.id, quantity: random.int(1, 3), cents: chosen.cents };
  });
  const cents = items.reduce((sum, item) => sum + item.quantity * item.cents, 0);
  const placed = OPENING + random.int(0, DAYS * DAY - 3 * DAY);
  const steps = [{ status: 'placed', at: placed }];
  const payments: PaymentFact[] = [];
  const step = (status: string, hours: number) => steps.push({ status, at: steps.at(-1)!.at + random.int(1, hours * 60) * 60_000 });
  const pay = (kind: PaymentFact['kind'], at: number) =>
    payments.push({
      id: `${id}-${kind}`,
      method: random.pick(['card', 'card', 'transfer', 'wallet']),
      kind,
      cents: kind === 'refund' ? -cents : cents,
      at,
    });
  if (random.chance(12)) {
    step('cancelled', 24);
  } else if (random.chance(92)) {
    step('paid', 6);
    pay('capture', steps.at(-1)!.at);
    if (random.chance(85)) step('shipped', 30);
    if (steps.length === 3 && random.chance(80)) step('delivered', 24);
    if (random.chance(3)) pay('refund', steps.at(-1)!.at + HOUR);
  }
  return {
    id,
    customer: customerId(random.int(0, customers - 1)),
    channel: random.pick(['web', 'web', 'app', 'phone']),
    items,
    cents,
    steps,
    payments,
  };
}
