import type { Branch } from './machine.js';
import type { IStep } from './step.js';
import type { ITableRef } from './table.js';
import type { TableUse } from './table-use.js';

/** What a role may do: exact actions on exact resources. The lake's `Statement` is one. */
export interface Access {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  readonly because?: string;
}

/** What a pipeline tells a step when it puts the machine together. */
export interface BranchContext {
  /** The step's name in states, unique in the machine and short enough for `Judge <label> reconciliation`. */
  readonly label: string;
}

/** A step that works inside the pipeline's state machine: it renders its own branch and says what the machine's role needs for it. */
export interface ITransformStep extends IStep {
  readonly kind: 'transform';
  /** What is wrong with the step, each with the step's path in front; the pipeline reports it with all others. */
  readonly problems: readonly string[];
  /**
   * The states that make the table. The branch gets `{ run }` and ends with the table's `TableCounts`; a verdict that is not
   * `pass` refuses the run. What fails raises an error.
   */
  branch(context: BranchContext): Branch;
  /** Told once, before anything is rendered, which tables there are: rules may refer to them. They join what the step reads. */
  link?(tables: readonly ITableRef[]): void;
  /** What the machine's role needs to run the branch. */
  access(): readonly Access[];
  /** The tables that the branch reads and makes, each of which Lake Formation must grant as well. Candidates are its own. */
  readonly uses: readonly TableUse[];
}

export function isTransformStep(step: IStep): step is ITransformStep {
  return 'kind' in step && step.kind === 'transform' && 'branch' in step;
}
