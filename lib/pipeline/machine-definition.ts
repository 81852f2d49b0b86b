import { type Branch, type JsonValue, lambdaTask, type State, type States, snsPublish } from '../model/machine.js';

/** Names that the definition holds places for (`DefinitionSubstitutions`). */
export const SUBSTITUTIONS = ['Partition', 'OpenRunArn', 'CloseRunArn', 'FailureTopicArn'] as const;
export type Substitutions = Readonly<Record<(typeof SUBSTITUTIONS)[number], string>>;

/** Tables that are made side by side. */
export interface Level {
  /** Names of the tables in the states. */
  readonly labels: readonly string[];
  readonly branches: readonly Branch[];
}

/** A definition as the service takes it. */
export interface MachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: States;
}

const OPEN = 'Open run';
const CLOSE = 'Close run';
const REFUSED = 'A table was refused';
const RECORD = 'Record failure';
const NOTIFY = 'Notify';
const DONE = 'Run succeeded';
const FAILED = 'Run failed';

/**
 * One run: open → the levels of tables, one after the other → close. What fails or is refused is recorded, told, and ends the run as
 * failed; tables of later levels are then not touched.
 */
export function machineDefinition(pipeline: string, levels: readonly Level[]): MachineDefinition {
  const names = levels.map(levelName);
  const states: Record<string, State> = { [OPEN]: openRun(levels.length, names[0] ?? CLOSE) };
  levels.forEach((level, n) => {
    const judge = `Judge step ${n + 1}`;
    states[names[n]!] = tables(level, n, judge);
    states[judge] = judgeTables(level, n, names[n + 1] ?? CLOSE);
  });
  return { Comment: `Pipeline ${pipeline}`, StartAt: OPEN, States: { ...states, ...ending(pipeline, levels.length) } };
}

/** Every level's place is there from the start, so that a run that fails early is recorded by the same state as one that fails late. */
function openRun(levels: number, next: string): State {
  const payload = { 'execution.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime', 'input.$': '$$.Execution.Input' };
  const places = Object.fromEntries(Array.from({ length: levels }, (_, n) => [levelPath(n).slice(2), []]));
  const task = lambdaTask('${OpenRunArn}', payload, { 'run.$': '$.Payload', ...places });
  return { ...task, Catch: catchAll(NOTIFY), Next: next };
}

function tables({ branches }: Level, n: number, next: string): State {
  return {
    Type: 'Parallel',
    Parameters: { 'run.$': '$.run' },
    Branches: branches as unknown as JsonValue,
    ResultPath: levelPath(n),
    Catch: catchAll(RECORD),
    Next: next,
  };
}

function judgeTables({ branches }: Level, n: number, next: string): State {
  const passed = branches.map((_, table) => ({ Variable: `${levelPath(n)}[${table}].verdict`, StringEquals: 'pass' }));
  const rule: JsonValue = passed.length === 1 ? { ...passed[0]!, Next: next } : { And: passed, Next: next };
  return { Type: 'Choice', Choices: [rule], Default: REFUSED };
}

function ending(pipeline: string, levels: number): States {
  const list: { readonly [field: string]: JsonValue } =
    levels === 0 ? { levels: [] } : { 'levels.$': `States.Array(${Array.from({ length: levels }, (_, n) => levelPath(n)).join(', ')})` };
  const close = (payload: { readonly [field: string]: JsonValue }) =>
    lambdaTask('${CloseRunArn}', { 'run.$': '$.run', ...payload, ...list }, { 'run_id.$': '$.Payload.run_id' }, '$.record');
  const message = `States.Format('Pipeline ${pipeline} failed in run {}: {}', $$.Execution.Name, $.error.Error)`;
  return {
    [CLOSE]: { ...close({ status: 'succeeded' }), Catch: catchAll(NOTIFY), Next: DONE },
    [DONE]: { Type: 'Succeed' },
    [REFUSED]: {
      Type: 'Pass',
      Result: { Error: 'TableRefused', Cause: 'A table failed its audit or its reconciliation; the counts of its step say why.' },
      ResultPath: '$.error',
      Next: RECORD,
    },
    [RECORD]: {
      ...close({ status: 'failed', 'error.$': '$.error' }),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.unrecorded', Next: NOTIFY }],
      Next: NOTIFY,
    },
    // Only the error's name: its cause may quote data.
    [NOTIFY]: {
      ...snsPublish('${FailureTopicArn}', `Pipeline ${pipeline} failed`.slice(0, 100), message),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.unnotified', Next: FAILED }],
      Next: FAILED,
    },
    [FAILED]: {
      Type: 'Fail',
      Error: 'RunFailed',
      Cause: 'The run record and the state that failed say why; redrive the execution to go on.',
    },
  };
}

function levelPath(n: number): string {
  return `$.step${n + 1}`;
}

/** `Step 2: orders, payments`, cut to what a state's name may be. */
function levelName({ labels }: Level, n: number): string {
  const name = `Step ${n + 1}: ${labels.join(', ')}`;
  return name.length <= 80 ? name : `${name.slice(0, 79).replace(/,[^,]*$/, '')}, …`;
}

function catchAll(next: string): JsonValue {
  return [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: next }];
}
