import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { Kinesis, type _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { S3 } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import { CREDENTIALS, REGION } from '../../scripts/engines/glue.js';
import { ACCOUNT, type MiniStack } from '../../scripts/engines/ministack.js';
import { runFolder, sleep } from '../../scripts/engines/server.js';

const ROOT = join(import.meta.dirname, '../..');

/** What the emulator refuses is left out, and listed in docs/unproven.md: Lake Formation, and alarms on more than one metric. */
function isRefused({ Type, Properties }: Template['Resources'][string]): boolean {
  return Type.startsWith('AWS::LakeFormation::') || (Type === 'AWS::CloudWatch::Alarm' && Properties['Metrics'] !== undefined);
}

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string | string[] }>;
}

/** The example app as a user would deploy it, in a folder of its own. `change` edits its Dev template before it is deployed. */
export async function synthesizeShop(account: MiniStack, change: (template: Template) => void = () => {}): Promise<string> {
  const assembly = join(runFolder('shop'), 'cdk.out');
  const context = ['--context', 'medallion:allowDestroy=true'];
  await account.cdk(['synth', '--quiet', '--output', assembly, ...context], { cwd: ROOT });
  editTemplates(join(assembly, 'assembly-Dev'), change);
  return assembly;
}

interface PolicyStatement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

type Role = { Policies?: { PolicyDocument: { Statement: PolicyStatement[] } }[] };

function rolesOf(template: Template): (readonly [id: string, role: Role])[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::IAM::Role' ? [[id, Properties as Role] as const] : [],
  );
}

function statementsOf(template: Template): PolicyStatement[] {
  return rolesOf(template).flatMap(([, role]) => (role.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement));
}

/** The emulator does not know `s3:if-none-match`, and so would deny what is allowed only with it. */
function dropUnknownCondition(statement: PolicyStatement): void {
  if (statement.Condition?.['Null']?.['s3:if-none-match'] === undefined) return;
  delete statement.Condition['Null'];
}

/** Takes an action on a zone's bucket from the role of a construct. An action that is not there would prove nothing: it is an error. */
export function withoutRight(template: Template, construct: string, action: string, zone: string): void {
  const isTaken = (resource: unknown) => JSON.stringify(resource).includes(`Lake${zone}Bucket`);
  let taken = 0;
  for (const [id, role] of rolesOf(template)) {
    if (!id.includes(construct)) continue;
    for (const { PolicyDocument } of role.Policies ?? []) {
      PolicyDocument.Statement = PolicyDocument.Statement.flatMap((statement) => {
        const resources = [statement.Resource].flat();
        if (![statement.Action].flat().includes(action) || !resources.some(isTaken)) return [statement];
        taken += 1;
        const kept = resources.filter((resource) => !isTaken(resource));
        return kept.length === 0 ? [] : [{ ...statement, Resource: kept }];
      });
    }
  }
  if (taken === 0) throw new Error(`no statement of ${construct} allows ${action} on ${zone}`);
}

/** Takes from the templates of a folder what the emulator cannot take, and edits them. */
export function editTemplates(folder: string, change: (template: Template) => void = () => {}): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template;
    dropRefused(template);
    for (const statement of statementsOf(template)) dropUnknownCondition(statement);
    change(template);
    writeFileSync(join(folder, file), JSON.stringify(template));
  }
}

function dropRefused(template: Template): void {
  const gone = Object.entries(template.Resources).flatMap(([id, resource]) => (isRefused(resource) ? [id] : []));
  for (const id of gone) delete template.Resources[id];
  for (const resource of Object.values(template.Resources)) {
    if (resource.DependsOn !== undefined) resource.DependsOn = [resource.DependsOn].flat().filter((id) => !gone.includes(id));
  }
}

export async function deploy(account: MiniStack, assembly: string): Promise<string> {
  return account.cdk(['deploy', 'Dev/*', '--app', assembly, '--require-approval', 'never', '--progress', 'events']);
}

export async function bootstrap(account: MiniStack): Promise<void> {
  await account.cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
}

/** A lake in an emulated account, by its APIs. */
export class DeployedLake {
  readonly s3: S3;
  readonly kinesis: Kinesis;

  private readonly ca: Buffer | undefined;

