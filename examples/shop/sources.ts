import { FileSource, KinesisSource, PipelinePart, type PipelineScope } from 'cdk-medallion';
import { Customer, OrderEvent, Payment, Product } from './contracts.js';

/** What comes in: two streams, and two exports that are dropped as files. */
export class Sources extends PipelinePart {
  readonly customers;
  readonly products;
  readonly orderEvents;
  readonly payments;

  constructor(scope: PipelineScope, id: string) {
    super(scope, id);
    this.customers = new FileSource(this, 'Customers', { contract: Customer, format: 'csv' });
    this.products = new FileSource(this, 'Products', { contract: Product, format: 'ndjson' });
    this.orderEvents = new KinesisSource(this, 'OrderEvents', { contract: OrderEvent });
    this.payments = new KinesisSource(this, 'Payments', { contract: Payment });
  }
}
