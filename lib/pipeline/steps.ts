import type { IConstruct } from 'constructs';
import { type GraphStep, tableId } from '../model/graph.js';
import type { IStep } from '../model/step.js';
import { directReason, type ITableRef } from '../model/table.js';

/** A step as the graph sees it, with the construct it came from. */
export interface StepNode extends GraphStep {
  readonly step: IStep;
}

export function asGraphStep(step: IStep): StepNode {
  const { zone, database, tableName, spec, reads } = step;
  const directly = new Map(
    reads.flatMap((table) => {
      const why = directReason(table);
      return why === undefined ? [] : [[tableId(table), why] as const];
    }),
  );
  return { step, path: step.node.path, zone, database, tableName, spec, reads, directly };
}

/** Tables made anywhere in an app, so that one pipeline may read what another makes. */
const MADE = new WeakMap<IConstruct, Map<string, IStep>>();

export function rememberStep(step: IStep): void {
  const made = MADE.get(step.node.root) ?? new Map<string, IStep>();
  MADE.set(step.node.root, made.set(tableId(step), step));
}

/** Every table that a step of the app makes. */
export function tablesMade(scope: IConstruct): readonly ITableRef[] {
  return [...(MADE.get(scope.node.root)?.values() ?? [])];
}

/** Whether a table is made by a step of another pipeline of the app. */
export function isMadeElsewhere(scope: IConstruct): (table: ITableRef) => boolean {
  return (table) => MADE.get(scope.node.root)?.has(tableId(table)) === true;
}
