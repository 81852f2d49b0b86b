import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { errorFields, log } from '../bronze/log.js';
import { countRecords } from '../bronze/metric.js';
import { bronzeTable } from '../bronze/table.js';
import { conformFirehose } from './conform-firehose.js';

const table = bronzeTable(new URL('./contract.json', import.meta.url));

export async function handler(event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> {
  const records = event.records.map(({ recordId, approximateArrivalTimestamp, data, kinesisRecordMetadata: source }) => ({
    id: recordId,
    position: source === undefined ? recordId : `${source.shardId}/${source.sequenceNumber}`,
    arrivedAtMs: source?.approximateArrivalTimestamp ?? approximateArrivalTimestamp,
    payload: Buffer.from(data, 'base64'),
  }));
  const { answers, counts, cause } = await conformFirehose(records, table);
  countRecords(counts);
  log('info', 'conformed', { table: table.table, records: records.length, ...counts });
  if (cause !== undefined) log('error', 'quarantine failed, records are handed back', { table: table.table, ...errorFields(cause) });
  return {
    records: answers.map((answer) => ({
      recordId: answer.id,
      result: answer.result,
      data: answer.result === 'Ok' ? Buffer.from(`${answer.line}\n`).toString('base64') : '',
    })),
  };
}
