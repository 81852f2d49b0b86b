/** An app as someone else would write it: `package.test.ts` copies it into folders that have installed the packed package. */
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import {
  contract,
  DataLake,
  date,
  decimal,
  KinesisSource,
  Pipeline,
  replaceWindows,
  SqlTransform,
  sql,
  text,
  timestamp,
} from 'cdk-medallion';
import type { Row } from 'cdk-medallion/contract';
import type { LocalLakeOptions } from 'cdk-medallion/local';
import type { Construct } from 'constructs';

const Sale = contract('sales', { sale_id: text().key(), amount: decimal(10, 2).min(0), sold_at: timestamp().eventTime() });
const Takings = contract('daily_takings', { day: date().key(), takings: decimal(38, 2) });

class Till extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Topic(this, 'OurOwn');
    const lake = new DataLake(this, 'Lake', { environment: { name: 'dev' } });
    const pipeline = new Pipeline(this, 'Sales', { lake });
    const events = new KinesisSource(pipeline, 'Events', { contract: Sale });
    const sales = new SqlTransform(pipeline, 'Cleaned', {
      zone: 'silver',
      contract: Sale,
      write: replaceWindows('sold_at'),
      query: sql`select sale_id, amount, sold_at from ${events}`,
    });
    const takings = new SqlTransform(pipeline, 'Takings', {
      zone: 'gold',
      contract: Takings,
      write: replaceWindows('day'),
      query: sql`select date(sold_at) as day, sum(amount) as takings from ${sales} group by 1`,
    });
    new CfnOutput(this, 'Table', { value: takings.tableName });
  }
}

const stack = new Till(new App(), 'Till');

// What the types must say where the package is installed; never called.
export const amountOf = (row: Row<typeof Sale>): string => row.amount;
// @ts-expect-error a contract knows its columns: were the types lost, this would compile
export const priceOf = (row: Row<typeof Sale>): string => row.price;
export const optionsOf = ({ stackName }: Stack): LocalLakeOptions => ({ assembly: 'cdk.out', folder: stackName });
export const made = optionsOf(stack);
