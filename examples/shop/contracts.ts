import { array, bigint, contract, date, decimal, int, oneOf, struct, text, timestamp } from 'cdk-medallion/contract';

/** What the web shop exports every night; the same shape in bronze and in silver. */
export const Customer = contract(
  'customers',
  {
    customer_id: text().key().subject().describe('given at sign-up, never reused'),
    name: text().pii('name'),
    email: text().nullable().pii('email'),
    region: oneOf('EU', 'US', 'APAC'),
    signed_up_on: date(),
    updated_at: timestamp().sequence(),
  },
  { owner: 'crm', description: 'one row a customer, as of its last change', rules: (t) => [t.name.notBlank()] },
);

export const Product = contract(
  'products',
  {
    product_id: text().key(),
    name: text(),
    category: text(),
    price: decimal(10, 2).min(0).unit('EUR'),
    updated_at: timestamp().sequence(),
  },
  { owner: 'catalogue', description: 'what the shop sells' },
);

/** One message a change of an order. */
export const OrderEvent = contract(
  'order_events',
  {
    event_id: text().key(),
    order_id: text(),
    customer_id: text().subject(),
    channel: oneOf('web', 'app', 'phone'),
    status: oneOf('placed', 'paid', 'shipped', 'delivered', 'cancelled'),
    version: int().sequence().describe('1 for placed, one more with every change'),
    items: array(struct({ product_id: text(), quantity: int(), unit_price: decimal(10, 2) })),
    amount: decimal(12, 2).min(0).unit('EUR'),
    placed_at: timestamp(),
    occurred_at: timestamp().eventTime(),
  },
  { owner: 'orders', description: 'changes of orders, as the shop sends them', freshness: '1 hour' },
);

/** In bronze and in silver: a payment never changes. */
export const Payment = contract(
  'payments',
  {
    payment_id: text().key(),
    order_id: text(),
    method: oneOf('card', 'transfer', 'wallet'),
    kind: oneOf('capture', 'refund'),
    amount: decimal(12, 2).unit('EUR').describe('negative for a refund'),
    paid_at: timestamp().eventTime(),
  },
  { owner: 'payments', description: 'money that came in or went back', freshness: '1 hour' },
);

export const Order = contract(
  'orders',
  {
    order_id: text().key(),
    customer_id: text().subject(),
    channel: text(),
    status: text(),
    version: int().sequence(),
    item_count: bigint(),
    amount: decimal(12, 2).min(0).unit('EUR'),
    placed_at: timestamp().eventTime(),
    changed_at: timestamp(),
  },
  {
    owner: 'orders',
    description: 'one row an order, in its last known status',
    rules: (t) => [t.changed_at.gte(t.placed_at).named('changed_after_placed')],
  },
);

export const OrderItem = contract(
  'order_items',
  {
    order_id: text().key(),
    line: bigint().key(),
    product_id: text(),
    quantity: int().min(1),
    unit_price: decimal(10, 2).min(0).unit('EUR'),
    placed_at: timestamp().eventTime(),
  },
  { owner: 'orders', description: 'the lines of every order' },
);

export const DailyRevenue = contract(
  'daily_revenue',
  {
    day: date().key(),
    payments: bigint(),
    captured: decimal(38, 2).unit('EUR'),
    refunded: decimal(38, 2).unit('EUR'),
    revenue: decimal(38, 2).unit('EUR'),
  },
  { owner: 'finance', description: 'money of each day, by the time it was paid' },
);

export const CustomerValue = contract(
  'customer_value',
  {
    customer_id: text().key().subject(),
    region: text(),
    orders: bigint(),
    cancelled: bigint(),
    paid: decimal(38, 2).unit('EUR'),
    last_order_at: timestamp().nullable(),
    segment: oneOf('new', 'occasional', 'regular'),
  },
  { owner: 'crm', description: 'what each customer ordered and paid' },
);

export const ProductSales = contract(
  'product_sales',
  {
    day: date().key(),
    category: text().key(),
    orders: bigint(),
    units: bigint(),
    sales: decimal(38, 2).unit('EUR'),
  },
  { owner: 'catalogue', description: 'what was ordered of each category, by day' },
);
