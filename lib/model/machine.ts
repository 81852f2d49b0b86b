/** Parts of a Step Functions definition (JSONPath), as plain data: only what our own interpreter is proven to run right. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One state. `Next` and `End` are set where states are joined. */
export type State = { readonly Type: 'Task' | 'Choice' | 'Parallel' | 'Pass' | 'Fail' | 'Succeed' } & {
  readonly [field: string]: JsonValue;
};

/** States of which the first is the start, as they stand in a branch or a machine. */
export type States = Readonly<Record<string, State>>;

/** A branch of a Parallel state: the work on one table. */
export interface Branch {
  readonly StartAt: string;
  readonly States: States;
}

/** Most characters of a state's name. */
export const MAX_STATE_NAME = 80;

/** Services' own words for "try again": throttling and faults on their side. What failed by itself is not tried again. */
const TRANSIENT_ATHENA = [
  'Athena.TooManyRequestsException',
  'Athena.InternalServerException',
  'Athena.AthenaException',
  'Athena.SdkClientException',
];
const TRANSIENT_LAMBDA = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const TRANSIENT_SNS = ['Sns.ThrottledException', 'Sns.InternalErrorException', 'Sns.SdkClientException'];

/** Full jitter spreads the tries of tables that were throttled together. */
function retryOn(errors: readonly string[]): JsonValue[] {
  return [{ ErrorEquals: errors, IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 60, JitterStrategy: 'FULL' }];
}

/**
 * A commit that met another one (a compaction, say) fails as a statement like any other: Athena has no name for it. So a statement
 * that commits is made again, twice: it reads the table anew, and where it had committed after all it finds nothing to do (IM-13, F-26).
 */
const RETRY_COMMIT: JsonValue = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 15,
  MaxAttempts: 2,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/**
 * Runs a statement and waits for its end. `statement` is a field of Parameters: `QueryString` or `QueryString.$`; `commits` says that
 * it commits to an Iceberg table and may be made again.
 */
export function athenaStatement(
  statement: Readonly<Record<string, string>>,
  workGroup: string,
  resultPath: string | null,
  { commits = false }: { readonly commits?: boolean } = {},
): State {
  return {
    Type: 'Task',
    Resource: 'arn:${Partition}:states:::athena:startQueryExecution.sync',
    Parameters: { ...statement, WorkGroup: workGroup },
    // Athena ends a statement after 30 minutes by itself; the rest is for queueing.
    TimeoutSeconds: 3600,
    Retry: [...retryOn(TRANSIENT_ATHENA), ...(commits ? [RETRY_COMMIT] : [])],
    ResultPath: resultPath,
  };
}

/** Reads the first row of a statement's result: one field a column, all text. */
export function athenaRow(
  executionIdPath: string,
  columns: readonly string[],
  resultPath: string,
  constants: Readonly<Record<string, string>> = {},
): State {
  const fields = columns.map((name, n) => [`${name}.$`, `$.ResultSet.Rows[1].Data[${n}].VarCharValue`]);
  return {
    Type: 'Task',
    Resource: 'arn:${Partition}:states:::athena:getQueryResults',
    Parameters: { 'QueryExecutionId.$': executionIdPath, MaxResults: 2 },
    TimeoutSeconds: 60,
    Retry: retryOn(TRANSIENT_ATHENA),
    ResultSelector: { ...constants, ...Object.fromEntries(fields) },
    ResultPath: resultPath,
  };
}

/** Calls a function and puts what `selector` takes from its answer under `path`, or in the place of the whole input. */
export function lambdaTask(functionArn: string, payload: JsonValue, selector: JsonValue, path?: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:${Partition}:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: payload },
    TimeoutSeconds: 900,
    Retry: retryOn(TRANSIENT_LAMBDA),
    ResultSelector: selector,
    ...(path === undefined ? {} : { ResultPath: path }),
  };
}

/** Publishes a message; the run goes on from what it had. */
export function snsPublish(topicArn: string, subject: string, message: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:${Partition}:states:::sns:publish',
    Parameters: { TopicArn: topicArn, Subject: subject, 'Message.$': message },
    TimeoutSeconds: 60,
    Retry: retryOn(TRANSIENT_SNS),
    ResultPath: null,
  };
}

/** Goes to `then` if the text at `path` is `value`, else to `otherwise`. */
export function choose(path: string, value: string, then: string, otherwise: string): State {
  return { Type: 'Choice', Choices: [{ Variable: path, StringEquals: value, Next: then }], Default: otherwise };
}

/** Joins states in order: each goes to the next, the last ends. States that choose for themselves keep what they say. */
export function inOrder(states: readonly (readonly [name: string, state: State])[]): States {
  const joined = states.map(([name, state], n) => {
    if (state.Type === 'Choice' || state.Type === 'Fail' || state.Type === 'Succeed' || 'Next' in state || 'End' in state)
      return [name, state];
    const next = states[n + 1]?.[0];
    return [name, { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return Object.fromEntries(joined) as States;
}
