import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { KinesisSource, Partition, type QuarantineLimit, SqlTransform, sql, upsert } from '../../lib/index.js';
import { Event, machineOf, makePipeline, messageOf, Order, statesOf } from '../pipeline/make-pipeline.js';

interface Choices {
  readonly partition?: Partition<'ordered_at'>;
  readonly maxQuarantine?: QuarantineLimit | 'any';
}

function makeOrders(choices: Choices = {}) {
  const made = makePipeline();
  const events = new KinesisSource(made.pipeline, 'Events', { contract: Event });
  new SqlTransform(made.pipeline, 'Orders', {
    zone: 'silver',
    contract: Order,
    write: upsert(),
    query: sql`select order_id, version, amount, ordered_at from ${events}`,
    ...choices,
  });
  return made;
}

const auditOf = (choices?: Choices): string =>
  statesOf(machineOf(makeOrders(choices).template()).definition)['Audit orders'].Parameters['QueryString.$'];

describe('a partition of a transform', () => {
  it('stands in its table, not in that of its refused rows', () => {
    const template = makeOrders({ partition: Partition.month('ordered_at') }).template();
    const specs = Object.values(template.findResources('AWS::Glue::Table', { Properties: { OpenTableFormatInput: Match.anyValue() } })).map(
      ({ Properties: { Name, OpenTableFormatInput } }) => [
        Name,
        OpenTableFormatInput.IcebergInput.IcebergTableInput.PartitionSpec?.Fields[0],
      ],
    );
    expect(specs).toEqual([
      ['orders', { FieldId: 1000, Name: 'ordered_at_month', SourceId: 4, Transform: 'month' }],
      ['silver_orders', undefined],
    ]);
  });

  it('IM-12 is counted by the audit, and none is where there is none', () => {
    expect(auditOf({ partition: Partition.month('ordered_at') })).toContain('partitions in one write, Athena takes 100');
    expect(auditOf()).not.toContain('partitions in one write');
  });

  it('is refused together with all other problems where it does not fit', () => {
    const { template } = makeOrders({ partition: Partition.day('amount') as never, maxQuarantine: { percent: 120, ofAtLeast: 1 } });
    const message = messageOf(template);
    expect(message).toContain(
      "Stack/Orders/Orders: partition day on 'orders.amount' needs a date or timestamp column, got decimal; use 'ordered_at'",
    );
    expect(message).toContain(
      "Stack/Orders/Orders: maxQuarantine of 'orders' is a whole percent from 0 to 100 of at least 1 row, got 120 percent",
    );
  });
});

describe('QR-4 the limit of a transform', () => {
  it.each([
    ['half of at least 100 rows', {}, 'a."rows_in" >= 100 AND a."quarantined" * 100 > a."rows_in" * 50'],
    ['what is given', { maxQuarantine: { percent: 5, ofAtLeast: 20 } }, 'a."rows_in" >= 20 AND a."quarantined" * 100 > a."rows_in" * 5'],
  ])('is %s', (_, choices, condition) => {
    expect(auditOf(choices)).toContain(condition);
  });

  it('is none where anything may be refused', () => {
    expect(auditOf({ maxQuarantine: 'any' })).not.toContain('rows are refused');
  });
});
