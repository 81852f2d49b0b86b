import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { contract, DataLake, int, KinesisSource, Pipeline, SchemaLock, SqlTransform, sql, text, upsert } from 'cdk-medallion';

/** An app in two versions: `GROWN=true` has a column and a setting more. For the test that an update changes what it should and nothing else. */
const grown = process.env['GROWN'] === 'true';

const columns = { id: text().key(), version: int().sequence() };
const Thing = grown ? contract('things', { ...columns, label: text().nullable() }) : contract('things', columns);

const stack = new Stack(new App(), 'Growing');
const lake = new DataLake(stack, 'Lake', {
  name: 'growing',
  schemaLock: SchemaLock.file(process.env['GROWING_LOCK']!),
  environment: { name: 'dev', disposable: true, keepLogs: Duration.days(grown ? 60 : 30) },
});
const pipeline = new Pipeline(stack, 'Things', { lake });
const events = new KinesisSource(pipeline, 'Events', { contract: Thing });
new SqlTransform(pipeline, 'Silver', {
  zone: 'silver',
  contract: Thing,
  write: upsert(),
  query: grown ? sql`select id, version, label from ${events}` : sql`select id, version from ${events}`,
});
