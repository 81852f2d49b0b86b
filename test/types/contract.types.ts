import {
  type AnyContract,
  array,
  bigint,
  boolean,
  type ColumnName,
  contract,
  type DateText,
  type DecimalText,
  date,
  decimal,
  double,
  type FlaggedName,
  type InstantText,
  int,
  type JsonText,
  json,
  map,
  type NameOfKind,
  type NewRow,
  oneOf,
  type Row,
  references,
  struct,
  type TimestampText,
  text,
  timestamp,
  unique,
} from 'cdk-medallion/contract';
import { expectTypeOf } from 'vitest';

// Checked by the compiler in `npm run test:types`; nothing here runs.

const Customer = contract('customers', { customer_id: text().key().subject(), name: text().pii('name').nullable() });

const Order = contract(
  'orders',
  {
    order_id: text().key(),
    line: int().key(),
    customer_id: text(),
    version: bigint().sequence(),
    status: oneOf('placed', 'paid').describe('how far it is'),
    paid: boolean(),
    weight: double().unit('kg'),
    amount: decimal(10, 2).min(0),
    day: date(),
    ordered_at: timestamp().eventTime(),
    shipped_at: timestamp().nullable(),
    tags: array(text()),
    address: struct({ street: text(), zip: text().nullable(), geo: struct({ lat: double() }) }),
    prices: map(text(), decimal(5, 1)),
    raw: json().nullable(),
  },
  {
    rules: (t) => [
      t.shipped_at.gte(t.ordered_at).named('shipped_after_order'),
      t.shipped_at.isNotNull().when(t.status.eq('paid')).warn(),
      references(t.customer_id, Customer.c.customer_id),
      unique(t.order_id, t.line),
    ],
  },
);

type OrderRow = Row<typeof Order>;
type NewOrder = NewRow<typeof Order>;

export const rows = (row: OrderRow) => {
  expectTypeOf<OrderRow>().toEqualTypeOf<{
    readonly order_id: string;
    readonly line: number;
    readonly customer_id: string;
    readonly version: bigint;
    readonly status: 'placed' | 'paid';
    readonly paid: boolean;
    readonly weight: number;
    readonly amount: DecimalText;
    readonly day: DateText;
    readonly ordered_at: TimestampText;
    readonly shipped_at: TimestampText | null;
    readonly tags: readonly string[];
    readonly address: { readonly street: string; readonly zip: string | null; readonly geo: { readonly lat: number } };
    readonly prices: { readonly [key: string]: DecimalText };
    readonly raw: JsonText | null;
  }>();
  // @ts-expect-error a row is never changed
  row.paid = true;
  // @ts-expect-error no such column
  row.emial;
  // @ts-expect-error may be null
  row.shipped_at.length;
};

export const newRows = () => {
  expectTypeOf<NewOrder['version']>().toEqualTypeOf<bigint | number>();
  expectTypeOf<NewOrder['amount']>().toEqualTypeOf<DecimalText | number | bigint>();
  expectTypeOf<NewOrder['ordered_at']>().toEqualTypeOf<InstantText | Date>();
  expectTypeOf<NewOrder['shipped_at']>().toEqualTypeOf<InstantText | Date | null | undefined>();
  const least: NewOrder = {
    order_id: 'o1',
    line: 1,
    customer_id: 'c1',
    version: 1,
    status: 'paid',
    paid: true,
    weight: 1.5,
    amount: '12.50',
    day: '2026-01-31',
    ordered_at: '2026-01-31T12:00:00+01:00',
    tags: ['a'],
    address: { street: 's', geo: { lat: 1 } },
    prices: { a: 1 },
  };
  // @ts-expect-error a required column is missing
  const incomplete: NewOrder = { ...least, order_id: undefined };
  // @ts-expect-error not one of the words
  const word: NewOrder = { ...least, status: 'lost' };
  // @ts-expect-error no date
  const day: NewOrder = { ...least, day: 'yesterday' };
  // @ts-expect-error any text is no date
  const anyDay: NewOrder = { ...least, day: String(least.day) };
  // @ts-expect-error a Date has a time zone
  const clock: NewOrder = { ...least, day: new Date() };
  // @ts-expect-error no number
  const amount: NewOrder = { ...least, amount: 'much' };
  // @ts-expect-error a nested field is missing
  const nested: NewOrder = { ...least, address: { geo: { lat: 1 } } };
  // @ts-expect-error no such column
  const more: NewOrder = { ...least, emial: 'x' };
  return [incomplete, word, day, anyDay, clock, amount, nested, more];
};

