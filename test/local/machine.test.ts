import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integrationOf, machineProblems } from '../../lib/local/machine/machine-check.js';
import type { MachineDefinition } from '../../lib/local/machine/machine-definition.js';
import type { ExecutionContext } from '../../lib/local/machine/machine-prepare.js';
import { runMachine, TaskError, type TaskHandlers, type TaskProgress } from '../../lib/local/machine/machine-run.js';
import { parseFormat } from '../../lib/local/machine/states-format.js';

const context: ExecutionContext = {
  Execution: {
    Id: 'arn:aws:states:us-east-1:000000000000:execution:Orders:run_1',
    Name: 'run_1',
    Input: { asOf: '2026-01-31T12:00:00Z' },
    StartTime: '2026-01-31T11:00:00.000Z',
    RoleArn: 'arn:aws:iam::000000000000:role/local',
    RedriveCount: 0,
  },
  StateMachine: { Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:Orders', Name: 'Orders' },
};

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const ATHENA = 'arn:aws:states:::athena:startQueryExecution.sync';

const lambda = (payload: object, more: object = {}) => ({
  Type: 'Task',
  Resource: LAMBDA,
  Parameters: { FunctionName: 'f', Payload: payload },
  ...more,
});
const machine = (states: object, start = Object.keys(states)[0]!): MachineDefinition =>
  ({ StartAt: start, States: states }) as MachineDefinition;

async function run(definition: MachineDefinition, handlers: Partial<TaskHandlers> = {}) {
  expect(machineProblems(definition)).toEqual([]);
  const calls: unknown[] = [];
  const progress: TaskProgress[] = [];
  const record = async (parameters: Record<string, unknown>): Promise<unknown> => {
    calls.push(parameters);
    return { Payload: parameters['Payload'] };
  };
  const all = {
    'lambda:invoke': record,
    'athena:startQueryExecution.sync': record,
    'athena:getQueryResults': record,
    'sns:publish': record,
    ...handlers,
  };
  const outcome = await runMachine(definition, context, all, (one) => progress.push(one));
  return { outcome, calls, progress };
}

describe('a state machine', () => {
  it('gets the context of the execution, in branches too', async () => {
    const payload = {
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input',
      'asOf.$': '$$.Execution.Input.asOf',
      'state.$': '$$.State.Name',
      'at.$': '$$.Execution.StartTime',
    };
    const branch = machine({ Inner: lambda(payload, { End: true }) });
    const { calls } = await run(machine({ Both: { Type: 'Parallel', Parameters: { other: 1 }, Branches: [branch], End: true } }));
    const expected = {
      name: 'run_1',
      input: context.Execution.Input,
      asOf: '2026-01-31T12:00:00Z',
      state: 'Inner',
      at: '2026-01-31T11:00:00.000Z',
    };
    expect(calls).toEqual([{ FunctionName: 'f', Payload: expected }]);
  });

  it('F-35 fills in a statement with quotes, braces, brackets and backslashes as they are', async () => {
    const sql = String.raw`SELECT '(' || 'a\'b' || '\{\}' || regexp_replace(x, '{}d', '(') FROM "{}"`
      .replaceAll("'", "\\'")
      .replaceAll("\\\\'", "\\'");
    const text = `States.Format('${sql}', $.run.backslash, $.run.name)`;
    const { calls } = await run(
      machine({
        Open: { Type: 'Pass', Result: { backslash: '\\', name: 'o"k' }, ResultPath: '$.run', Next: 'Query' },
        Query: { Type: 'Task', Resource: ATHENA, Parameters: { 'QueryString.$': text, WorkGroup: 'w' }, End: true },
      }),
    );
    expect(calls).toEqual([
      { QueryString: String.raw`SELECT '(' || 'a'b' || '{}' || regexp_replace(x, '\d', '(') FROM "o"k"`, WorkGroup: 'w' },
    ]);
  });

  it('retries what it may and then goes where its Catch says, with name and cause', async () => {
    const retry = [
      { ErrorEquals: ['Throttled'], IntervalSeconds: 100, MaxAttempts: 2, BackoffRate: 2, JitterStrategy: 'FULL', MaxDelaySeconds: 300 },
    ];
    let calls = 0;
    const { outcome } = await run(
      machine({
        Try: lambda({}, { Retry: retry, Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Was' }], End: true }),
        Was: { Type: 'Choice', Choices: [{ Variable: '$.error.Error', StringEquals: 'Throttled', Next: 'Done' }], Default: 'Odd' },
        Done: { Type: 'Succeed' },
        Odd: { Type: 'Fail', Error: 'Odd', Cause: 'not the error' },
      }),
      {
        'lambda:invoke': async () => {
          calls++;
          throw new TaskError('Throttled', 'too many');
        },
      },
    );
    expect([calls, outcome.status]).toEqual([3, 'succeeded']);
  });

  it('keeps the whole input aside when a result path is $', async () => {
    const { calls } = await run(
      machine({
        One: lambda({ a: 1 }, { ResultSelector: { 'b.$': '$.Payload.a' }, ResultPath: '$', Next: 'Two' }),
        Two: lambda({ 'all.$': '$' }, { End: true }),
      }),
    );
    expect(calls[1]).toEqual({ FunctionName: 'f', Payload: { all: { b: 1 } } });
  });

  it('reports the counts that branches end with, the time of their tasks, and which table a task belongs to', async () => {
    const counts = {
      table: 'silver.orders',
      verdict: 'pass',
      reason: 'ok',
      rows_in: '3',
      published: '2',
      deduplicated: '1',
      quarantined: '0',
    };
    const selector = Object.fromEntries(
      Object.keys(counts).map((name) => (name === 'table' ? [name, counts.table] : [`${name}.$`, `$.Payload.${name}`])),
    );
    const branch = machine({
      Audit: lambda(counts, { ResultSelector: selector, ResultPath: '$.counts', OutputPath: '$.counts', End: true }),
    });
    const { outcome, progress } = await run(machine({ Step: { Type: 'Parallel', Branches: [branch], End: true } }));
    expect(outcome.counts).toEqual([counts]);
    expect(outcome.milliseconds.has('silver.orders')).toBe(true);
    expect(progress).toMatchObject([
      { state: 'Audit', table: 'silver.orders', status: 'started' },
      { state: 'Audit', table: 'silver.orders', status: 'succeeded' },
    ]);
  });

  it('says which task failed and how, in our own words', async () => {
    const failing = {
      'lambda:invoke': async () => Promise.reject(new TaskError('TypeError', "the function 'Open' failed with TypeError")),
    };
    const { outcome } = await run(
      machine({
        Open: lambda({}, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }], End: true }),
        Failed: { Type: 'Fail', Error: 'RunFailed', Cause: 'see above' },
      }),
      failing,
    );
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { state: 'Open', name: 'TypeError', message: "the function 'Open' failed with TypeError" },
    });
  });

  it('refuses a result of more than the 256 KiB that pass between states', async () => {
    const big = { 'lambda:invoke': async () => ({ Payload: 'x'.repeat(256 * 1024) }) };
    const { outcome } = await run(machine({ Big: lambda({}, { End: true }) }), big);
    expect(outcome.failure?.name).toBe('States.DataLimitExceeded');
  });

  it('ends the run for its caller when this runtime itself cannot go on', async () => {
    const broken = { 'lambda:invoke': async () => Promise.reject(new Error('not built')) };
    await expect(
      run(machine({ A: lambda({}, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], End: true }), B: { Type: 'Succeed' } }), broken),
    ).rejects.toThrow('not built');
  });
});

