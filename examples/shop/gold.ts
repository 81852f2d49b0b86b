import { full, PipelinePart, type PipelineScope, replaceWindows, SqlTransform, sql } from 'cdk-medallion';
import { CustomerValue, DailyRevenue, ProductSales } from './contracts.js';
import type { Silver } from './silver.js';

/** For those who read: finance, customer care and the catalogue. */
export class Gold extends PipelinePart {
  readonly dailyRevenue;
  readonly customerValue;
  readonly productSales;

  constructor(scope: PipelineScope, id: string, silver: Silver) {
    super(scope, id);
    this.dailyRevenue = new SqlTransform(this, 'DailyRevenue', {
      zone: 'gold',
      contract: DailyRevenue,
      write: replaceWindows('day'),
      query: sql`
        select date(paid_at) as day,
               count(*) as payments,
               sum(case when kind = 'capture' then amount else cast(0 as decimal(12, 2)) end) as captured,
               sum(case when kind = 'refund' then -amount else cast(0 as decimal(12, 2)) end) as refunded,
               sum(amount) as revenue
        from ${silver.payments}
        group by 1`,
    });
    this.customerValue = new SqlTransform(this, 'CustomerValue', {
      zone: 'gold',
      contract: CustomerValue,
      write: full(),
      query: sql`
        with paid as (
          select order_id, sum(amount) as amount from ${silver.payments} group by order_id
        )
        select c.customer_id,
               c.region,
               count(o.order_id) as orders,
               count_if(o.status = 'cancelled') as cancelled,
               coalesce(sum(p.amount), 0) as paid,
               max(o.placed_at) as last_order_at,
               case when count(o.order_id) >= 12 then 'regular' when count(o.order_id) >= 3 then 'occasional' else 'new' end as segment
        from ${silver.customers} c
        left join ${silver.orders} o on o.customer_id = c.customer_id
        left join paid p on p.order_id = o.order_id
        group by c.customer_id, c.region`,
    });
    this.productSales = new SqlTransform(this, 'ProductSales', {
      zone: 'gold',
      contract: ProductSales,
      write: replaceWindows('day'),
      query: sql`
        select date(i.placed_at) as day,
               p.category,
               count(distinct i.order_id) as orders,
               sum(i.quantity) as units,
               sum(i.quantity * i.unit_price) as sales
        from ${silver.orderItems} i
        join ${silver.products} p on p.product_id = i.product_id
        group by 1, 2`,
    });
  }
}
