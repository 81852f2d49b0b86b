import type { Construct } from 'constructs';
import { ServiceRole } from '../lake/service-role.js';
import { publishTo, type Statement } from '../lake/statement.js';
import type { ILake } from '../model/step.js';

const DELIVERY = 'CloudWatch Logs knows no resources for log deliveries';
const TRACES = 'X-Ray knows no resources for traces';

/** The machine's own rights: its log, its traces, its two functions, its topic. Steps add what their tables need. */
export function pipelineRole(scope: Construct, lake: ILake, functionArns: readonly string[], tracing: boolean): ServiceRole {
  return new ServiceRole(scope, 'Role', {
    service: 'states.amazonaws.com',
    description: `Runs the pipeline ${scope.node.id}`,
    statements: [
      { actions: ['lambda:InvokeFunction'], resources: functionArns },
      ...publishTo(lake.failureTopic),
      ...deliverLogs(),
      ...(tracing ? sendTraces() : []),
    ],
  });
}

function deliverLogs(): Statement[] {
  const actions = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'];
  const policies = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  return [{ actions: [...actions, ...policies].map((action) => `logs:${action}`), resources: ['*'], because: DELIVERY }];
}

function sendTraces(): Statement[] {
  const actions = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  return [{ actions: actions.map((action) => `xray:${action}`), resources: ['*'], because: TRACES }];
}
