import type { BaseColumn, ColumnLineage, DecidingKind, DirectKind } from './lineage.js';

/** A transformation of OpenLineage's column lineage facet. */
export interface OpenLineageTransformation {
  readonly type: 'DIRECT' | 'INDIRECT';
  readonly subtype: string;
  readonly description: string;
  readonly masking: boolean;
}

/** A column that another is made of, in OpenLineage's words. */
export interface OpenLineageInput {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly OpenLineageTransformation[];
}

/** https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json */
export interface ColumnLineageFacet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly fields: Readonly<Record<string, { readonly inputFields: readonly OpenLineageInput[] }>>;
}

const SUBTYPES: Readonly<Record<DirectKind | DecidingKind, string>> = {
  identity: 'IDENTITY',
  transformation: 'TRANSFORMATION',
  aggregation: 'AGGREGATION',
  filter: 'FILTER',
  join: 'JOIN',
  group: 'GROUP_BY',
  sort: 'SORT',
  window: 'WINDOW',
  conditional: 'CONDITIONAL',
};

/**
 * A query's lineage as OpenLineage's column lineage facet. `namespace` is that of the tables, for a Glue catalog
 * `arn:aws:glue:<region>:<account>`; a table's name there is `table/<database>/<table>`.
 */
export function openLineageFacet(
  lineage: readonly ColumnLineage[],
  names: { readonly namespace: string; readonly producer: string },
): ColumnLineageFacet {
  return {
    _producer: names.producer,
    _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
    fields: Object.fromEntries(lineage.map((column) => [column.column, { inputFields: inputs(column, names.namespace) }])),
  };
}

function inputs({ direct, deciding }: ColumnLineage, namespace: string): OpenLineageInput[] {
  const found = new Map<string, { base: BaseColumn; transformations: OpenLineageTransformation[] }>();
  const add = (base: BaseColumn, type: 'DIRECT' | 'INDIRECT', kind: DirectKind | DecidingKind) => {
    const key = `${base.database}.${base.table}.${base.column}`;
    const entry = found.get(key) ?? { base, transformations: [] };
    entry.transformations.push({ type, subtype: SUBTYPES[kind], description: '', masking: false });
    found.set(key, entry);
  };
  for (const base of direct) add(base, 'DIRECT', base.kind);
  for (const base of deciding) for (const kind of base.kinds) add(base, 'INDIRECT', kind);
  return [...found.values()].map(({ base, transformations }) => ({
    namespace,
    name: `table/${base.database}/${base.table}`,
    field: base.column,
    transformations,
  }));
}