  constructor(private readonly account: MiniStack) {
    const { certificate } = account;
    this.ca = certificate === undefined ? undefined : readFileSync(certificate);
    const options = {
      endpoint: account.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      requestHandler: this.ca === undefined ? {} : { httpsAgent: new Agent({ ca: this.ca }) },
    };
    this.s3 = new S3({ ...options, forcePathStyle: true });
    // Kinesis would otherwise speak HTTP/2, which takes no certificate of ours.
    this.kinesis = new Kinesis({ ...options, requestHandler: this.s3.config.requestHandler });
  }

  /** The stream of a source, by the source's construct id. */
  async stream(source: string): Promise<string> {
    const { StreamNames } = await this.kinesis.listStreams({});
    return only(StreamNames ?? [], `${source}Stream`);
  }

  async bucket(zone: string): Promise<string> {
    const { Buckets } = await this.s3.listBuckets({});
    return only(
      (Buckets ?? []).map(({ Name }) => Name!),
      `lake${zone}bucket`,
    );
  }

  async put(stream: string, records: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < records.length; at += 100) {
      const { FailedRecordCount } = await this.kinesis.putRecords({
        StreamName: stream,
        Records: records.slice(at, at + 100).map((Data, n) => ({ Data, PartitionKey: `key-${(at + n) % 7}` })),
      });
      if (FailedRecordCount) throw new Error(`${FailedRecordCount} records were not taken`);
    }
  }

  /** Everything on a stream, by shard, in order, as the stream itself says it. */
  async recordsOf(stream: string): Promise<Map<string, KinesisRecord[]>> {
    const { Shards } = await this.kinesis.listShards({ StreamName: stream });
    const found = new Map<string, KinesisRecord[]>();
    for (const { ShardId } of Shards ?? []) {
      const records: KinesisRecord[] = [];
      const start = await this.kinesis.getShardIterator({ StreamName: stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
      for (let iterator = start.ShardIterator; iterator !== undefined; ) {
        const page = await this.kinesis.getRecords({ ShardIterator: iterator });
        records.push(...(page.Records ?? []));
        iterator = (page.Records ?? []).length === 0 ? undefined : page.NextShardIterator;
      }
      found.set(ShardId!, records);
    }
    return found;
  }

  async objects(zone: string, prefix: string): Promise<Map<string, Buffer>> {
    const Bucket = await this.bucket(zone);
    const found = new Map<string, Buffer>();
    for (let token: string | undefined, more = true; more; ) {
      const page = await this.s3.listObjectsV2({ Bucket, Prefix: prefix, ContinuationToken: token });
      for (const { Key } of page.Contents ?? []) {
        const object = await this.s3.getObject({ Bucket, Key: Key! });
        found.set(Key!, Buffer.from(await object.Body!.transformToByteArray()));
      }
      token = page.NextContinuationToken;
      more = token !== undefined;
    }
    return found;
  }

  /** Invokes the function of a construct and waits for its answer; an error of the function is an error here. */
  async invoke(construct: string, payload: unknown): Promise<unknown> {
    const { Functions } = (await this.lambda('GET', 'functions/')) as { Functions: { FunctionName: string }[] };
    const name = only(
      Functions.map(({ FunctionName }) => FunctionName),
      construct,
    );
    const answer = await this.lambda('POST', `functions/${name}/invocations`, JSON.stringify(payload));
    if (typeof answer === 'object' && answer !== null && 'errorType' in answer) throw new Error(String(answer.errorType));
    return answer;
  }

  /** One call of Lambda's API, whose client this project does not need otherwise. */
  private async lambda(method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> {
    const signer = new AwsClient({ ...CREDENTIALS, service: 'lambda', region: REGION });
    const url = `${this.account.endpoint}/2015-03-31/${path}`;
    const { headers } = await signer.sign(url, { method, ...(body === undefined ? {} : { body }) });
    const send = this.ca === undefined ? plainRequest : request;
    return new Promise((resolve, reject) => {
      const call = send(
        url,
        { method, headers: Object.fromEntries(headers), ...(this.ca === undefined ? {} : { ca: this.ca }) },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () =>
            response.statusCode! < 300 ? resolve(JSON.parse(text)) : reject(new Error(`status ${response.statusCode}`)),
          );
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  /** Waits until `done` says so; `what` is what the error would name. */
  async until(what: string, done: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 90_000; !(await done()); await sleep(500)) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen within 90 seconds`);
    }
  }
}

function only(names: readonly string[], part: string): string {
  const matching = names.filter((name) => name.toLowerCase().includes(part.toLowerCase()));
  if (matching.length !== 1) throw new Error(`${matching.length} names hold '${part}' among ${names.join(', ')}`);
  return matching[0]!;
}
