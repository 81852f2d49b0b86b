import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { errorFields, log } from '../bronze/log.js';
import { countRecords } from '../bronze/metric.js';
import { bronzeTable } from '../bronze/table.js';
import { conformStream } from './conform-stream.js';

const table = bronzeTable(new URL('./contract.json', import.meta.url));

export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  const records = event.Records.map(({ eventID, kinesis }) => ({
    shard: eventID.slice(0, eventID.indexOf(':')),
    sequence: kinesis.sequenceNumber,
    arrivedAtMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    payload: Buffer.from(kinesis.data, 'base64'),
  }));
  const { counts, failedFrom, cause } = await conformStream(records, table);
  countRecords(counts);
  log('info', 'conformed', { table: table.table, records: records.length, ...counts });
  if (failedFrom === undefined) return { batchItemFailures: [] };
  log('error', 'write failed, records come again', { table: table.table, from: failedFrom, ...errorFields(cause) });
  return { batchItemFailures: [{ itemIdentifier: failedFrom }] };
}
