import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ServiceRole } from '../lake/service-role.js';
import { tablePrefix } from '../model/layout.js';
import { scheduleProblem } from '../model/schedule-expression.js';
import type { ILake } from '../model/step.js';
import type { ITableRef } from '../model/table.js';

export interface ScheduleOptions {
  /** Time zone of a cron schedule, `Europe/Berlin`. @default 'UTC' */
  readonly timeZone?: string;
}

/** What a trigger is bound to. */
export interface TriggerTarget {
  readonly lake: ILake;
  readonly stateMachineArn: string;
  /** Bronze tables whose new objects the pipeline waits for. */
  readonly bronze: readonly ITableRef[];
}

/** What starts a pipeline beside a person. */
export abstract class Trigger {
  /**
   * Starts by the clock: `rate(1 hour)` or `cron(0 6 * * ? *)`, as EventBridge Scheduler writes them.
   */
  static schedule(expression: string, options: ScheduleOptions = {}): Trigger {
    return new ScheduleTrigger(expression, options);
  }

  /**
   * Starts with every new object of the bronze tables that the pipeline reads. For files that come now and then; a stream writes
   * objects all the time, and is better read by a schedule.
   */
  static onNewFiles(): Trigger {
    return new NewFilesTrigger();
  }

  /** What is wrong, in sentences. */
  abstract problems(target: TriggerTarget): readonly string[];

  /** Makes the resources, once the pipeline knows its tables. */
  abstract bind(scope: Construct, target: TriggerTarget): void;
}

class ScheduleTrigger extends Trigger {
  constructor(
    private readonly expression: string,
    private readonly options: ScheduleOptions,
  ) {
    super();
  }

  problems(): readonly string[] {
    const problem = scheduleProblem(this.expression);
    const { timeZone } = this.options;
    const zone =
      timeZone === undefined || isTimeZone(timeZone) ? [] : [`a schedule's time zone is a name like Europe/Berlin, got '${timeZone}'`];
    return [...(problem === undefined ? [] : [problem]), ...zone];
  }

  bind(scope: Construct, { stateMachineArn }: TriggerTarget): void {
    new CfnSchedule(scope, 'Schedule', {
      scheduleExpression: this.expression,
      scheduleExpressionTimezone: this.options.timeZone ?? 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: stateMachineArn, roleArn: startRole(scope, 'scheduler.amazonaws.com', stateMachineArn), input: '{}' },
    });
  }
}

class NewFilesTrigger extends Trigger {
  problems({ lake, bronze }: TriggerTarget): readonly string[] {
    return [
      ...(bronze.length === 0
        ? ['Trigger.onNewFiles() needs a bronze table that the pipeline reads, found none; use Trigger.schedule()']
        : []),
      ...(lake.zones.bronze.sendsEvents
        ? []
        : [
            'Trigger.onNewFiles() needs EventBridge notifications of the bronze bucket; turn them on and say sendsEvents: true where it is adopted',
          ]),
    ];
  }

  bind(scope: Construct, { lake, stateMachineArn, bronze }: TriggerTarget): void {
    new CfnRule(scope, 'NewFiles', {
      description: 'New objects in bronze start the pipeline',
      eventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [lake.zones.bronze.bucket.bucketName] },
          object: { key: bronze.map(({ tableName }) => ({ prefix: tablePrefix(tableName) })) },
        },
      },
      targets: [{ id: 'pipeline', arn: stateMachineArn, roleArn: startRole(scope, 'events.amazonaws.com', stateMachineArn), input: '{}' }],
    });
  }
}

function startRole(scope: Construct, service: string, stateMachineArn: string): string {
  const statements = [{ actions: ['states:StartExecution'], resources: [stateMachineArn] }];
  return new ServiceRole(scope, 'StartRole', { service, description: 'Starts the pipeline', statements }).arn;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
