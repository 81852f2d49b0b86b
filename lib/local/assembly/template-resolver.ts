import { LakeError } from '../../contract/lake-error.js';
import type { AssemblyStack, TemplateResource } from './assembly.js';

/** A resource and the stack it stands in. */
export interface PlacedResource {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

type Attributes = Record<string, (place: PlacedResource, resolver: TemplateResolver) => string>;

/** Physical name of a resource: the declared one, else one made from the logical id, as CloudFormation would. */
const named =
  (property: string) =>
  ({ stack, logicalId, resource }: PlacedResource, resolver: TemplateResolver): string => {
    const given = resource.Properties?.[property];
    return given === undefined ? resolver.generatedName(stack, logicalId) : String(resolver.resolve(stack, given));
  };

const arn =
  (service: string, suffix: (name: string) => string, name: (place: PlacedResource, resolver: TemplateResolver) => string) =>
  (place: PlacedResource, resolver: TemplateResolver): string =>
    `arn:aws:${service}:${place.stack.region}:${place.stack.account}:${suffix(name(place, resolver))}`;

const lambdaName = named('FunctionName');
const streamName = named('Name');
const firehoseName = named('DeliveryStreamName');
const machineName = named('StateMachineName');
const topicName = named('TopicName');
const queueName = named('QueueName');
const ruleName = named('Name');
const roleName = named('RoleName');
const bucketName = ({ stack, logicalId, resource }: PlacedResource, resolver: TemplateResolver): string => {
  const given = resource.Properties?.['BucketName'];
  return given === undefined ? resolver.generatedName(stack, logicalId).toLowerCase() : String(resolver.resolve(stack, given));
};
const keyId = ({ stack, logicalId }: PlacedResource, resolver: TemplateResolver): string => resolver.generatedName(stack, logicalId);
const inputName =
  (input: string) =>
  ({ stack, logicalId, resource }: PlacedResource, resolver: TemplateResolver): string => {
    const given = (resource.Properties?.[input] as Record<string, unknown> | undefined)?.['Name'] ?? resource.Properties?.['Name'];
    return given === undefined ? resolver.generatedName(stack, logicalId) : String(resolver.resolve(stack, given));
  };

/** What `Ref` and `Fn::GetAtt` give, by type. A type or attribute that is not here is an error that names it. */
const ATTRIBUTES: Record<string, Attributes> = {
  'AWS::S3::Bucket': {
    Ref: bucketName,
    Arn: (place, resolver) => `arn:aws:s3:::${bucketName(place, resolver)}`,
    DomainName: (place, resolver) => `${bucketName(place, resolver)}.s3.amazonaws.com`,
  },
  'AWS::Lambda::Function': { Ref: lambdaName, Arn: arn('lambda', (name) => `function:${name}`, lambdaName) },
  'AWS::Kinesis::Stream': { Ref: streamName, Arn: arn('kinesis', (name) => `stream/${name}`, streamName) },
  'AWS::KinesisFirehose::DeliveryStream': { Ref: firehoseName, Arn: arn('firehose', (name) => `deliverystream/${name}`, firehoseName) },
  'AWS::StepFunctions::StateMachine': {
    Ref: arn('states', (name) => `stateMachine:${name}`, machineName),
    Arn: arn('states', (name) => `stateMachine:${name}`, machineName),
    Name: machineName,
  },
  'AWS::SNS::Topic': { Ref: arn('sns', (name) => name, topicName), TopicArn: arn('sns', (name) => name, topicName), TopicName: topicName },
  'AWS::SQS::Queue': {
    Ref: (place, resolver) => `https://sqs.${place.stack.region}.amazonaws.com/${place.stack.account}/${queueName(place, resolver)}`,
    Arn: arn('sqs', (name) => name, queueName),
    QueueName: queueName,
  },
  'AWS::Events::Rule': { Ref: ruleName, Arn: arn('events', (name) => `rule/${name}`, ruleName) },
  'AWS::IAM::Role': {
    Ref: roleName,
    Arn: (place, resolver) => `arn:aws:iam::${place.stack.account}:role/${roleName(place, resolver)}`,
    RoleId: roleName,
  },
  'AWS::KMS::Key': { Ref: keyId, KeyId: keyId, Arn: arn('kms', (name) => `key/${name}`, keyId) },
  'AWS::KMS::Alias': { Ref: named('AliasName') },
  'AWS::Logs::LogGroup': { Ref: named('LogGroupName'), Arn: arn('logs', (name) => `log-group:${name}:*`, named('LogGroupName')) },
  'AWS::Logs::LogStream': { Ref: named('LogStreamName') },
  'AWS::Glue::Database': { Ref: inputName('DatabaseInput') },
  'AWS::Glue::Table': { Ref: inputName('TableInput') },
  'AWS::Athena::WorkGroup': { Ref: named('Name') },
};

/** Resolves the intrinsic functions that our constructs emit. Everything else is refused by its name. */
export class TemplateResolver {
  private readonly exports = new Map<string, { readonly stack: AssemblyStack; readonly value: unknown }>();
  private readonly shared = new Set<string>();

