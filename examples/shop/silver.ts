import { Partition, PipelinePart, type PipelineScope, replaceWindows, SqlTransform, sql, upsert } from 'cdk-medallion';
import { Customer, Order, OrderItem, Payment, Product } from './contracts.js';
import type { Sources } from './sources.js';

/** Cleaned and keyed: one row a customer, a product, an order, a line and a payment. */
export class Silver extends PipelinePart {
  readonly customers;
  readonly products;
  readonly orders;
  readonly orderItems;
  readonly payments;

  constructor(scope: PipelineScope, id: string, sources: Sources) {
    super(scope, id);
    this.customers = new SqlTransform(this, 'Customers', {
      zone: 'silver',
      contract: Customer,
      write: upsert(),
      query: sql`select customer_id, name, lower(email) as email, region, signed_up_on, updated_at from ${sources.customers}`,
    });
    this.products = new SqlTransform(this, 'Products', {
      zone: 'silver',
      contract: Product,
      write: upsert(),
      query: sql`select product_id, name, category, price, updated_at from ${sources.products}`,
    });
    this.orders = new SqlTransform(this, 'Orders', {
      zone: 'silver',
      contract: Order,
      write: upsert(),
      query: sql`
        select order_id, customer_id, channel, status, version, cardinality(items) as item_count, amount, placed_at, occurred_at as changed_at
        from ${sources.orderEvents}`,
    });
    this.orderItems = new SqlTransform(this, 'OrderItems', {
      zone: 'silver',
      contract: OrderItem,
      write: replaceWindows('placed_at'),
      query: sql`
        select e.order_id, i.line, i.product_id, i.quantity, i.unit_price, e.placed_at
        from ${sources.orderEvents} e
        cross join unnest(e.items) with ordinality as i (product_id, quantity, unit_price, line)
        where i.product_id is not null and i.quantity is not null and i.unit_price is not null`,
    });
    this.payments = new SqlTransform(this, 'Payments', {
      zone: 'silver',
      contract: Payment,
      write: replaceWindows('paid_at'),
      // Finance reads whole months, and late payments make a run write two or three of them, far from the 100 that Athena allows.
      partition: Partition.month('paid_at'),
      query: sql`select payment_id, order_id, method, kind, amount, paid_at from ${sources.payments}`,
    });
  }
}