export const rowsFit = (row: OrderRow) => {
  // What was read can be written.
  expectTypeOf(row).toExtend<NewOrder>();
};

export const names = () => {
  expectTypeOf<FlaggedName<typeof Order, 'key'>>().toEqualTypeOf<'order_id' | 'line'>();
  expectTypeOf<FlaggedName<typeof Order, 'sequence'>>().toEqualTypeOf<'version'>();
  expectTypeOf<FlaggedName<typeof Order, 'eventTime'>>().toEqualTypeOf<'ordered_at'>();
  expectTypeOf<FlaggedName<typeof Customer, 'sequence'>>().toEqualTypeOf<never>();
  expectTypeOf<FlaggedName<typeof Customer, 'pii'>>().toEqualTypeOf<'name'>();
  expectTypeOf<FlaggedName<typeof Customer, 'subject'>>().toEqualTypeOf<'customer_id'>();
  expectTypeOf<NameOfKind<typeof Order, 'date' | 'timestamp'>>().toEqualTypeOf<'day' | 'ordered_at' | 'shipped_at'>();
  expectTypeOf<ColumnName<typeof Customer>>().toEqualTypeOf<'customer_id' | 'name'>();
  expectTypeOf<(typeof Order)['name']>().toEqualTypeOf<'orders'>();
};

export const anyContract = (any: AnyContract) => {
  expectTypeOf(Order).toExtend<AnyContract>();
  expectTypeOf(any.spec.columns.length).toBeNumber();
};

export const modifiers = () => {
  // @ts-expect-error a double is no key
  double().key();
  // @ts-expect-error a date is no sequence: many rows share a day
  date().sequence();
  // @ts-expect-error text is no event time
  text().eventTime();
  // @ts-expect-error text has no unit
  text().unit('EUR');
  // @ts-expect-error text has no order
  text().min('a');
  // @ts-expect-error a number has no pattern
  int().matches('a');
  // @ts-expect-error a list is no key
  array(text()).key();
  // @ts-expect-error JSON has no bounds
  json().between(1, 2);
  // @ts-expect-error a bound of the wrong type
  int().min('1');
  // @ts-expect-error a bound of the wrong type
  date().min(new Date());
  // @ts-expect-error a key may not be null
  text().nullable().key();
  // @ts-expect-error a key may not be null
  text().key().nullable();
  // @ts-expect-error keys belong to the whole column
  array(text().key());
  // @ts-expect-error elements are never null
  array(text().nullable());
  // @ts-expect-error classes belong to the whole column
  struct({ email: text().pii('email') });
  // @ts-expect-error keys of maps are text
  map(int(), text());
};

export const rules = () => {
  contract(
    'mistakes',
    { id: text(), n: int(), at: timestamp(), day: date(), kind: oneOf('a', 'b'), ok: boolean(), list: array(int()) },
    {
      rules: (t) => [
        // @ts-expect-error no such column
        t.emial.isNull(),
        // @ts-expect-error a moment and a number
        t.at.gte(t.n),
        // @ts-expect-error a moment and a day
        t.at.gte(t.day),
        // @ts-expect-error a number and a text
        t.n.eq('1x'),
        // @ts-expect-error not one of the words
        t.kind.eq('c'),
        // @ts-expect-error text has no order
        t.id.gte('a'),
        // @ts-expect-error a list has no equality
        t.list.eq([1]),
        // @ts-expect-error two values, and eq
        t.ok.oneOf(true, false),
        // @ts-expect-error a number and a text
        references(t.n, Customer.c.customer_id),
        // @ts-expect-error judges the set: no row condition
        unique(t.id).when(t.ok.eq(true)),
      ],
    },
  );
  // @ts-expect-error text is no rule
  contract('no_rule', { n: int() }, { rules: () => ['n > 1'] });
};
