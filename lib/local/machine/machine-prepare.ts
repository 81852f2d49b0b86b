import { LakeError } from '../../contract/lake-error.js';
import type { MachineDefinition, MachineState } from './machine-definition.js';
import { parseFormat } from './states-format.js';

/** What `$$` holds of an execution. */
export interface ExecutionContext {
  readonly Execution: {
    readonly Id: string;
    readonly Name: string;
    readonly Input: unknown;
    readonly StartTime: string;
    readonly RoleArn: string;
    readonly RedriveCount: 0;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
}

/** Marks a value that is put together just before its task runs. */
const FORMAT = 'medallion/States.Format';
const JSON_TEXT = 'medallion/States.JsonToString';
/** The longest wait a timer takes, in seconds: the language's default is longer. */
const LONGEST_SECONDS = 2_000_000;

/**
 * The definition as the interpreter gets it. It differs from the synthesized one only where the interpreter is known to be wrong:
 * - `$$` paths are filled in here (inside a Parallel it gives the branch's input and its own clock);
 * - `States.Format` and `States.JsonToString` are taken apart for the task's handler (its own drops every backslash of the result);
 * - a `ResultPath` of `$` is left out (it would make a field named `$`);
 * - a task without a timeout gets the language's default (its own is 60 seconds).
 */
export function prepareMachine(definition: MachineDefinition, context: ExecutionContext): MachineDefinition {
  const states = Object.entries(definition.States ?? {}).map(([name, state]) => [name, prepareState(name, state, context)]);
  return { ...definition, States: Object.fromEntries(states) };
}

function prepareState(name: string, state: MachineState, context: ExecutionContext): MachineState {
  const prepared: Record<string, unknown> = { ...state };
  const fill = (template: unknown): unknown => prepareTemplate(template, { ...context, State: { Name: name } }, state.Type === 'Task');
  for (const field of ['Parameters', 'ResultSelector']) if (field in state) prepared[field] = fill(state[field]);
  if (state['ResultPath'] === '$') delete prepared['ResultPath'];
  if (Array.isArray(state['Catch'])) {
    prepared['Catch'] = (state['Catch'] as Record<string, unknown>[]).map(({ ResultPath: path, ...catcher }) =>
      path === undefined || path === '$' ? catcher : { ...catcher, ResultPath: path },
    );
  }
  if (state.Type === 'Task') prepared['TimeoutSeconds'] = Math.min(Number(state['TimeoutSeconds'] ?? LONGEST_SECONDS), LONGEST_SECONDS);
  if (Array.isArray(state['Branches']))
    prepared['Branches'] = (state['Branches'] as MachineDefinition[]).map((branch) => prepareMachine(branch, context));
  return prepared as MachineState;
}

function prepareTemplate(value: unknown, context: object, task: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => prepareTemplate(item, context, task));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([field, inner]): [string, unknown] => {
    if (!field.endsWith('.$') || typeof inner !== 'string') return [field, prepareTemplate(inner, context, task)];
    const name = field.slice(0, -2);
    if (inner.startsWith('$$')) return [name, contextValue(inner, context)];
    if (task && inner.startsWith('States.Format(')) return [name, formatMark(inner, context)];
    if (task && inner.startsWith('States.JsonToString('))
      return [name, pathMark(JSON_TEXT, inner.slice('States.JsonToString('.length, -1).trim(), context)];
    return [field, inner];
  });
  return Object.fromEntries(fields);
}

function formatMark(text: string, context: object): object {
  const { texts, values } = parseFormat(text);
  const given = values.map((value, index): [string, unknown] => {
    if (typeof value !== 'string' || !value.startsWith('$')) return [String(index), value];
    return value.startsWith('$$') ? [String(index), contextValue(value, context)] : [`${index}.$`, value];
  });
  return { [FORMAT]: texts, values: Object.fromEntries(given) };
}

function pathMark(mark: string, path: string, context: object): object {
  return path.startsWith('$$') ? { [mark]: true, value: contextValue(path, context) } : { [mark]: true, 'value.$': path };
}

/** Puts marked values together: what the task's handler does first with its parameters. */
export function reviveParameters(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reviveParameters);
  if (typeof value !== 'object' || value === null) return value;
  if (FORMAT in value) {
    const { [FORMAT]: texts, values } = value as unknown as {
      readonly [FORMAT]: readonly string[];
      readonly values: Record<string, unknown>;
    };
    return texts.reduce((all, text, index) => `${all}${scalarText(values[index - 1])}${text}`);
  }
  if (JSON_TEXT in value) return JSON.stringify((value as unknown as { readonly value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, reviveParameters(inner)]));
}

function scalarText(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    throw new LakeError('local/format', 'States.Format takes texts, numbers and booleans, not lists or objects');
  return String(value);
}

function contextValue(path: string, context: object): unknown {
  let value: unknown = context;
  for (const step of path.slice(3).split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  if (value === undefined) throw new LakeError('local/context', `the execution's context has nothing at '${path}'`);
  return value;
}
