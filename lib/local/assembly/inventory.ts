import { statSync } from 'node:fs';
import { LakeError } from '../../contract/lake-error.js';
import type { RecordedResource } from '../report.js';
import type { AssemblyStack, TemplateResource } from './assembly.js';
import { RECORDED_TYPES, RUN_TYPES } from './resource-types.js';
import { TemplateResolver } from './template-resolver.js';

type RunType = (typeof RUN_TYPES)[number];

/** A resource of the data path with its properties resolved. */
export interface RunResource {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly type: RunType;
  /** Where it stands in the construct tree. */
  readonly path: string;
  /** What `Ref` gives: a name, for a state machine or topic its ARN. */
  readonly ref: string;
  readonly arn?: string;
  readonly properties: Record<string, unknown>;
}

/** What a stage holds: resources that are run, and those that are listed only. */
export class Inventory {
  private constructor(
    readonly resources: readonly RunResource[],
    readonly recorded: readonly RecordedResource[],
    private readonly stacks: readonly AssemblyStack[],
  ) {}

  /** @throws LakeError that names every resource whose type is neither run nor recorded, and every condition on the data path */
  static of(stacks: readonly AssemblyStack[]): Inventory {
    const resolver = new TemplateResolver(stacks);
    const problems: string[] = [];
    const run: RunResource[] = [];
    const recorded: RecordedResource[] = [];
    for (const stack of stacks) {
      for (const [logicalId, resource] of Object.entries(stack.template.Resources ?? {})) {
        const what = `${resource.Type} '${logicalId}' in ${stack.id}`;
        const path = pathOf(resource);
        if (RECORDED_TYPES.has(resource.Type)) {
          recorded.push({ stack: stack.id, logicalId, type: resource.Type, ...(path === undefined ? {} : { path }) });
        } else if (!(RUN_TYPES as readonly string[]).includes(resource.Type)) problems.push(`the local runtime does not know ${what}`);
        else if (resource.Condition !== undefined)
          problems.push(`the local runtime knows no conditions: ${what} has '${resource.Condition}'`);
        else run.push(placed(resolver, stack, logicalId, resource, path ?? `${stack.id}/${logicalId}`));
      }
    }
    if (problems.length > 0) throw new LakeError('local/resources', problems.join('\n'));
    return new Inventory(run, recorded, stacks);
  }

  all(type: RunType): readonly RunResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource of a type that an ARN or a name means. */
  find(type: RunType, reference: unknown): RunResource | undefined {
    return this.all(type).find(({ ref, arn }) => ref === reference || arn === reference);
  }

  /** The bucket that an ARN, or an `s3://` address, lies in. */
  bucketOf(address: string): string {
    return address.replace(/^arn:aws:s3:::|^s3:\/\//, '').split('/')[0] ?? '';
  }

  /** Folder of a function's code. */
  codeOf(resource: RunResource): string {
    const { S3Key: key } = (resource.properties['Code'] ?? {}) as { S3Key?: string };
    const path = key === undefined ? undefined : resource.stack.assets.get(key);
    if (path === undefined)
      throw new LakeError('local/code', 'the code of the function is no asset of the assembly', { path: resource.path });
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new LakeError('local/code', 'the code asset of the function is no folder; the local runtime takes no archives', {
        path: resource.path,
      });
    }
    return path;
  }

  /** Text of a file asset by its object key. */
  assetPath(key: string): string | undefined {
    return this.stacks.map((stack) => stack.assets.get(key)).find((path) => path !== undefined);
  }
}

function placed(
  resolver: TemplateResolver,
  stack: AssemblyStack,
  logicalId: string,
  resource: TemplateResource,
  path: string,
): RunResource {
  const properties = resolver.resolve(stack, withoutPolicies(resource)) as Record<string, unknown>;
  const attribute = (name: string): string | undefined => {
    try {
      return String(resolver.resolve(stack, name === 'Ref' ? { Ref: logicalId } : { 'Fn::GetAtt': [logicalId, name] }));
    } catch {
      return undefined;
    }
  };
  const arn = attribute('Arn');
  const type = resource.Type as RunType;
  return { stack, logicalId, type, path, ref: attribute('Ref') ?? logicalId, properties, ...(arn === undefined ? {} : { arn }) };
}

/** Properties that say who may, how it is encrypted or logged: they may use what this runtime does not resolve, and it has no use for them. */
const UNREAD = new Set([
  'AnalyticsConfigurations',
  'BucketEncryption',
  'KmsMasterKeyId',
  'LifecycleConfiguration',
  'LoggingConfig',
  'LoggingConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Role',
  'RoleArn',
  'StreamEncryption',
  'Tags',
  'TracingConfig',
  'TracingConfiguration',
  'VersioningConfiguration',
  'VpcConfig',
]);

function withoutPolicies(resource: TemplateResource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource.Properties ?? {}).filter(([name]) => !UNREAD.has(name)));
}

function pathOf(resource: TemplateResource): string | undefined {
  const path = resource.Metadata?.['aws:cdk:path'];
  return typeof path === 'string' ? path.replace(/\/(Resource|Default)$/, '') : undefined;
}
