import type { Duration, Size } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ContractSpec } from '../contract/spec.js';
import { HandlerFunction } from '../lake/handler-function.js';
import { type Statement, writeObjectsOnce } from '../lake/statement.js';
import type { ConformEnvironment } from '../model/handler-environment.js';
import { tablePrefix } from '../model/layout.js';
import type { ILake } from '../model/step.js';

export interface ConformFunctionProps {
  readonly lake: ILake;
  readonly spec: ContractSpec;
  readonly handler: 'conform-stream' | 'conform-firehose' | 'conform-file';
  readonly timeout: Duration;
  readonly memory: Size;
  readonly reservedConcurrency?: number;
  /** Rights besides writing refused records. */
  readonly statements: readonly Statement[];
  /** Variables besides those of every conform handler. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The function that judges records by a contract: the built handler with the contract beside it. */
export function conformFunction(scope: Construct, props: ConformFunctionProps): HandlerFunction {
  const { lake, spec } = props;
  const environment: ConformEnvironment = {
    MEDALLION_LAKE: lake.workGroup,
    MEDALLION_TABLE: spec.name,
    MEDALLION_BRONZE_BUCKET: lake.zones.bronze.bucket.bucketName,
    MEDALLION_QUARANTINE_BUCKET: lake.zones.quarantine.bucket.bucketName,
  };
  return new HandlerFunction(scope, 'Conform', {
    handler: props.handler,
    description: `Conforms ${spec.name} to its contract`,
    environment: { ...environment, ...props.environment },
    files: { 'contract.json': JSON.stringify(spec) },
    timeout: props.timeout,
    memory: props.memory,
    keepLogs: lake.keepLogs,
    ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrency: props.reservedConcurrency }),
    statements: [...writeObjectsOnce(lake.zones.quarantine, tablePrefix(spec.name)), ...props.statements],
  });
}
