/** What an output column is made of. */

/** How a value passes into an output column, weakest first. */
export const DIRECT_KINDS = ['identity', 'transformation', 'aggregation'] as const;
export type DirectKind = (typeof DIRECT_KINDS)[number];

/** How a column decides about rows or values without being part of them. */
export const DECIDING_KINDS = ['filter', 'join', 'group', 'sort', 'window', 'conditional'] as const;
export type DecidingKind = (typeof DECIDING_KINDS)[number];

/** A column of a base table. */
export interface BaseColumn {
  readonly database: string;
  readonly table: string;
  readonly column: string;
}

export interface Lineage {
  /** Base columns whose values are in the output, with the strongest way in. */
  readonly direct: ReadonlyMap<BaseColumn, number>;
  /** Base columns that only decide, with the ways as bits. */
  readonly deciding: ReadonlyMap<BaseColumn, number>;
}

export type Deciding = Lineage['deciding'];

const EMPTY: ReadonlyMap<BaseColumn, number> = new Map();
export const NO_LINEAGE: Lineage = { direct: EMPTY, deciding: EMPTY };
export const NO_DECIDING: Deciding = EMPTY;

const bit = (kind: DecidingKind) => 1 << DECIDING_KINDS.indexOf(kind);

/** One base column as it is. */
export function ofColumn(column: BaseColumn): Lineage {
  return { direct: new Map([[column, 0]]), deciding: EMPTY };
}

/** The union of parts that a value is computed from. */
export function union(parts: readonly Lineage[], kind: DirectKind = 'transformation'): Lineage {
  if (parts.length === 0) return NO_LINEAGE;
  const least = DIRECT_KINDS.indexOf(kind);
  const direct = new Map<BaseColumn, number>();
  for (const part of parts) for (const [column, way] of part.direct) direct.set(column, Math.max(direct.get(column) ?? 0, way, least));
  return { direct, deciding: merged(parts.map((part) => part.deciding)) };
}

/** Everything about the parts, as columns that decide. */
export function deciding(parts: readonly Lineage[], kind: DecidingKind): Deciding {
  const all = new Map<BaseColumn, number>();
  for (const part of parts) {
    for (const column of part.direct.keys()) all.set(column, (all.get(column) ?? 0) | bit(kind));
    for (const [column, ways] of part.deciding) all.set(column, (all.get(column) ?? 0) | ways | bit(kind));
  }
  return all;
}

export function merged(parts: readonly Deciding[]): Deciding {
  const some = parts.filter((part) => part.size > 0);
  if (some.length <= 1) return some[0] ?? EMPTY;
  const all = new Map<BaseColumn, number>();
  for (const part of some) for (const [column, ways] of part) all.set(column, (all.get(column) ?? 0) | ways);
  return all;
}

/** A lineage with more deciding columns. */
export function decidedBy(lineage: Lineage, ...more: readonly Deciding[]): Lineage {
  return { direct: lineage.direct, deciding: merged([lineage.deciding, ...more]) };
}

/** An output column and the base columns behind it, as plain data. */
export interface ColumnLineage {
  readonly column: string;
  readonly direct: readonly (BaseColumn & { readonly kind: DirectKind })[];
  readonly deciding: readonly (BaseColumn & { readonly kinds: readonly DecidingKind[] })[];
}

/** The plain form, in a stable order. */
export function lineageOf(column: string, lineage: Lineage): ColumnLineage {
  return {
    column,
    direct: sorted(lineage.direct).map(([base, way]) => ({ ...base, kind: DIRECT_KINDS[way] as DirectKind })),
    deciding: sorted(lineage.deciding).map(([base, ways]) => ({ ...base, kinds: DECIDING_KINDS.filter((_, at) => ways & (1 << at)) })),
  };
}

function sorted(columns: ReadonlyMap<BaseColumn, number>): [BaseColumn, number][] {
  const key = (base: BaseColumn) => `${base.database}.${base.table}.${base.column}`;
  return [...columns].sort(([a], [b]) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
