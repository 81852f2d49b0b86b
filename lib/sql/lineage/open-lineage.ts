import { LakeError } from '../../contract/lake-error.js';
import type { ITableRef } from '../../model/table.js';
import type { BaseColumn, ColumnLineage, DecidingKind, DirectKind } from '../analyze/lineage.js';
import type { CheckedQuery } from '../check/check-query.js';
import { type CatalogColumn, catalogTableOf } from '../types/catalog.js';
import { type SqlType, typeText } from '../types/sql-type.js';

/** The Glue catalog that tables are in: OpenLineage names a dataset by it. */
export interface GlueCatalog {
  /** @default 'aws' */
  readonly partition?: string;
  readonly region: string;
  /** The account's twelve digits. */
  readonly account: string;
}

export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

/** Every part names the document it follows, and who wrote it. */
interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
}

export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly ordinal_position?: number;
  readonly fields?: readonly SchemaField[];
}

export interface SchemaFacet extends Facet {
  readonly fields: readonly SchemaField[];
}

export interface Transformation {
  readonly type: 'DIRECT' | 'INDIRECT';
  readonly subtype: (typeof DIRECT)[DirectKind] | (typeof INDIRECT)[DecidingKind];
}

export interface InputField extends DatasetName {
  readonly field: string;
  readonly transformations: readonly Transformation[];
}

export interface ColumnLineageFacet extends Facet {
  readonly fields: Readonly<Record<string, { readonly inputFields: readonly InputField[] }>>;
  /** What decides about the rows, and so about every column. It is not repeated in `fields`. */
  readonly dataset: readonly InputField[];
}

export interface OpenLineageDataset extends DatasetName {
  readonly facets: { readonly schema: SchemaFacet; readonly columnLineage?: ColumnLineageFacet };
}

/** A `RunEvent`, or without a run a `JobEvent`: what the job would read and write. */
export interface OpenLineageEvent {
  readonly eventType?: RunState;
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run?: { readonly runId: string };
  readonly job: DatasetName;
  readonly inputs: readonly OpenLineageDataset[];
  readonly outputs: readonly OpenLineageDataset[];
}

export type RunState = 'START' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER';

export interface OpenLineageProps {
  /** The checked query that fills `table`. */
  readonly query: Pick<CheckedQuery, 'tables' | 'lineage'>;
  readonly table: ITableRef;
  readonly catalog: GlueCatalog;
  /** The job's namespace and its name there: the pipeline's stack and the transform's path. */
  readonly job: DatasetName;
  readonly at: Date;
  /** The run and what became of it. Its id must be a UUID. @default none: the event tells of the job, not of a run */
  readonly run?: { readonly id: string; readonly state: RunState };
  /** URI of what writes the event. @default this package */
  readonly producer?: string;
  /** Columns that tables have beside their contract's, as given to `checkQuery`. @default none */
  readonly technicalColumns?: (table: ITableRef) => readonly CatalogColumn[];
}

const PRODUCER = 'https://www.npmjs.com/package/cdk-medallion';
const SPEC = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs';
const FACETS = 'https://openlineage.io/spec/facets';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const DIRECT = { identity: 'IDENTITY', transformation: 'TRANSFORMATION', aggregation: 'AGGREGATION' } as const;
const INDIRECT = {
  filter: 'FILTER',
  join: 'JOIN',
  group: 'GROUP_BY',
  sort: 'SORT',
  window: 'WINDOW',
  conditional: 'CONDITIONAL',
} as const;

/** These can decide about rows; the others decide about a value. */
const OF_ROWS: readonly DecidingKind[] = ['filter', 'join', 'group', 'sort'];

/**
 * What a query reads and writes, as an OpenLineage event with the facets `schema` and `columnLineage`: one table, column by column.
 * @throws LakeError `lineage` when lineage and tables do not fit each other, or the run's id is no UUID
 */
export function openLineageEvent(props: OpenLineageProps): OpenLineageEvent {
  const { query, table, run, producer = PRODUCER } = props;
  if (run !== undefined && !UUID.test(run.id)) throw new LakeError('lineage', `the id of a run must be a uuid, got '${run.id}'`);
  const schemaOf = (one: ITableRef) => catalogTableOf(one, props.technicalColumns?.(one)).columns;
  checkNames(query, table, schemaOf);
  const dataset = (one: ITableRef) => ({ ...glueDataset(one, props.catalog), facets: { schema: schemaFacet(schemaOf(one), producer) } });
  const output = dataset(table);
  return {
    ...(run !== undefined && { eventType: run.state, run: { runId: run.id } }),
    eventTime: props.at.toISOString(),
    producer,
    schemaURL: `${SPEC}/${run === undefined ? 'JobEvent' : 'RunEvent'}`,
    job: props.job,
    inputs: query.tables.map(dataset),
    outputs: [{ ...output, facets: { ...output.facets, columnLineage: columnLineageFacet(query.lineage, props.catalog, producer) } }],
  };
}

