import type { RunOptions as InterpreterOptions, StateMachineDefinition } from 'aws-local-stepfunctions';
import { LakeError } from '../../contract/lake-error.js';
import type { TableCounts } from '../../model/run.js';
import { type Integration, integrationOf } from './machine-check.js';
import type { MachineDefinition, MachineState } from './machine-definition.js';
import { type ExecutionContext, prepareMachine, reviveParameters } from './machine-prepare.js';

/** An error as Step Functions has it: a name that `Retry` and `Catch` can match. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    /** Our own words about it, for people; AWS has a JSON text here. */
    message: string,
  ) {
    super(message);
  }
}

export type TaskHandlers = Readonly<Record<Integration, (parameters: Record<string, unknown>) => Promise<unknown>>>;

/** What is told about a task's state while it runs. */
export interface TaskProgress {
  readonly state: string;
  readonly table?: string;
  readonly status: 'started' | 'retried' | 'succeeded' | 'failed';
  readonly ms?: number;
  readonly error?: string;
}

export interface MachineOutcome {
  readonly status: 'succeeded' | 'failed';
  /** The task that failed last, else the Fail state. */
  readonly failure?: { readonly state: string; readonly name: string; readonly message: string };
  /** The counts that the tables' branches ended with. */
  readonly counts: readonly TableCounts[];
  /** Time in tasks, by the table whose branch they belong to. */
  readonly milliseconds: ReadonlyMap<string, number>;
}

/** What passes between two states at most. */
const MAX_STATE_BYTES = 256 * 1024;
const COUNT_FIELDS = ['table', 'verdict', 'reason', 'rows_in', 'published', 'deduplicated', 'quarantined'] as const;

/** Interprets a checked definition. Retries happen at once: here nothing is throttled. */
export async function runMachine(
  definition: MachineDefinition,
  context: ExecutionContext,
  handlers: TaskHandlers,
  onProgress: (progress: TaskProgress) => void,
): Promise<MachineOutcome> {
  const run = new MachineRun(definition, handlers, onProgress);
  const { StateMachine } = await interpreter();
  // Checked already, and its own check refuses what it could run.
  const machine = new StateMachine(prepareMachine(definition, context) as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(context.Execution.Input as Parameters<typeof machine.run>[0], { overrides: run.overrides() });
  const events = run.follow(execution.eventLogs);
  const error = await execution.result.then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? (thrown.cause ?? thrown) : thrown),
  );
  await run.settle();
  await events;
  return run.outcome(error);
}

class MachineRun {
  private readonly counts = new Map<string, TableCounts>();
  private readonly milliseconds = new Map<string, number>();
  private readonly tables = new Map<string, string>();
  private readonly states = new Map<string, MachineState>();
  private readonly started = new Set<string>();
  private readonly running = new Set<Promise<unknown>>();
  private lastFailure?: { readonly state: string; readonly name: string; readonly message: string };
  /** An error of this runtime, not of the lake: it ends the run for the caller as well. */
  private broken: unknown;

  constructor(
    definition: MachineDefinition,
    private readonly handlers: TaskHandlers,
    private readonly onProgress: (progress: TaskProgress) => void,
  ) {
    this.collect(definition, undefined);
  }

  overrides(): NonNullable<InterpreterOptions['overrides']> {
    const tasks = [...this.states].filter(([, state]) => state.Type === 'Task');
    return {
      taskResourceLocalHandlers: Object.fromEntries(
        tasks.map(([name, state]) => [name, (input: unknown) => this.task(name, state, input) as never]),
      ),
      retryIntervalOverrides: Object.fromEntries([...this.states].filter(([, state]) => 'Retry' in state).map(([name]) => [name, 0])),
    };
  }

  /** Picks the tables' counts out of what the states leave. */
  async follow(events: AsyncIterable<{ readonly type: string; readonly state?: { readonly output?: unknown } }>): Promise<void> {
    for await (const event of events) {
      const output = event.type === 'StateExited' ? event.state?.output : undefined;
      if (isCounts(output)) this.counts.set(output.table, output);
    }
  }

