import { LakeError } from '../../contract/lake-error.js';
import type { TableZone, Zone } from '../../model/zone.js';
import type { CatalogColumn } from '../../sql/types/catalog.js';
import { fromHiveType } from '../../sql/types/parse-type.js';
import type { SqlType } from '../../sql/types/sql-type.js';
import type { Inventory, RunResource } from '../assembly/inventory.js';

/** A table of the templates: columns in Athena's types, and where its rows are. */
export interface GlueTable {
  readonly zone: Zone;
  readonly database: string;
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  /** Absent for a table of the local database (simulated Iceberg). */
  readonly objects?: {
    readonly bucket: string;
    /** Ends in a slash. */
    readonly prefix: string;
    /** Key of the hive partition, when objects lie in partitions. */
    readonly partition?: string;
  };
}

const JSON_SERDES = ['org.openx.data.jsonserde.JsonSerDe', 'org.apache.hive.hcatalog.data.JsonSerDe'];
const ZONE_SUFFIX = /_(landing|bronze|silver|gold|quarantine|operations)$/;
const ZONE_PATH = /\/(landing|bronze|silver|gold|quarantine|operations)\/Bucket/i;

/** The Glue tables of a stage. */
export function glueTables(inventory: Inventory): readonly GlueTable[] {
  return inventory.all('AWS::Glue::Table').map((resource) => readTable(inventory, resource));
}

function readTable(inventory: Inventory, resource: RunResource): GlueTable {
  const {
    DatabaseName: database,
    TableInput: input,
    OpenTableFormatInput: open,
    Name: name,
  } = resource.properties as unknown as GlueTableProperties;
  if (open !== undefined) {
    const table = open.IcebergInput?.IcebergTableInput;
    if (table?.Schema?.Fields === undefined || name === undefined) throw unreadable(resource, 'an Iceberg table needs a name and a schema');
    const columns = table.Schema.Fields.map((field) => ({
      name: field.Name,
      type: icebergType(field.Type, resource),
      nullable: field.Required !== true && field.Required !== 'true',
    }));
    return { zone: zoneOf(inventory, database, table.Location ?? ''), database, name, columns };
  }
  const storage = input?.StorageDescriptor;
  if (input?.Name === undefined || storage?.Columns === undefined || storage.Location === undefined)
    throw unreadable(resource, 'it has no columns or no location');
  if (!JSON_SERDES.includes(storage.SerdeInfo?.SerializationLibrary ?? '')) throw unreadable(resource, 'its rows are not lines of JSON');
  const [partition, ...more] = input.PartitionKeys ?? [];
  if (more.length > 0) throw unreadable(resource, 'it has several partition keys');
  const columns = [...storage.Columns, ...(partition === undefined ? [] : [partition])].map((column) => ({
    name: column.Name,
    type: hiveType(column.Type, resource),
    nullable: true,
    // Only this library's handlers write such objects.
    canonical: true as const,
  }));
  const bucket = inventory.bucketOf(storage.Location);
  const prefix = storage.Location.replace(`s3://${bucket}/`, '').replace(/\/?$/, '/');
  return {
    zone: zoneOf(inventory, database, storage.Location),
    database,
    name: input.Name,
    columns,
    objects: { bucket, prefix, ...(partition === undefined ? {} : { partition: partition.Name }) },
  };
}

interface GlueTableProperties {
  readonly DatabaseName: string;
  readonly Name?: string;
  readonly TableInput?: {
    readonly Name?: string;
    readonly PartitionKeys?: readonly { readonly Name: string; readonly Type: string }[];
    readonly StorageDescriptor?: {
      readonly Columns?: readonly { readonly Name: string; readonly Type: string }[];
      readonly Location?: string;
      readonly SerdeInfo?: { readonly SerializationLibrary?: string };
    };
  };
  readonly OpenTableFormatInput?: {
    readonly IcebergInput?: {
      readonly IcebergTableInput?: {
        readonly Location?: string;
        readonly Schema?: {
          readonly Fields?: readonly { readonly Name: string; readonly Type: unknown; readonly Required?: boolean | string }[];
        };
      };
    };
  };
}

function zoneOf(inventory: Inventory, database: string, location: string): Zone {
  const bucket = inventory.find('AWS::S3::Bucket', inventory.bucketOf(location));
  const found = ZONE_SUFFIX.exec(database)?.[1] ?? ZONE_PATH.exec(bucket?.path ?? '')?.[1];
  // An adopted database of another name over an adopted bucket says nothing about its zone; what a step makes last is what people look at.
  return (found?.toLowerCase() as Zone | undefined) ?? ('gold' satisfies TableZone);
}

function hiveType(text: string, resource: RunResource): SqlType {
  try {
    return fromHiveType(text);
  } catch (cause) {
    throw unreadable(resource, cause instanceof Error ? cause.message : 'a column has an unknown type');
  }
}

/** Iceberg writes simple types as text and nested ones as objects; a template has those as the JSON text of the object. */
function icebergType(type: unknown, resource: RunResource): SqlType {
  if (typeof type === 'string') return type.startsWith('{') ? icebergType(JSON.parse(type), resource) : hiveType(type, resource);
  const nested = type as { type?: string; fields?: { name: string; type: unknown }[]; element?: unknown; key?: unknown; value?: unknown };
  switch (nested?.type) {
    case 'struct':
      return { kind: 'row', fields: (nested.fields ?? []).map((field) => ({ name: field.name, type: icebergType(field.type, resource) })) };
    case 'list':
      return { kind: 'array', element: icebergType(nested.element, resource) };
    case 'map':
      return { kind: 'map', key: icebergType(nested.key, resource), value: icebergType(nested.value, resource) };
    default:
      throw unreadable(resource, 'a column has an unknown nested type');
  }
}

function unreadable(resource: RunResource, why: string): LakeError {
  return new LakeError('local/table', `the local runtime cannot read the Glue table '${resource.logicalId}': ${why}`, {
    path: resource.path,
  });
}