/** A table's name in OpenLineage: that of a Glue table, which Athena, Spark and crawlers give it too. */
export function glueDataset(table: Pick<ITableRef, 'database' | 'tableName'>, catalog: GlueCatalog): DatasetName {
  return {
    namespace: `arn:${catalog.partition ?? 'aws'}:glue:${catalog.region}:${catalog.account}`,
    name: `table/${table.database}/${table.tableName}`,
  };
}

/** Columns with Trino's types, rows, lists and maps opened up. */
export function schemaFacet(
  columns: readonly { readonly name: string; readonly type: SqlType }[],
  producer: string = PRODUCER,
): SchemaFacet {
  const fields = columns.map(({ name, type }, at) => ({ ...schemaField(name, type), ordinal_position: at + 1 }));
  return { _producer: producer, _schemaURL: `${FACETS}/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet`, fields };
}

/**
 * The lineage of a query's columns. Whatever is deciding for all of them stands once, under `dataset`; a column's whole lineage is its own
 * fields and those.
 */
export function columnLineageFacet(
  lineage: readonly ColumnLineage[],
  catalog: GlueCatalog,
  producer: string = PRODUCER,
): ColumnLineageFacet {
  const common = commonDeciding(lineage);
  const input = ({ database, table, column }: BaseColumn, transformations: readonly Transformation[]): InputField => ({
    ...glueDataset({ database, tableName: table }, catalog),
    field: column,
    transformations,
  });
  const own = (column: ColumnLineage): InputField[] => {
    const direct = column.direct.map((base) => input(base, [{ type: 'DIRECT', subtype: DIRECT[base.kind] }]));
    const deciding = column.deciding.flatMap((base) => {
      const kinds = base.kinds.filter((kind) => !common.get(keyOf(base))?.kinds.includes(kind));
      return kinds.length === 0 ? [] : [input(base, kinds.map(indirect))];
    });
    return [...direct, ...deciding];
  };
  return {
    _producer: producer,
    _schemaURL: `${FACETS}/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet`,
    fields: Object.fromEntries(lineage.map((column) => [column.column, { inputFields: own(column) }])),
    dataset: [...common.values()].map((base) => input(base, base.kinds.map(indirect))),
  };
}

function indirect(kind: DecidingKind): Transformation {
  return { type: 'INDIRECT', subtype: INDIRECT[kind] };
}

function keyOf(base: BaseColumn): string {
  return JSON.stringify([base.database, base.table, base.column]);
}

type Decides = ColumnLineage['deciding'][number];

/** Ways of deciding that all columns share. */
function commonDeciding(lineage: readonly ColumnLineage[]): ReadonlyMap<string, Decides> {
  const [first, ...others] = lineage.map((column) => new Map(column.deciding.map((base) => [keyOf(base), base])));
  const common = new Map<string, Decides>();
  for (const [key, base] of first ?? []) {
    const kinds = base.kinds.filter((kind) => OF_ROWS.includes(kind) && others.every((other) => other.get(key)?.kinds.includes(kind)));
    if (kinds.length > 0) common.set(key, { ...base, kinds });
  }
  return common;
}

function schemaField(name: string, type: SqlType): SchemaField {
  const fields = innerFields(type);
  return { name, type: fields === undefined ? typeText(type) : type.kind, ...(fields !== undefined && { fields }) };
}

/** Names as OpenLineage's own integrations write them. */
function innerFields(type: SqlType): readonly SchemaField[] | undefined {
  switch (type.kind) {
    case 'array':
      return [schemaField('_element', type.element)];
    case 'map':
      return [schemaField('key', type.key), schemaField('value', type.value)];
    case 'row':
      return type.fields.map((field, at) => schemaField(field.name ?? `_${at}`, field.type));
    default:
      return undefined;
  }
}

/** A facet may name only columns that the schemas beside it have: a name that is lost here would be a hole nobody sees. */
function checkNames(
  query: OpenLineageProps['query'],
  table: ITableRef,
  schemaOf: (table: ITableRef) => readonly { readonly name: string }[],
): void {
  const columnsOf = (one: ITableRef) =>
    schemaOf(one).map((column) => keyOf({ database: one.database, table: one.tableName, column: column.name }));
  const readable = new Set(query.tables.flatMap(columnsOf));
  const written = new Set(schemaOf(table).map((column) => column.name));
  for (const column of query.lineage) {
    if (!written.has(column.column))
      throw new LakeError('lineage', `table '${table.tableName}' has no column '${column.column}', which the query gives`);
    const missing = [...column.direct, ...column.deciding].find((base) => !readable.has(keyOf(base)));
    if (missing !== undefined)
      throw new LakeError(
        'lineage',
        `column '${column.column}' comes from '${missing.table}.${missing.column}', which no table of the query has: give its technical columns`,
      );
  }
}
