import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { machineProblems } from '../../lib/local/machine/machine-check.js';
import type { MachineDefinition as LocalDefinition } from '../../lib/local/machine/machine-definition.js';
import { runMachine, TaskError } from '../../lib/local/machine/machine-run.js';
import { machineDefinition } from '../../lib/pipeline/machine-definition.js';
import { Sql } from '../../lib/sql/sql.js';
import { AUDIT_COLUMNS, RUN } from '../../lib/sql/statements/index.js';
import { tableBranch } from '../../lib/transforms/table-branch.js';

const STATEMENTS = ['build', 'audit', 'quarantine', 'publish', 'reconcile', 'drop'] as const;
type StatementName = (typeof STATEMENTS)[number];

function branch(table: string) {
  const statement = (name: StatementName) => new Sql([`${name} ${table} of `, RUN.id]);
  const statements = Object.fromEntries(STATEMENTS.map((name) => [name, statement(name)])) as Record<StatementName, Sql>;
  return tableBranch({ label: table, table: `silver.${table}`, workGroup: 'shop-dev', statements });
}

/** Two levels: customers and orders side by side, then revenue. */
function definition(): LocalDefinition {
  const levels = [
    { labels: ['customers', 'orders'], branches: [branch('customers'), branch('orders')] },
    { labels: ['revenue'], branches: [branch('revenue')] },
  ];
  return resolved(machineDefinition('Shop', levels));
}

/** As CloudFormation hands it over. */
function resolved(machine: object): LocalDefinition {
  const values: Record<string, string> = {
    Partition: 'aws',
    OpenRunArn: 'arn:aws:lambda:eu-central-1:111111111111:function:open-run',
    CloseRunArn: 'arn:aws:lambda:eu-central-1:111111111111:function:close-run',
    FailureTopicArn: 'arn:aws:sns:eu-central-1:111111111111:failures',
  };
  return JSON.parse(JSON.stringify(machine).replace(/\$\{(\w+)\}/g, (_, name: string) => values[name]!)) as LocalDefinition;
}

interface Stubs {
  /** Answers by statement, as `audit orders`: a row of text, or an error. */
  readonly answers?: Readonly<Record<string, Readonly<Record<string, string>> | Error>>;
  readonly openRun?: Error;
  readonly closeRun?: Error;
  readonly publish?: Error;
}

const AUDIT = { verdict: 'pass', reason: 'ok', rows_in: '5', published: '4', deduplicated: '1', quarantined: '0', findings: '[]' };

/** Runs the machine with services that only remember what they were asked. */
async function run(stubs: Stubs = {}) {
  const calls: string[] = [];
  const closed: Record<string, unknown>[] = [];
  const messages: Record<string, unknown>[] = [];
  const queries = new Map<string, string>();
  const outcome = await runMachine(
    definition(),
    {
      Execution: { Id: 'arn:x', Name: 'run-7', Input: {}, StartTime: '2026-02-01T00:00:00.000Z', RoleArn: 'arn:r', RedriveCount: 0 },
      StateMachine: { Id: 'arn:m', Name: 'shop-dev-Shop' },
    },
    {
      'lambda:invoke': async (parameters) => {
        const payload = parameters['Payload'] as Record<string, unknown>;
        if (String(parameters['FunctionName']).endsWith('open-run')) {
          calls.push('open run');
          if (stubs.openRun) throw stubs.openRun;
          return {
            Payload: { id: payload['execution'], startedAt: payload['startedAt'], input: payload['input'], sql: { id: "'run-7'" } },
          };
        }
        calls.push(`close run: ${payload['status']}`);
        closed.push(payload);
        if (stubs.closeRun) throw stubs.closeRun;
        return { Payload: { run_id: 'run-7' } };
      },
      'athena:startQueryExecution.sync': async (parameters) => {
        const text = String(parameters['QueryString']);
        const name = text.replace(" of 'run-7'", '');
        calls.push(name);
        const answer = stubs.answers?.[name];
        if (answer instanceof Error) throw answer;
        queries.set(`q-${name}`, name);
        return { QueryExecution: { QueryExecutionId: `q-${name}` } };
      },
      'athena:getQueryResults': async (parameters) => {
        const name = queries.get(String(parameters['QueryExecutionId']))!;
        const row = name.startsWith('audit')
          ? { ...AUDIT, ...stubs.answers?.[name] }
          : { verdict: 'pass', reason: 'ok', ...stubs.answers?.[name] };
        const columns = name.startsWith('audit') ? AUDIT_COLUMNS : (['verdict', 'reason'] as const);
        const data = (values: readonly string[]) => ({ Data: values.map((VarCharValue) => ({ VarCharValue })) });
        return { ResultSet: { Rows: [data(columns), data(columns.map((column) => (row as Record<string, string>)[column]!))] } };
      },
      'sns:publish': async (parameters) => {
        calls.push('notify');
        messages.push(parameters);
        if (stubs.publish) throw stubs.publish;
        return { MessageId: 'm' };
      },
    },
    () => {},
  );
  return { outcome, calls, closed, messages };
}