  /** Waits for tasks that a failed sibling left behind. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.running]);
  }

  outcome(error: unknown): MachineOutcome {
    if (this.broken !== undefined) throw this.broken;
    const common = { counts: [...this.counts.values()], milliseconds: this.milliseconds };
    if (error === undefined) return { status: 'succeeded', ...common };
    return { status: 'failed', failure: this.lastFailure ?? this.failState(error), ...common };
  }

  private failState(error: unknown): NonNullable<MachineOutcome['failure']> {
    const name = error instanceof Error ? error.name : 'States.Runtime';
    const refused = [...this.counts.values()].filter(({ verdict }) => verdict !== 'pass');
    if (refused.length > 0) {
      const message = refused.map(({ table, reason }) => `${table}: ${reason}`).join('; ');
      return { state: refused.map(({ table }) => table).join(', '), name: 'TableRefused', message };
    }
    const state = [...this.states].find(([, candidate]) => candidate.Type === 'Fail' && candidate['Error'] === name)?.[0] ?? '';
    // The interpreter's own messages may quote what passed between states.
    return { state, name, message: state === '' ? 'the state machine could not go on' : String(this.states.get(state)?.['Cause'] ?? '') };
  }

  private task(name: string, state: MachineState, input: unknown): Promise<unknown> {
    const started = performance.now();
    const table = this.tables.get(name);
    const about = { state: name, ...(table === undefined ? {} : { table }) };
    this.onProgress({ ...about, status: this.started.has(name) ? 'retried' : 'started' });
    this.started.add(name);
    const done = this.call(state, input).then(
      (result) => {
        this.onProgress({ ...about, status: 'succeeded', ms: this.spent(table, started) });
        return result;
      },
      (thrown: unknown) => {
        const error = thrown instanceof TaskError ? thrown : new TaskError('States.Runtime', 'the local runtime failed');
        if (!(thrown instanceof TaskError)) this.broken = thrown;
        this.lastFailure = { state: name, name: error.name, message: error.message };
        this.onProgress({ ...about, status: 'failed', ms: this.spent(table, started), error: error.name });
        throw error;
      },
    );
    this.running.add(done);
    return done;
  }

  private async call(state: MachineState, input: unknown): Promise<unknown> {
    const integration = integrationOf(state['Resource']);
    if (integration === undefined) throw new LakeError('local/integration', `no integration '${String(state['Resource'])}'`);
    const result = await this.handlers[integration](reviveParameters(input) as Record<string, unknown>);
    if (Buffer.byteLength(JSON.stringify(result)) > MAX_STATE_BYTES) {
      throw new TaskError('States.DataLimitExceeded', 'the result has more than the 256 KiB that pass between states');
    }
    return result;
  }

  private spent(table: string | undefined, started: number): number {
    const ms = performance.now() - started;
    if (table !== undefined) this.milliseconds.set(table, (this.milliseconds.get(table) ?? 0) + ms);
    return Math.round(ms);
  }

  /** Notes every state, and which table's branch it belongs to: the branch names its table where it reads the audit. */
  private collect(definition: MachineDefinition, table: string | undefined): void {
    for (const [name, state] of Object.entries(definition.States ?? {})) {
      this.states.set(name, state);
      if (table !== undefined) this.tables.set(name, table);
      for (const branch of (state['Branches'] ?? []) as MachineDefinition[]) this.collect(branch, tableOf(branch));
    }
  }
}

/** The table that a branch makes. */
export function tableOf(branch: MachineDefinition): string | undefined {
  for (const state of Object.values(branch.States ?? {})) {
    const table = (state['ResultSelector'] as { readonly table?: unknown } | undefined)?.table;
    if (typeof table === 'string') return table;
  }
  return undefined;
}

/** Every table that a machine makes, `silver.orders`. */
export function tablesOf(definition: MachineDefinition): readonly string[] {
  return Object.values(definition.States ?? {}).flatMap((state) =>
    ((state['Branches'] ?? []) as MachineDefinition[]).flatMap((branch) => [
      ...([tableOf(branch)].filter((table) => table !== undefined) as string[]),
      ...tablesOf(branch),
    ]),
  );
}

function isCounts(value: unknown): value is TableCounts {
  return (
    typeof value === 'object' &&
    value !== null &&
    COUNT_FIELDS.every((field) => typeof (value as Record<string, unknown>)[field] === 'string')
  );
}

/** Loaded when a run starts: it brings SDK clients along that nothing here calls. */
async function interpreter(): Promise<typeof import('aws-local-stepfunctions')> {
  // Node 20 has no Promise.withResolvers.
  const promise = Promise as PromiseConstructor & { withResolvers?: unknown };
  promise.withResolvers ??= function withResolvers<T>() {
    let resolve!: (value: T | PromiseLike<T>) => void;
    let reject!: (reason?: unknown) => void;
    const made = new Promise<T>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise: made, resolve, reject };
  };
  return await import('aws-local-stepfunctions');
}
