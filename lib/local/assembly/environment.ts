import type { FunctionRuntime } from '../functions/function-runtime.js';
import type { LocalEvent } from '../local-event.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LakeState } from '../tables/lake-state.js';
import type { Inventory, RunResource } from './inventory.js';

/** What the parts of a running local lake share. */
export interface LocalEnvironment {
  readonly folder: string;
  readonly inventory: Inventory;
  readonly store: ObjectStore;
  readonly state: LakeState;
  readonly functions: Functions;
  readonly clock: () => Date;
  readonly seed: number;
  readonly onEvent: (event: LocalEvent) => void;
}

/** The lake's functions, started when first invoked. */
export interface Functions {
  /** The function that an ARN or a name means, with or without a version. */
  resource(reference: unknown): RunResource | undefined;
  runtime(resource: RunResource): FunctionRuntime;
}
