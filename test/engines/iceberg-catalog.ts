import { randomUUID } from 'node:crypto';
import type { Glue, TableInput } from '@aws-sdk/client-glue';
import type { S3 } from '@aws-sdk/client-s3';
import type { AssemblyStack } from '../../lib/local/assembly/assembly.js';
import { TemplateResolver } from '../../lib/local/assembly/template-resolver.js';

interface Clients {
  readonly glue: Glue;
  readonly s3: S3;
}

/** `IcebergTableInput` of `AWS::Glue::Table`, as a template has it. */
export interface IcebergTableInput {
  readonly Location: string;
  readonly Schema: { readonly Fields: readonly IcebergField[] };
  readonly PartitionSpec?: {
    readonly Fields: readonly { readonly SourceId: number; readonly FieldId?: number; readonly Name: string; readonly Transform: string }[];
  };
  readonly Properties?: Readonly<Record<string, string>>;
}

interface IcebergField {
  readonly Id: number;
  readonly Name: string;
  readonly Type: string;
  readonly Required: boolean;
}

/** Makes the buckets, databases and tables of templates in the Glue server, as CloudFormation and Glue would. */
export async function makeCatalog(clients: Clients, stacks: readonly AssemblyStack[]): Promise<void> {
  const resolver = new TemplateResolver(stacks);
  const places = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
      type: Type,
      properties: () => resolver.resolve(stack, Properties ?? {}) as Record<string, unknown>,
      ref: () => String(resolver.resolve(stack, { Ref: logicalId })),
    })),
  );
  const ofType = (type: string) => places.filter((place) => place.type === type);
  for (const bucket of ofType('AWS::S3::Bucket')) await clients.s3.createBucket({ Bucket: bucket.ref() });
  for (const database of ofType('AWS::Glue::Database')) {
    const { Name, LocationUri } = database.properties()['DatabaseInput'] as { Name: string; LocationUri: string };
    // Trino takes no bare bucket for a place of tables. Athena puts what it creates below its workgroup's results.
    await clients.glue.createDatabase({ DatabaseInput: { Name, LocationUri: `${LocationUri.replace(/\/$/, '')}/tables/` } });
  }
  for (const table of ofType('AWS::Glue::Table')) await makeTable(clients, table.properties());
}

async function makeTable(clients: Clients, properties: Record<string, unknown>): Promise<void> {
  const database = String(properties['DatabaseName']);
  const open = properties['OpenTableFormatInput'] as { IcebergInput: { IcebergTableInput: IcebergTableInput } } | undefined;
  if (open === undefined) {
    await clients.glue.createTable({ DatabaseName: database, TableInput: properties['TableInput'] as TableInput });
    return;
  }
  await makeIcebergTable(clients, database, String(properties['Name']), open.IcebergInput.IcebergTableInput);
}

/** An empty Iceberg table with exactly the given field numbers: what Glue makes of `OpenTableFormatInput`, which the server here does not know. */
export async function makeIcebergTable(clients: Clients, database: string, name: string, input: IcebergTableInput): Promise<void> {
  const location = input.Location.replace(/\/$/, '');
  const file = `metadata/00000-${randomUUID()}.metadata.json`;
  const { hostname: bucket, pathname } = new URL(location);
  await clients.s3.putObject({ Bucket: bucket, Key: `${pathname.slice(1)}/${file}`, Body: JSON.stringify(metadataOf(location, input)) });
  await clients.glue.createTable({
    DatabaseName: database,
    TableInput: {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG', metadata_location: `${location}/${file}` },
      StorageDescriptor: { Location: location, Columns: [] },
    },
  });
}

function metadataOf(location: string, { Schema, PartitionSpec, Properties }: IcebergTableInput): object {
  const fields = Schema.Fields.map(({ Id, Name, Type, Required }) => ({ id: Id, name: Name, required: Required, type: typeOf(Type) }));
  const partitions = (PartitionSpec?.Fields ?? []).map(({ SourceId, FieldId, Name, Transform }, n) => ({
    'source-id': SourceId,
    'field-id': FieldId ?? 1000 + n,
    name: Name,
    transform: Transform,
  }));
  return {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': Date.now(),
    'last-column-id': Math.max(...numbersIn(fields)),
    'current-schema-id': 0,
    schemas: [{ type: 'struct', 'schema-id': 0, fields }],
    'default-spec-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: partitions }],
    'last-partition-id': 999 + partitions.length,
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: Properties ?? {},
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

/** A nested type stands in a template as JSON text. */
function typeOf(type: string): unknown {
  return type.startsWith('{') ? JSON.parse(type) : type;
}

/** Every field number in a schema, those of nested types included. */
function numbersIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    typeof entry === 'number' && (key === 'id' || key.endsWith('-id')) ? [entry] : numbersIn(entry),
  );
}
