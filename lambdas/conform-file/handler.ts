import type { EventBridgeEvent } from 'aws-lambda';
import { log } from '../bronze/log.js';
import { countRecords } from '../bronze/metric.js';
import { bronzeTable } from '../bronze/table.js';
import { conformFile, type FileFormat, type FileResult } from './conform-file.js';

interface ObjectCreated {
  readonly bucket: { readonly name: string };
  readonly object: { readonly key: string; readonly size: number; readonly etag: string };
}

const table = bronzeTable(new URL('./contract.json', import.meta.url));
const format = process.env['MEDALLION_FILE_FORMAT'] as FileFormat | undefined;

export async function handler({ time, detail }: EventBridgeEvent<'Object Created', ObjectCreated>): Promise<FileResult> {
  const file = { bucket: detail.bucket.name, ...detail.object, arrivedAtMs: Date.parse(time) };
  const result = await conformFile(file, table, { format });
  countRecords(result.counts);
  log('info', result.superseded === true ? 'superseded' : 'conformed', { table: table.table, bytes: file.size, ...result.counts });
  return result;
}