  constructor(readonly stacks: readonly AssemblyStack[]) {
    const seen = new Set<string>();
    for (const stack of stacks) {
      for (const logicalId of Object.keys(stack.template.Resources ?? {})) (seen.has(logicalId) ? this.shared : seen).add(logicalId);
    }
    for (const stack of stacks) {
      for (const output of Object.values(stack.template.Outputs ?? {})) {
        if (output.Export !== undefined) this.exports.set(String(this.resolve(stack, output.Export.Name)), { stack, value: output.Value });
      }
    }
  }

  /** Name of a resource that the template leaves unnamed: its logical id, with the stack's name where two stacks share the id. */
  generatedName(stack: AssemblyStack, logicalId: string): string {
    return this.shared.has(logicalId) ? `${stack.name}-${logicalId}` : logicalId;
  }

  /** The value that CloudFormation would pass to the service. */
  resolve(stack: AssemblyStack, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(stack, item)).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    const only = keys[0];
    if (keys.length === 1 && only !== undefined && (only === 'Ref' || only === 'Condition' || only.startsWith('Fn::'))) {
      return this.intrinsic(stack, only, (value as Record<string, unknown>)[only]);
    }
    const resolved = Object.entries(value).map(([key, item]): [string, unknown] => [key, this.resolve(stack, item)]);
    return Object.fromEntries(resolved.filter(([, item]) => item !== undefined));
  }

  private intrinsic(stack: AssemblyStack, name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(stack, String(argument));
      case 'Fn::GetAtt': {
        const [logicalId, ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        return this.attribute(stack, logicalId!, rest.join('.'));
      }
      case 'Fn::Join': {
        const [separator, items] = argument as [string, unknown];
        return (this.resolve(stack, items) as unknown[]).map(String).join(separator);
      }
      case 'Fn::Sub':
        return this.substitute(stack, argument);
      case 'Fn::Select': {
        const [index, items] = argument as [number | string, unknown];
        return (this.resolve(stack, items) as unknown[])[Number(this.resolve(stack, index))];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(this.resolve(stack, text)).split(separator);
      }
      case 'Fn::ImportValue':
        return this.imported(String(this.resolve(stack, argument)));
      default:
        throw new LakeError('local/intrinsic', `the local runtime does not resolve ${name}`, { path: stack.id });
    }
  }

  private ref(stack: AssemblyStack, id: string): unknown {
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': stack.account,
      'AWS::Region': stack.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.name,
      'AWS::StackId': `arn:aws:cloudformation:${stack.region}:${stack.account}:stack/${stack.name}/local`,
      'AWS::NoValue': undefined,
    };
    if (id in pseudo) return pseudo[id];
    const parameter = stack.template.Parameters?.[id];
    if (parameter === undefined) return this.attribute(stack, id, 'Ref');
    if (parameter.Default !== undefined) return parameter.Default;
    throw new LakeError('local/parameter', `parameter '${id}' has no default: the local runtime gives no parameters`, { path: stack.id });
  }

  private attribute(stack: AssemblyStack, logicalId: string, attribute: string): string {
    const resource = stack.template.Resources?.[logicalId];
    if (resource === undefined) throw new LakeError('local/reference', `no resource '${logicalId}' in the template`, { path: stack.id });
    const read = ATTRIBUTES[resource.Type]?.[attribute];
    if (read !== undefined) return read({ stack, logicalId, resource }, this);
    const what = attribute === 'Ref' ? 'Ref' : `attribute '${attribute}'`;
    throw new LakeError('local/attribute', `the local runtime knows no ${what} of ${resource.Type} '${logicalId}'`, { path: stack.id });
  }

  private substitute(stack: AssemblyStack, argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? (argument as [string, Record<string, unknown>]) : [String(argument), {}];
    return text.replace(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (name in variables) return String(this.resolve(stack, variables[name]));
      return String(name.includes('.') ? this.intrinsic(stack, 'Fn::GetAtt', name) : this.ref(stack, name));
    });
  }

  private imported(name: string): unknown {
    const found = this.exports.get(name);
    if (found === undefined)
      throw new LakeError('local/import', `no stack of this stage exports '${name}': the local runtime runs one stage alone`);
    return this.resolve(found.stack, found.value);
  }
}
