import type { MachineDefinition, MachineState } from './machine-definition.js';

/**
 * What the interpreter was seen to run as AWS does. Everything else is refused by its name before a run starts: the interpreter itself
 * ignores what it does not know.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'TimeoutSeconds',
    'Retry',
    'Catch',
    'InputPath',
    'OutputPath',
    'Next',
    'End',
  ],
  Pass: ['Result', 'Parameters', 'ResultPath', 'InputPath', 'OutputPath', 'Next', 'End'],
  Choice: ['Choices', 'Default', 'InputPath', 'OutputPath'],
  Parallel: ['Branches', 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch', 'InputPath', 'OutputPath', 'Next', 'End'],
  Succeed: ['InputPath', 'OutputPath'],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};
const RETRY_FIELDS = ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'];
const CATCH_FIELDS = ['ErrorEquals', 'Next', 'ResultPath', 'Comment'];
/** Comparisons that the interpreter makes without turning one type into another. */
const COMPARISONS = ['StringEquals', 'StringEqualsPath', 'NumericEquals', 'NumericEqualsPath', 'BooleanEquals', 'BooleanEqualsPath'];
/** Tests that the interpreter knows in their positive form only. */
const TYPE_TESTS = ['IsPresent', 'IsNull', 'IsString', 'IsNumeric', 'IsBoolean'];
/** Intrinsics that are worked out here, in the Parameters of a Task; the interpreter's own lose backslashes and stumble over parentheses. */
const TASK_INTRINSICS = ['States.Format', 'States.JsonToString'];
/** Intrinsics of the interpreter that were seen to be right with plain paths as arguments. */
const PLAIN_INTRINSIC = /^States\.(Array|ArrayLength)\((\s*\$[^,'()]*,?)*\)$/;
const REFERENCE_PATH = /^\$(\.[A-Za-z_]\w*|\['[^'\]]+'\]|\[\d+\])*$/;
const CONTEXT_PATH = /^\$\$\.(Execution\.(Id|Name|Input|StartTime|RoleArn|RedriveCount)|StateMachine\.(Id|Name)|State\.Name)(\.|\[|$)/;

/** Services that tasks may call, by the end of their resource. */
export const INTEGRATIONS = ['lambda:invoke', 'athena:startQueryExecution.sync', 'athena:getQueryResults', 'sns:publish'] as const;
export type Integration = (typeof INTEGRATIONS)[number];

export function integrationOf(resource: unknown): Integration | undefined {
  const name = /^arn:aws[\w-]*:states:::(.+)$/.exec(String(resource))?.[1];
  return INTEGRATIONS.find((known) => known === name);
}

/** Everything about a definition that this runtime would not run as AWS does, one sentence each. Empty: it may start. */
export function machineProblems(definition: MachineDefinition): readonly string[] {
  const check = new MachineCheck();
  check.machine(definition, 'the machine', ['Comment', 'Version', 'TimeoutSeconds', 'QueryLanguage']);
  return check.problems;
}

class MachineCheck {
  readonly problems: string[] = [];
  private readonly names = new Set<string>();

  machine(definition: MachineDefinition, where: string, fields: readonly string[]): void {
    this.fields(definition, ['StartAt', 'States', ...fields], where);
    if ((definition['QueryLanguage'] ?? 'JSONPath') !== 'JSONPath')
      this.refuse(where, `QueryLanguage '${String(definition['QueryLanguage'])}'`);
    const states = definition.States ?? {};
    const target = (name: unknown, from: string): void => {
      if (typeof name !== 'string' || !(name in states)) this.problems.push(`${from}: no state '${String(name)}' to go to`);
    };
    target(definition.StartAt, where);
    for (const [name, state] of Object.entries(states)) {
      const at = `state '${name}'`;
      // Task handlers are found by name, so one name means one state in the whole machine, as the language asks.
      if (this.names.has(name)) this.problems.push(`${at}: the name stands twice in the machine`);
      this.names.add(name);
      this.state(state, at);
      if ('Next' in state) target(state['Next'], at);
      if ('Default' in state) target(state['Default'], at);
      for (const choice of list(state['Choices'])) target(choice['Next'], at);
      for (const catcher of list(state['Catch'])) target(catcher['Next'], at);
    }
  }

  private state(state: MachineState, at: string): void {
    const fields = FIELDS[String(state.Type)];
    if (fields === undefined) {
      this.refuse(at, `the type '${String(state.Type)}'`);
      return;
    }
    this.fields(state, ['Type', 'Comment', 'QueryLanguage', ...fields], at);
    if ((state['QueryLanguage'] ?? 'JSONPath') !== 'JSONPath') this.refuse(at, `QueryLanguage '${String(state['QueryLanguage'])}'`);
    for (const field of ['InputPath', 'OutputPath', 'ResultPath', 'ErrorPath', 'CausePath']) this.path(state[field], `${at}, ${field}`);
    this.template(state['Parameters'], `${at}, Parameters`, state.Type === 'Task');
    this.template(state['ResultSelector'], `${at}, ResultSelector`, false);
    for (const retrier of list(state['Retry'])) this.fields(retrier, RETRY_FIELDS, `${at}, Retry`);
    for (const catcher of list(state['Catch'])) {
      this.fields(catcher, CATCH_FIELDS, `${at}, Catch`);
      this.path(catcher['ResultPath'], `${at}, Catch`);
    }
    if (state.Type === 'Task' && integrationOf(state['Resource']) === undefined)
      this.refuse(at, `the integration '${String(state['Resource'])}'`);
    if (state.Type === 'Pass' && 'Result' in state && !state['Result']) this.refuse(at, 'a Result that is false, 0, null or empty');
    for (const choice of list(state['Choices'])) this.choice(choice, at, true);
    for (const branch of list(state['Branches'])) this.machine(branch as MachineDefinition, at, ['Comment']);
  }

  private choice(rule: Record<string, unknown>, at: string, top: boolean): void {
    for (const [field, value] of Object.entries(rule)) {
      if (field === 'Next' && top) continue;
      if (field === 'Comment') continue;
      if (field === 'Variable') this.path(value, `${at}, Variable`);
      else if (field === 'Not') this.choice(value as Record<string, unknown>, at, false);
      else if (field === 'And' || field === 'Or') for (const inner of list(value)) this.choice(inner, at, false);
      else if (TYPE_TESTS.includes(field)) {
        if (value !== true) this.refuse(at, `'${field}: ${String(value)}' (write Not of ${field})`);
      } else if (!COMPARISONS.includes(field)) this.refuse(at, `the comparison '${field}'`);
      else if (field.endsWith('Path')) this.path(value, `${at}, ${field}`);
    }
  }

  /** A payload template: values of fields that end in `.$` are paths or intrinsics. */
  private template(value: unknown, at: string, task: boolean): void {
    if (Array.isArray(value)) for (const item of value) this.template(item, at, task);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [field, inner] of Object.entries(value)) {
      if (!field.endsWith('.$')) this.template(inner, at, task);
      else if (typeof inner !== 'string') this.problems.push(`${at}: '${field}' must be a path or an intrinsic`);
      else if (inner.startsWith('$$')) {
        if (!CONTEXT_PATH.test(inner)) this.refuse(at, `the context path '${inner}'`);
      } else if (inner.startsWith('$')) this.path(inner, at);
      else this.intrinsic(inner, at, task);
    }
  }

  private intrinsic(text: string, at: string, task: boolean): void {
    const name = text.slice(0, text.indexOf('('));
    if (PLAIN_INTRINSIC.test(text)) return;
    if (!TASK_INTRINSICS.includes(name)) this.refuse(at, `the intrinsic '${name === '' ? text : name}'`);
    else if (!task) this.refuse(at, `the intrinsic '${name}' outside the Parameters of a Task`);
  }

  private path(value: unknown, at: string): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string' || !REFERENCE_PATH.test(value)) this.refuse(at, `the path '${String(value)}'`);
  }

  private fields(object: object, known: readonly string[], at: string): void {
    for (const field of Object.keys(object)) if (!known.includes(field)) this.refuse(at, `the field '${field}'`);
  }

  private refuse(at: string, what: string): void {
    this.problems.push(`${at}: the local runtime does not run ${what}`);
  }
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
