import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import type { ContractSpec } from '../contract/spec.js';
import { METRICS } from '../model/metrics.js';
import { type QuarantineLimit, quarantineLimitProblem } from '../model/quarantine-limit.js';
import type { ILake } from '../model/step.js';

export const REFUSAL_DEFAULTS = { maxQuarantine: { percent: 50, ofAtLeast: 100 } } as const;

/** What an alarm looks at, in one piece. */
const WINDOW = Duration.minutes(5);

/**
 * Tells when a source sends what its contract refuses: all of it, or more than a share. Landing goes on, nothing is lost; what is behind
 * the source is told once, and not again until the alarm has been over (F-41).
 */
export function alarmOnRefusals(scope: Construct, lake: ILake, { name }: ContractSpec, given?: QuarantineLimit | 'any'): void {
  if (given === 'any') return;
  const limit = given ?? REFUSAL_DEFAULTS.maxQuarantine;
  const problem = quarantineLimitProblem(limit, name);
  if (problem !== undefined) throw new LakeError('quarantine-limit', problem, { path: scope.node.path });
  const share = `IF(received > 0 AND (received == refused OR received >= ${limit.ofAtLeast}), 100 * refused / received, 0)`;
  new CfnAlarm(scope, 'RefusalAlarm', {
    alarmDescription: `${name}: every record is refused, or more than ${limit.percent} percent of at least ${limit.ofAtLeast}; see the quarantine table bronze_${name}`,
    metrics: [sumOf('received', METRICS.received, lake, name), sumOf('refused', METRICS.refused, lake, name), shareOf(share)],
    // A share of all is over any limit, 100 percent too.
    comparisonOperator: limit.percent === 100 ? 'GreaterThanOrEqualToThreshold' : 'GreaterThanThreshold',
    threshold: limit.percent,
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
    alarmActions: [lake.failureTopic.arn],
  });
}

function shareOf(expression: string): CfnAlarm.MetricDataQueryProperty {
  return { id: 'share', expression, label: 'refused, percent', returnData: true };
}

function sumOf(id: string, metricName: string, lake: ILake, table: string): CfnAlarm.MetricDataQueryProperty {
  const dimensions = [
    { name: METRICS.lake, value: lake.workGroup },
    { name: METRICS.table, value: table },
  ];
  const metric = { namespace: METRICS.namespace, metricName, dimensions };
  return { id, metricStat: { metric, period: WINDOW.toSeconds(), stat: 'Sum' }, returnData: false };
}
