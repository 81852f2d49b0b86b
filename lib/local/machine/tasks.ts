import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import { FunctionError } from '../functions/function-runtime.js';
import type { Athena } from './athena.js';
import { TaskError, type TaskHandlers } from './machine-run.js';

/** File of the lake's folder with everything that was published to a topic, a line of JSON each. */
export const NOTIFICATIONS_FILE = 'notifications.ndjson';

const INVOKE_FIELDS = ['FunctionName', 'Payload'];
const PUBLISH_FIELDS = ['TopicArn', 'Subject', 'Message'];

/** What the tasks of a machine do here, by integration. */
export function taskHandlers(environment: LocalEnvironment, athena: Athena): TaskHandlers {
  return {
    'lambda:invoke': (parameters) => invoke(environment, parameters),
    'athena:startQueryExecution.sync': (parameters) => athena.startQueryExecution(parameters),
    'athena:getQueryResults': (parameters) => athena.getQueryResults(parameters),
    'sns:publish': (parameters) => publish(environment, parameters),
  };
}

async function invoke({ functions }: LocalEnvironment, parameters: Record<string, unknown>): Promise<object> {
  refuseOthers(parameters, INVOKE_FIELDS, 'lambda:invoke');
  const resource = functions.resource(parameters['FunctionName']);
  if (resource === undefined) throw new LakeError('local/integration', 'a task invokes a function that the assembly does not hold');
  try {
    const payload = await functions.runtime(resource).invoke(parameters['Payload'] ?? {});
    return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
  } catch (error) {
    throw error instanceof FunctionError ? new TaskError(error.name, error.message) : error;
  }
}

async function publish({ clock, folder, inventory, seed, state }: LocalEnvironment, parameters: Record<string, unknown>): Promise<object> {
  refuseOthers(parameters, PUBLISH_FIELDS, 'sns:publish');
  if (inventory.find('AWS::SNS::Topic', parameters['TopicArn']) === undefined)
    throw new TaskError('Sns.NotFoundException', 'no such topic in the assembly');
  const number = state.next('message');
  const line = { at: clock().toISOString(), topic: parameters['TopicArn'], subject: parameters['Subject'], message: parameters['Message'] };
  appendFileSync(join(folder, NOTIFICATIONS_FILE), `${JSON.stringify(line)}\n`);
  return { MessageId: `${seed}-${number}` };
}

function refuseOthers(parameters: Record<string, unknown>, known: readonly string[], call: string): void {
  const other = Object.keys(parameters).find((name) => !known.includes(name));
  if (other !== undefined) throw new LakeError('local/integration', `the local runtime does not run ${call} with '${other}'`);
}