describe('what the interpreter does not run right', () => {
  it.each<[string, object, string]>([
    ['a type', { A: { Type: 'Map', End: true } }, "state 'A': the local runtime does not run the type 'Map'"],
    ['a wait', { A: { Type: 'Wait', Seconds: 1, End: true } }, "state 'A': the local runtime does not run the type 'Wait'"],
    [
      'a field',
      { A: lambda({}, { HeartbeatSeconds: 3, End: true }) },
      "state 'A': the local runtime does not run the field 'HeartbeatSeconds'",
    ],
    ['variables', { A: { Type: 'Pass', Assign: { x: 1 }, End: true } }, "state 'A': the local runtime does not run the field 'Assign'"],
    [
      'JSONata',
      { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } },
      "state 'A': the local runtime does not run QueryLanguage 'JSONata'",
    ],
    [
      'an integration',
      { A: { Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun.sync', End: true } },
      "the integration 'arn:aws:states:::glue:startJobRun.sync'",
    ],
    [
      'an intrinsic',
      { A: lambda({ 'id.$': 'States.UUID()' }, { End: true }) },
      "state 'A', Parameters: the local runtime does not run the intrinsic 'States.UUID'",
    ],
    [
      'States.Format outside a task',
      { A: { Type: 'Pass', Parameters: { 'x.$': "States.Format('{}', $.a)" }, End: true } },
      "the intrinsic 'States.Format' outside the Parameters of a Task",
    ],
    [
      'a merge of objects',
      { A: { Type: 'Pass', Parameters: { 'x.$': 'States.JsonMerge($.a, $.b, false)' }, End: true } },
      "the intrinsic 'States.JsonMerge'",
    ],
    ['a filter in a path', { A: { Type: 'Pass', InputPath: '$..a', End: true } }, "the path '$..a'"],
    [
      'a context path that changes',
      { A: lambda({ 'x.$': '$$.State.EnteredTime' }, { End: true }) },
      "the context path '$$.State.EnteredTime'",
    ],
    [
      'a comparison that converts',
      { A: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericGreaterThan: 1, Next: 'A' }] } },
      "the comparison 'NumericGreaterThan'",
    ],
    [
      'a negative test',
      { A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: false, Next: 'A' }] } },
      "'IsPresent: false' (write Not of IsPresent)",
    ],
    ['a false result', { A: { Type: 'Pass', Result: false, End: true } }, 'a Result that is false, 0, null or empty'],
    ['a state that is not there', { A: { Type: 'Pass', Next: 'B' } }, "state 'A': no state 'B' to go to"],
    [
      'a name twice',
      { A: { Type: 'Parallel', End: true, Branches: [machine({ A: { Type: 'Pass', End: true } })] } },
      "state 'A': the name stands twice in the machine",
    ],
  ])('is refused by name: %s', (_what, states, message) => {
    expect(machineProblems(machine(states)).join('\n')).toContain(message);
  });

  it('is refused all at once', () => {
    expect(machineProblems(machine({ A: { Type: 'Map', Next: 'B' }, B: { Type: 'Wait', End: true } }))).toHaveLength(2);
  });

  it('knows its integrations in every partition', () => {
    expect([integrationOf('arn:aws-cn:states:::sns:publish'), integrationOf('arn:aws:lambda:us-east-1:0:function:f')]).toEqual([
      'sns:publish',
      undefined,
    ]);
  });
});

describe('States.Format', () => {
  it('F-35 gives back any text that is escaped as the language says', () => {
    const literal = (text: string): string => text.replace(/[\\'{}]/g, (character) => `\\${character}`);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (texts) => {
        const values = texts.slice(1).map((_, index) => `$.a[${index}].b`);
        const parsed = parseFormat(`States.Format(${[`'${texts.map(literal).join('{}')}'`, ...values].join(', ')})`);
        expect(parsed).toEqual({ texts, values });
      }),
    );
  });

  it.each([
    "States.Format('{}')",
    "States.Format('a', $.b)",
    'States.Format($.a)',
    "States.Format('a)",
    "States.Format('{}', States.UUID())",
  ])('is refused when it is not whole: %s', (text) => {
    expect(() => parseFormat(text)).toThrow('States.Format of the definition has');
  });
});
