import { LakeError } from '../../contract/lake-error.js';
import type { Zone } from '../../model/zone.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import type { RunResource } from '../assembly/inventory.js';
import type { RunReport, TableReport } from '../report.js';
import { variablesOf } from '../sources/local-source.js';
import { Athena, type StatementRunner } from './athena.js';
import { machineProblems } from './machine-check.js';
import { type MachineDefinition, readDefinition } from './machine-definition.js';
import type { ExecutionContext } from './machine-prepare.js';
import { type MachineOutcome, runMachine, tablesOf } from './machine-run.js';
import { taskHandlers } from './tasks.js';

/** A state machine of the assembly, run here. */
export class LocalPipeline {
  readonly name: string;
  /** Tables it makes, `silver.orders`. */
  readonly makes: readonly string[];
  /** Where it stands in the construct tree: its sources stand below. */
  readonly path: string;
  private readonly definition: MachineDefinition;

  /** @throws LakeError with everything in the definition that this runtime would not run as AWS does */
  constructor(
    private readonly environment: LocalEnvironment,
    private readonly resource: RunResource,
  ) {
    const express = resource.properties['StateMachineType'] === 'EXPRESS';
    this.definition = readDefinition(environment.inventory, resource);
    const problems = [...(express ? ['the local runtime does not run express machines'] : []), ...machineProblems(this.definition)];
    if (problems.length > 0) throw new LakeError('local/machine', problems.join('\n'), { path: resource.path });
    this.name = pipelineName(environment, resource, this.definition);
    this.path = resource.path;
    this.makes = tablesOf(this.definition);
  }

  /** Whether a statement of this pipeline names a table that another one makes. */
  readsFrom(other: LocalPipeline): boolean {
    if (other === this) return false;
    const text = JSON.stringify(this.definition);
    return other.makes.some((table) => {
      const [zone, name] = table.split('.') as [string, string];
      return !this.makes.includes(table) && text.includes(`_${zone}\\\\"`) && text.includes(`\\\\".\\\\"${name}\\\\"`);
    });
  }

  async run(runner: StatementRunner, asOf: Date | undefined): Promise<RunReport> {
    const { clock, inventory, onEvent } = this.environment;
    const started = performance.now();
    const startedAt = clock().toISOString();
    const context = this.context(startedAt, asOf);
    const workGroups = new Set(inventory.all('AWS::Athena::WorkGroup').map(({ ref }) => ref));
    const handlers = taskHandlers(this.environment, new Athena(runner, workGroups, context.Execution.Id));
    const outcome = await runMachine(this.definition, context, handlers, (progress) => {
      const { table, ...rest } = progress;
      onEvent({ kind: 'state', pipeline: this.name, ...rest, ...(table === undefined ? {} : { table }) });
    });
    return {
      pipeline: this.name,
      runId: context.Execution.Name,
      asOf: asOf?.toISOString() ?? startedAt,
      status: outcome.status,
      ...(outcome.failure === undefined ? {} : { error: outcome.failure }),
      ms: Math.round(performance.now() - started),
      tables: tableReports(outcome, this.makes),
    };
  }

  private context(startedAt: string, asOf: Date | undefined): ExecutionContext {
    const { seed, state } = this.environment;
    const number = String(state.next('execution')).padStart(4, '0');
    const name = `run_${startedAt.slice(0, 19).replace(/[-:]/g, '').toLowerCase()}_${seed === 0 ? '' : `${seed}_`}${number}`;
    const arn = this.resource.ref;
    return {
      Execution: {
        Id: `${arn.replace(':stateMachine:', ':execution:')}:${name}`,
        Name: name,
        Input: asOf === undefined ? {} : { asOf: asOf.toISOString() },
        StartTime: startedAt,
        RoleArn: 'arn:aws:iam::000000000000:role/local',
        RedriveCount: 0,
      },
      StateMachine: { Id: arn, Name: arn.slice(arn.lastIndexOf(':') + 1) },
    };
  }
}

function pipelineName({ functions }: LocalEnvironment, resource: RunResource, definition: MachineDefinition): string {
  for (const state of Object.values(definition.States ?? {})) {
    const target = (state['Parameters'] as { readonly FunctionName?: unknown } | undefined)?.FunctionName;
    const called = target === undefined ? undefined : functions.resource(target);
    const name = called === undefined ? undefined : variablesOf(called)['MEDALLION_PIPELINE'];
    if (name !== undefined) return name;
  }
  return resource.logicalId;
}

function tableReports(outcome: MachineOutcome, order: readonly string[]): readonly TableReport[] {
  return [...outcome.counts]
    .sort((a, b) => order.indexOf(a.table) - order.indexOf(b.table))
    .map((counts) => {
      const [zone, table] = counts.table.split('.') as [Zone, string];
      const passed = counts.verdict === 'pass';
      return {
        table,
        zone,
        rowsIn: Number(counts.rows_in),
        // A refused candidate publishes nothing, whatever it would have published.
        written: passed ? Number(counts.published) : 0,
        rejected: Number(counts.quarantined),
        deduplicated: Number(counts.deduplicated),
        ms: Math.round(outcome.milliseconds.get(counts.table) ?? 0),
      };
    });
}

/** Pipelines in an order in which each comes after those it reads from; a circle keeps the order of the assembly. */
export function inReadingOrder(pipelines: readonly LocalPipeline[]): readonly LocalPipeline[] {
  const ordered: LocalPipeline[] = [];
  const visit = (pipeline: LocalPipeline, above: readonly LocalPipeline[]): void => {
    if (ordered.includes(pipeline) || above.includes(pipeline)) return;
    for (const other of pipelines) if (pipeline.readsFrom(other)) visit(other, [...above, pipeline]);
    ordered.push(pipeline);
  };
  for (const pipeline of pipelines) visit(pipeline, []);
  return ordered;
}
