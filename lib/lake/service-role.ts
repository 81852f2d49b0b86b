import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { Aws, type IResolveContext, Lazy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import { acknowledge } from './acknowledge.js';
import { type Allowed, compact, packed } from './policy-documents.js';
import type { Statement } from './statement.js';

export interface ServiceRoleProps {
  /** The service that works with the role, as `lambda.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** Lambda assumes its functions' roles without saying for which account; the others say it, and are held to it. */
const SAYS_NO_ACCOUNT = 'lambda.amazonaws.com';

/** What IAM lets a role have unless the account's quota was raised. */
const MOST_MANAGED_POLICIES = 10;

/**
 * A role that holds exactly the statements it is given. They stand in the role itself, and in managed policies where IAM's limit of
 * 10,240 characters makes it so; either way nothing is left to wait for once the role is there.
 */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly resource: CfnRole;
  private readonly statements: Statement[] = [];
  private readonly acknowledged = new Set<string>();
  private readonly more: CfnManagedPolicy[] = [];
  private documents: Allowed[][] = [];
  private explained = 0;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    this.allow(...props.statements);
    this.resource = new CfnRole(this, 'Resource', {
      description: props.description,
      assumeRolePolicyDocument: trustOf(props.service),
      policies: Lazy.uncachedAny({ produce: (context) => this.inlinePolicies(context) }, { omitEmptyArray: true }),
      managedPolicyArns: Lazy.list({ produce: () => this.more.map(({ ref }) => ref) }, { omitEmpty: true }),
    });
    this.arn = this.resource.attrArn;
  }

  /** Adds statements; those with the same actions and conditions become one. */
  allow(...statements: readonly Statement[]): void {
    const problems = statements.flatMap(wildcardProblems);
    if (problems.length > 0) throw new LakeError('role', problems.join('\n'), { path: this.node.path });
    this.statements.push(...statements);
    this.documents = packed(compact(this.statements));
    const managed = this.documents.length - 1;
    if (managed > MOST_MANAGED_POLICIES) {
      const message = `what the role may do takes ${managed} managed policies, and IAM lets a role have ${MOST_MANAGED_POLICIES}; split the pipeline`;
      throw new LakeError('role', message, { path: this.node.path });
    }
    for (let n = this.more.length + 1; n <= managed; n++) this.more.push(this.managedPolicy(n));
  }

  private managedPolicy(n: number): CfnManagedPolicy {
    return new CfnManagedPolicy(this, `More${n}`, { policyDocument: Lazy.uncachedAny({ produce: () => this.document(n) }) });
  }

  private inlinePolicies(context: IResolveContext): CfnRole.PolicyProperty[] {
    if (this.statements.length === 0) return [];
    this.explain(context);
    return [{ policyName: 'exact', policyDocument: this.document(0) }];
  }

  private document(n: number): object {
    const statements = this.documents[n]!.map(({ actions, resources, conditions }) => ({
      Effect: 'Allow',
      Action: oneOrMany(actions),
      Resource: oneOrMany(resources),
      ...(conditions === undefined ? {} : { Condition: conditions }),
    }));
    return { Version: '2012-10-17', Statement: statements };
  }

  /** Acknowledges wildcards as cdk-nag names them: by their resources, known only now that references are resolved. Once, of many renderings. */
  private explain(context: IResolveContext): void {
    // References between stacks are not theirs yet.
    if (context.preparing) return;
    for (const { resources, because } of this.statements.slice(this.explained)) {
      if (because === undefined) continue;
      for (const resource of resources) this.acknowledge(flatten(context.resolve(resource)), because);
    }
    this.explained = this.statements.length;
  }

  private acknowledge(resource: string, reason: string): void {
    const id = `AwsSolutions-IAM5[Resource::${resource}]`;
    if (!resource.includes('*') || this.acknowledged.has(id)) return;
    this.acknowledged.add(id);
    acknowledge(this, id, reason);
  }
}

function trustOf(service: string): object {
  const condition = service === SAYS_NO_ACCOUNT ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...condition }],
  };
}

function wildcardProblems({ actions, resources, because }: Statement): string[] {
  const problems = actions.filter((action) => action.includes('*')).map((action) => `a role is given actions one by one, got '${action}'`);
  const wild = resources.filter((resource) => literalPart(resource).includes('*'));
  if (because === undefined) {
    problems.push(
      ...wild.map((resource) => `${actions.join(', ')} on '${resource}': name the resource, or say with 'because' why it cannot be named`),
    );
  }
  if (resources.includes('*') && actions.some((action) => /^(s3|kms|kinesis|dynamodb|glue|athena|lakeformation):/.test(action))) {
    problems.push(`${actions.join(', ')} on every resource: data is granted by bucket and prefix, stream, key or table`);
  }
  return problems;
}

/** A resource without the references in it, whose text is not known yet. */
function literalPart(resource: string): string {
  return resource.replace(/\$\{Token\[[^\]]*\]\}/g, '');
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values;
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::ImportValue'?: unknown;
}

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::ImportValue': imported } = value as Intrinsic;
  if (ref !== undefined) return `<${ref}>`;
  if (imported !== undefined) return flatten(imported);
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  return join === undefined ? JSON.stringify(value) : join[1].map(flatten).join(join[0]);
}
