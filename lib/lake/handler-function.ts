import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import { stageHandler } from './handler-code.js';
import { ServiceRole } from './service-role.js';
import type { Statement } from './statement.js';

export interface HandlerFunctionProps {
  /** Folder of the built handler in the package, as `conform-stream`. */
  readonly handler: string;
  readonly description: string;
  /** What the handler reads from its environment; the type is shared with the handler. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it may do, besides writing its own log. */
  readonly statements: readonly Statement[];
  /** Files that lie beside the bundle, by name. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memory: Size;
  readonly keepLogs: Duration;
  /** The most that run at once, taken from the account's share. @default - no limit of its own */
  readonly reservedConcurrency?: number;
}

/** A function of this package: built bundle, own role, own log group that ends. */
export class HandlerFunction extends Construct {
  readonly arn: string;
  readonly functionName: string;
  readonly role: ServiceRole;
  readonly resource: CfnFunction;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    validateHandlerFunction(this, props);
    const logs = new CfnLogGroup(this, 'Logs', { retentionInDays: props.keepLogs.toDays() });
    // Handlers log ids, counts and rule names, never values: their logs go with the stack.
    logs.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.role = new ServiceRole(this, 'Role', {
      service: 'lambda.amazonaws.com',
      description: props.description,
      statements: [{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logs.attrArn] }, ...props.statements],
    });
    const code = stageHandler(this, props.handler, props.files ?? {});
    this.resource = new CfnFunction(this, 'Resource', {
      description: props.description,
      code: { s3Bucket: code.s3Bucket, s3Key: code.s3Key },
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      role: this.role.arn,
      timeout: props.timeout.toSeconds(),
      memorySize: props.memory.toMebibytes(),
      environment: { variables: { ...props.environment } },
      loggingConfig: { logGroup: logs.ref, logFormat: 'JSON' },
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    // What the CDK toolchain writes as well, so that `cdk watch` and local tools find the code.
    this.resource.addMetadata('aws:asset:path', code.assetPath);
    this.resource.addMetadata('aws:asset:property', 'Code');
    this.arn = this.resource.attrArn;
    this.functionName = this.resource.ref;
  }
}

function validateHandlerFunction(scope: Construct, props: HandlerFunctionProps): void {
  const problems: string[] = [];
  const seconds = props.timeout.toSeconds({ integral: false });
  if (seconds < 1 || seconds > 900) problems.push(`a function's timeout is 1 second to 15 minutes, got ${props.timeout.toHumanString()}`);
  const memory = props.memory.toMebibytes();
  if (memory < 128 || memory > 10_240) problems.push(`a function's memory is 128 to 10240 MiB, got ${memory}`);
  const reserved = props.reservedConcurrency;
  if (reserved !== undefined && (!Number.isInteger(reserved) || reserved < 1))
    problems.push(`reservedConcurrency is a whole number from 1, got ${reserved}`);
  if (problems.length > 0) throw new LakeError('handler', problems.join('\n'), { path: scope.node.path });
}
