import type { Construct } from 'constructs';
import { quarantineTableName, tablePrefix } from '../model/layout.js';
import type { SourceTableProps } from './bronze-table.js';
import { JsonTable } from './json-table.js';

/** The records a source refused, with position and reasons, by hour of arrival. */
export class QuarantineTable extends JsonTable {
  constructor(scope: Construct, id: string, { lake, spec }: SourceTableProps) {
    super(scope, id, {
      lake,
      zone: 'quarantine',
      tableName: quarantineTableName('bronze', spec.name),
      description: `Records that the source of ${spec.name} refused`,
      columns: [
        { name: 'position', type: 'string', comment: 'where the record stood in its source' },
        { name: 'arrived_at', type: 'string', comment: 'UTC, 2026-01-31 09:00:00.000000' },
        { name: 'contract', type: 'string', comment: 'version of the contract that refused it' },
        { name: 'reasons', type: 'array<struct<rule:string,field:string>>', comment: 'rule and field, never a value' },
        { name: 'payload_base64', type: 'string', comment: 'the record as it came; null when payload_key says where it lies' },
        { name: 'payload_key', type: 'string', comment: 'object of this bucket that holds a record too large to stand here' },
        { name: 'bytes', type: 'bigint', comment: 'size of the record' },
      ],
      prefix: tablePrefix(spec.name),
      byArrival: true,
    });
    lake.zones.quarantine.expireBelow(tablePrefix(spec.name));
  }
}
