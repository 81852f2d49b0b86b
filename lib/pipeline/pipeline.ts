import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aspects, Aws, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import type { ServiceRole } from '../lake/service-role.js';
import { TableGrants } from '../lake/table-grants.js';
import { graphProblems, levelsOf, tableId } from '../model/graph.js';
import type { ILake, IPipeline, IStep, PipelineScope } from '../model/step.js';
import type { ITableRef } from '../model/table.js';
import { type ITransformStep, isTransformStep } from '../model/transform-step.js';
import { labelsOf } from './labels.js';
import { type Level, type MachineDefinition, machineDefinition, type Substitutions } from './machine-definition.js';
import { pipelineRole } from './pipeline-role.js';
import { type RunFunctions, runFunctions } from './run-functions.js';
import { asGraphStep, isMadeElsewhere, rememberStep, tablesMade } from './steps.js';
import type { Trigger, TriggerTarget } from './trigger.js';

export interface PipelineProps {
  readonly lake: ILake;
  /** What starts it beside a person. @default - nothing */
  readonly trigger?: Trigger;
  /** Whether X-Ray traces its runs. @default true */
  readonly tracing?: boolean;
}

/**
 * Sources and transforms that run together: one Step Functions machine, in the order that the references between tables give. Declare
 * steps with the pipeline (or a `PipelinePart` of it) as their scope.
 */
export class Pipeline extends Construct implements IPipeline, PipelineScope {
  readonly pipeline = this;
  readonly lake: ILake;
  /** Name of the state machine, a literal: `shop-dev-Orders`. */
  readonly stateMachineName: string;
  readonly stateMachineArn: string;
  /** The role the machine works with: it reads and writes the tables. */
  readonly role: ServiceRole;
  private readonly steps: IStep[] = [];
  private readonly machine: CfnStateMachine;
  private readonly functions: RunFunctions;
  private readonly trigger?: Trigger;
  private finished = false;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    validateName(this);
    const tracing = props.tracing ?? true;
    this.lake = props.lake;
    this.stateMachineName = `${this.lake.name}-${this.lake.environmentName}-${id}`.slice(0, 80);
    this.functions = runFunctions(this, this.lake, () => this.bronzeTables().map(({ tableName }) => tableName));
    this.role = pipelineRole(this, this.lake, [this.functions.open.arn, this.functions.close.arn], tracing);
    this.machine = makeMachine(this, this.role.arn, tracing);
    this.stateMachineArn = this.machine.attrArn;
    if (props.trigger !== undefined) this.trigger = props.trigger;
    // Only now are all steps known; thrown from here a LakeError reaches the user as it is.
    Aspects.of(this).add({ visit: (node) => node === this && this.finish() });
  }

  register(step: IStep): void {
    this.steps.push(step);
    rememberStep(step);
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    const target: TriggerTarget = { lake: this.lake, stateMachineArn: this.stateMachineArn, bronze: this.bronzeTables() };
    const transforms = this.steps.filter(isTransformStep);
    for (const step of transforms) step.link?.(tablesMade(this));
    validatePipeline(this, this.steps, this.trigger?.problems(target) ?? []);
    const definition = machineDefinition(this.node.id, levelsFor(this.steps));
    this.machine.definitionString = definitionText(this, definition);
    this.machine.definitionSubstitutions = this.substitutions();
    this.role.allow(...transforms.flatMap((step) => step.access()));
    this.grantTables(transforms);
    this.functions.allowListing(this.bronzeTables());
    this.trigger?.bind(this, target);
  }

  private grantTables(transforms: readonly ITransformStep[]): void {
    const uses = transforms.flatMap((step) => step.uses);
    const { last } = new TableGrants(this, 'Grants', { lake: this.lake, principalArn: this.role.arn, uses });
    // A trigger may start the machine as soon as it is there.
    if (last !== undefined) this.machine.addResourceDependency(last);
  }

  private substitutions(): Substitutions {
    const { open, close } = this.functions;
    return { Partition: Aws.PARTITION, OpenRunArn: open.arn, CloseRunArn: close.arn, FailureTopicArn: this.lake.failureTopic.arn };
  }

  /** Bronze tables that its transforms read, each once. */
  private bronzeTables(): readonly ITableRef[] {
    const read = this.steps.flatMap((step) => step.reads).filter((table) => table.zone === 'bronze');
    return [...new Map(read.map((table) => [tableId(table), table])).values()];
  }
}

function makeMachine(scope: Pipeline, roleArn: string, tracing: boolean): CfnStateMachine {
  const logs = new CfnLogGroup(scope, 'Logs', {
    // Below this prefix the log's resource policy does not grow with every machine until it is full.
    logGroupName: `/aws/vendedlogs/states/${scope.stateMachineName}`,
    retentionInDays: scope.lake.keepLogs.toDays(),
  });
  logs.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const machine = new CfnStateMachine(scope, 'Resource', {
    stateMachineName: scope.stateMachineName,
    stateMachineType: 'STANDARD',
    roleArn,
    // Without execution data: what a service says about an error may quote a row.
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs.attrArn } }],
    },
    tracingConfiguration: { enabled: tracing },
  });
  if (!tracing) Validations.of(machine).acknowledge({ id: 'AwsSolutions-SF2', reason: 'turned off by the pipeline: tracing: false' });
  return machine;
}

/** The service takes no longer definition. */
const MAX_DEFINITION_BYTES = 1_048_576;

function definitionText(scope: Construct, definition: MachineDefinition): string {
  const text = JSON.stringify(definition);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_DEFINITION_BYTES) return text;
  const message = `the machine's definition has ${bytes} bytes, Step Functions takes ${MAX_DEFINITION_BYTES}: make two pipelines of it, the second reading the tables of the first`;
  throw new LakeError('pipeline-size', message, { path: scope.node.path });
}

function levelsFor(steps: readonly IStep[]): readonly Level[] {
  const transforms = steps.filter(isTransformStep);
  const labels = labelsOf(transforms);
  const levels = levelsOf(steps.map(asGraphStep)).map((level) => level.flatMap(({ step }) => (isTransformStep(step) ? [step] : [])));
  return levels.filter((level) => level.length > 0).map((level) => levelOf(level, labels));
}

function levelOf(transforms: readonly ITransformStep[], labels: ReadonlyMap<string, string>): Level {
  const names = transforms.map((step) => labels.get(tableId(step))!);
  return { labels: names, branches: transforms.map((step, n) => step.branch({ label: names[n]! })) };
}

function validateName(scope: Construct): void {
  const { id } = scope.node;
  if (/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(id)) return;
  throw new LakeError('pipeline-name', `a pipeline's id is 1 to 40 letters, digits, - and _, starting with a letter, got '${id}'`, {
    path: scope.node.path,
  });
}

function validatePipeline(scope: Construct, steps: readonly IStep[], triggerProblems: readonly string[]): void {
  const own = steps.filter(isTransformStep).flatMap((step) => step.problems);
  const problems = [...triggerProblems, ...own, ...graphProblems(steps.map(asGraphStep), isMadeElsewhere(scope))];
  if (problems.length === 0) return;
  const text =
    problems.length === 1 ? problems[0]! : `${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
  throw new LakeError('pipeline-invalid', text, { path: scope.node.path });
}
