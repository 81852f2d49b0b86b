import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { Kinesis, type _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { S3 } from '@aws-sdk/client-s3';
import { CREDENTIALS, REGION } from '../../scripts/engines/glue.js';
import { ACCOUNT, type MiniStack } from '../../scripts/engines/ministack.js';
import { runFolder, sleep } from '../../scripts/engines/server.js';

const ROOT = join(import.meta.dirname, '../..');

/** Resource types that MiniStack refuses; what they are is left unproven here and listed in docs/unproven.md. */
export const REFUSED_TYPES: readonly string[] = [];

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string | string[] }>;
}

/** The example app as a user would deploy it, in a folder of its own. `change` edits its Dev template before it is deployed. */
export async function synthesizeShop(account: MiniStack, change: (template: Template) => void = () => {}): Promise<string> {
  const assembly = join(runFolder('shop'), 'cdk.out');
  const context = ['--context', 'medallion:allowDestroy=true'];
  await account.cdk(['synth', '--quiet', '--output', assembly, ...context], { cwd: ROOT });
  for (const file of devTemplates(assembly)) {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    for (const [id, { Type }] of Object.entries(template.Resources)) if (REFUSED_TYPES.includes(Type)) delete template.Resources[id];
    change(template);
    writeFileSync(file, JSON.stringify(template));
  }
  return assembly;
}

function devTemplates(assembly: string): string[] {
  const folder = join(assembly, 'assembly-Dev');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(folder, file));
}

export async function deploy(account: MiniStack, assembly: string): Promise<string> {
  return account.cdk(['deploy', 'Dev/*', '--app', assembly, '--require-approval', 'never', '--progress', 'events']);
}

export async function bootstrap(account: MiniStack): Promise<void> {
  await account.cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
}

/** Clients of the emulated account. */
export class DeployedShop {
  readonly s3: S3;
  readonly kinesis: Kinesis;

  constructor(account: MiniStack) {
    const certificate = account.environment['NODE_EXTRA_CA_CERTS'];
    const options = {
      endpoint: account.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      requestHandler: certificate === undefined ? {} : { httpsAgent: new Agent({ ca: readFileSync(certificate) }) },
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