function countsOf(table: string) {
  return { table: `silver.${table}`, ...AUDIT };
}

describe('the state machine of a pipeline', () => {
  it('passes the validator of the language, and holds nothing that the local runtime would run otherwise', () => {
    const { isValid, errors } = validate(definition() as never, { checkArn: true, checkPaths: true });
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
    expect(machineProblems(definition())).toEqual([]);
  });

  it('keeps of its answers only what a later state reads: a state is passed on with at most 256 KiB', () => {
    const paths: Record<string, unknown> = {};
    JSON.stringify(definition(), (key, value) => {
      if (key === 'States') {
        for (const [name, state] of Object.entries(value as Record<string, Record<string, unknown>>)) {
          if (state['Type'] === 'Task' && !/customers|revenue/.test(name)) paths[name] = state['ResultPath'];
        }
      }
      return value;
    });
    expect(paths).toEqual({
      'Open run': undefined,
      'Build orders': null,
      'Audit orders': '$.audit',
      'Read orders audit': '$.counts',
      'Quarantine orders': null,
      'Publish orders': null,
      'Reconcile orders': '$.reconcile',
      'Read orders reconciliation': '$.reconciliation',
      'Drop orders candidate': null,
      'Close run': '$.record',
      'Record failure': '$.record',
      Notify: null,
    });
  });

  it('has names that are unique and short enough in all branches', () => {
    const names: string[] = [];
    JSON.stringify(definition(), (key, value) => {
      if (key === 'States') names.push(...Object.keys(value as object));
      return value;
    });
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 80)).toEqual([]);
    expect(names).toContain('Judge orders reconciliation');
  });

  it('opens, makes every table level by level, and closes with the counts', async () => {
    const { outcome, calls, closed } = await run();
    expect(outcome.status).toBe('succeeded');
    expect(calls[0]).toBe('open run');
    expect(calls.at(-1)).toBe('close run: succeeded');
    expect(calls.filter((call) => call.endsWith('orders'))).toEqual([
      'build orders',
      'audit orders',
      'publish orders',
      'reconcile orders',
      'drop orders',
    ]);
    expect(calls.indexOf('build revenue')).toBeGreaterThan(calls.indexOf('drop orders'));
    expect(calls.indexOf('build revenue')).toBeGreaterThan(calls.indexOf('drop customers'));
    expect(closed).toEqual([
      {
        run: { id: 'run-7', startedAt: '2026-02-01T00:00:00.000Z', input: {}, sql: { id: "'run-7'" } },
        status: 'succeeded',
        levels: [[countsOf('customers'), countsOf('orders')], [countsOf('revenue')]],
      },
    ]);
  });

  it('quarantines before it publishes, only where rows were refused', async () => {
    const { calls } = await run({ answers: { 'audit orders': { quarantined: '2' } } });
    expect(calls.filter((call) => call.endsWith(' orders')).slice(1, 4)).toEqual(['audit orders', 'quarantine orders', 'publish orders']);
    expect(calls.filter((call) => call.startsWith('quarantine'))).toEqual(['quarantine orders']);
  });

  it('publishes nothing of a refused candidate, keeps it, and stops before the next level', async () => {
    const { outcome, calls, closed, messages } = await run({
      answers: { 'audit orders': { verdict: 'fail', reason: 'rule r is broken by 3 rows' } },
    });
    expect(outcome.status).toBe('failed');
    expect(calls).not.toContain('publish orders');
    expect(calls).not.toContain('drop orders');
    expect(calls).toContain('publish customers');
    expect(calls).not.toContain('build revenue');
    expect(calls.slice(-2)).toEqual(['close run: failed', 'notify']);
    expect(closed[0]).toMatchObject({
      status: 'failed',
      error: { Error: 'TableRefused' },
      levels: [[countsOf('customers'), { ...countsOf('orders'), verdict: 'fail', reason: 'rule r is broken by 3 rows' }], []],
    });
    expect(messages[0]).toMatchObject({ Subject: 'Pipeline Shop failed', Message: 'Pipeline Shop failed in run run-7: TableRefused' });
  });

  it('fails a run whose table is not what the candidate said, and keeps the candidate', async () => {
    const { outcome, calls, closed } = await run({
      answers: { 'reconcile revenue': { verdict: 'fail', reason: 'the table holds 3 of them' } },
    });
    expect(outcome.status).toBe('failed');
    expect(calls).toContain('publish revenue');
    expect(calls).not.toContain('drop revenue');
    expect(closed[0]).toMatchObject({
      status: 'failed',
      levels: [{}, [{ ...countsOf('revenue'), verdict: 'fail', reason: 'the table holds 3 of them' }]],
    });
  });

  it('records and tells a task that fails for good, with the error by name only', async () => {
    const failure = new TaskError('States.TaskFailed', 'Cannot cast ada@example.com');
    const { outcome, calls, closed, messages } = await run({ answers: { 'build orders': failure } });
    expect(outcome.status).toBe('failed');
    expect(calls.filter((call) => call === 'build orders')).toHaveLength(1);
    expect(calls.slice(-2)).toEqual(['close run: failed', 'notify']);
    expect(closed[0]).toMatchObject({ run: { id: 'run-7' }, status: 'failed', error: { Error: 'States.TaskFailed' }, levels: [[], []] });
    expect(messages[0]!['Message']).toBe('Pipeline Shop failed in run run-7: States.TaskFailed');
  });

  it('F-28 tries throttled statements again, and no others', async () => {
    let tries = 0;
    const throttled = new TaskError('Athena.TooManyRequestsException', 'slow down');
    const answers = new Proxy({} as Record<string, TaskError>, {
      get: (_, name) => (name === 'publish orders' && tries++ < 2 ? throttled : undefined),
    });
    const { outcome, calls } = await run({ answers });
    expect(outcome.status).toBe('succeeded');
    expect(calls.filter((call) => call === 'publish orders')).toHaveLength(3);
  });

  it.each(['publish', 'quarantine'])('F-26 makes a %s that failed again, twice: it may have met another commit', async (statement) => {
    let tries = 0;
    const conflict = new TaskError('States.TaskFailed', 'ICEBERG_COMMIT_ERROR');
    const failing = (times: number) =>
      new Proxy({} as Record<string, TaskError | Record<string, string>>, {
        get: (_, name) => {
          if (name === 'audit orders') return { quarantined: '1' };
          return name === `${statement} orders` && tries++ < times ? conflict : undefined;
        },
      });
    const passed = await run({ answers: failing(2) });
    expect(passed.outcome.status).toBe('succeeded');
    expect(passed.calls.filter((call) => call === `${statement} orders`)).toHaveLength(3);
    tries = 0;
    expect((await run({ answers: failing(3) })).outcome.status).toBe('failed');
  });

  it('tells when it cannot even open', async () => {
    const { outcome, calls, messages } = await run({ openRun: new TaskError('Error', 'no') });
    expect(outcome.status).toBe('failed');
    expect(calls).toEqual(['open run', 'notify']);
    expect(messages[0]!['Message']).toBe('Pipeline Shop failed in run run-7: Error');
  });

  it('fails also when neither the record nor the message can be written', async () => {
    const { outcome, calls } = await run({
      answers: { 'build orders': new TaskError('States.TaskFailed', '') },
      closeRun: new TaskError('Error', ''),
      publish: new TaskError('Error', ''),
    });
    expect(outcome.status).toBe('failed');
    expect(calls.slice(-2)).toEqual(['close run: failed', 'notify']);
  });

  it('runs without tables', async () => {
    const machine = resolved(machineDefinition('Shop', []));
    expect(machineProblems(machine)).toEqual([]);
    expect(machine.States!['Close run']).toMatchObject({ Parameters: { Payload: { levels: [] } } });
  });
});
