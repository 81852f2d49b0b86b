import { LakeError } from '../contract/lake-error.js';
import type { ITableRef } from './table.js';
import type { TableZone } from './zone.js';

/** A step as the graph sees it. */
export interface GraphStep extends ITableRef {
  /** Where it was declared: `Shop/Silver/Orders`. */
  readonly path: string;
  readonly reads: readonly ITableRef[];
  /** Tables that it reads although they are two zones below, each with its reason. */
  readonly directly?: ReadonlyMap<string, string>;
}

/** A table's name in one lake: `shop_dev_silver.orders`. */
export function tableId({ database, tableName }: Pick<ITableRef, 'database' | 'tableName'>): string {
  return `${database}.${tableName}`;
}

/** `silver.orders`, as people say it. */
export function spoken({ zone, tableName }: Pick<ITableRef, 'zone' | 'tableName'>): string {
  return `${zone}.${tableName}`;
}

/** What is wrong with the steps of one pipeline: one sentence each, with the place first. */
export function graphProblems(steps: readonly GraphStep[], isMadeElsewhere: (table: ITableRef) => boolean): readonly string[] {
  return [...makerProblems(steps), ...missingProblems(steps, isMadeElsewhere), ...zoneProblems(steps), ...cycleProblems(steps)];
}

/**
 * The steps by level: each reads only tables of earlier levels (or of elsewhere), so those of one level can run side by side.
 *
 * @throws LakeError `pipeline-graph` if the steps depend on each other in a circle.
 */
export function levelsOf<S extends GraphStep>(steps: readonly S[]): readonly (readonly S[])[] {
  const makers = new Map(steps.map((step) => [tableId(step), step]));
  const levels = new Map<S, number>();
  const levelOf = (step: S, above: readonly S[]): number => {
    const known = levels.get(step);
    if (known !== undefined) return known;
    if (above.includes(step)) throw new LakeError('pipeline-graph', cycleText([...above.slice(above.indexOf(step)), step]));
    const below = step.reads.flatMap((table) => makers.get(tableId(table)) ?? []);
    const level = Math.max(-1, ...below.map((maker) => levelOf(maker, [...above, step]))) + 1;
    levels.set(step, level);
    return level;
  };
  const result: S[][] = [];
  for (const step of steps) {
    const level = levelOf(step, []);
    while (result.length <= level) result.push([]);
    result[level]!.push(step);
  }
  return result;
}

function makerProblems(steps: readonly GraphStep[]): readonly string[] {
  const makers = groupById(steps);
  return [...makers.values()]
    .filter((same) => same.length > 1)
    .map(
      (same) =>
        `${spoken(same[0]!)} is made by ${same.map(({ path }) => path).join(' and ')}; a table has one maker: give each contract a name of its own`,
    );
}

function groupById(steps: readonly GraphStep[]): Map<string, GraphStep[]> {
  const groups = new Map<string, GraphStep[]>();
  for (const step of steps) groups.set(tableId(step), [...(groups.get(tableId(step)) ?? []), step]);
  return groups;
}

function missingProblems(steps: readonly GraphStep[], isMadeElsewhere: (table: ITableRef) => boolean): readonly string[] {
  const made = new Set(steps.map(tableId));
  return steps.flatMap(({ path, reads }) =>
    reads
      .filter((table) => !made.has(tableId(table)) && !isMadeElsewhere(table))
      .map((table) => `${path} reads ${spoken(table)}, which no step makes; declare its source or transform, or correct the reference`),
  );
}

const HEIGHT: Readonly<Record<TableZone, number>> = { bronze: 0, silver: 1, gold: 2 };

function zoneProblems(steps: readonly GraphStep[]): readonly string[] {
  return steps.flatMap((step) => step.reads.flatMap((table) => zoneProblem(step, table) ?? []));
}

function zoneProblem(step: GraphStep, table: ITableRef): string | undefined {
  const reason = step.directly?.get(tableId(table));
  if (reason?.trim() === '') return `${step.path}: directly(${spoken(table)}) needs a reason, got blank text`;
  if (HEIGHT[table.zone] > HEIGHT[step.zone]) {
    return `${step.path} makes ${spoken(step)} from ${spoken(table)}: data flows bronze → silver → gold; make the table in ${table.zone} or read a lower one`;
  }
  if (HEIGHT[step.zone] - HEIGHT[table.zone] > 1 && reason === undefined) {
    return `${step.path} makes ${spoken(step)} from ${spoken(table)}; a gold table is made from silver or gold; to skip silver write directly(table, 'why')`;
  }
  return undefined;
}

function cycleProblems(steps: readonly GraphStep[]): readonly string[] {
  try {
    levelsOf(steps);
    return [];
  } catch (error) {
    if (error instanceof LakeError) return [error.message];
    throw error;
  }
}

function cycleText(circle: readonly GraphStep[]): string {
  return `${circle.map((step) => spoken(step)).join(' reads ')}: steps that read each other in a circle have no order; take one of the references out`;
}
