import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import type { RunResource } from '../assembly/inventory.js';
import { FunctionError } from '../functions/function-runtime.js';
import type { SourceInput } from '../report.js';
import { stableUuid } from '../tables/identifier.js';
import { type EventMatcher, type EventPattern, matchesPattern, validatePattern } from './event-pattern.js';
import { type LocalSource, type SourceOutcome, type SourceTable, sourceTableOf } from './local-source.js';

interface RuleTarget {
  readonly Arn: string;
  readonly [property: string]: unknown;
}

/** What a target may say besides its ARN: retries of the hand-over, which never fails here. */
const KNOWN_TARGET = new Set(['Arn', 'Id', 'DeadLetterConfig', 'RetryPolicy']);
/** What Lambda does with an event unless told otherwise. */
const DEFAULT_RETRIES = 2;

/** A rule that hands new files of the landing zone to a function. */
export class FileSource implements LocalSource {
  readonly kind = 'file';
  readonly notes: readonly string[] = [];
  readonly path: string;
  readonly table: SourceTable;
  private readonly pattern: EventPattern;
  private readonly bucket: string;
  private readonly prefix: string;
  private readonly retries: number;
  private readonly failures: string | undefined;

  constructor(
    private readonly environment: LocalEnvironment,
    private readonly rule: RunResource,
    private readonly target: RunResource,
  ) {
    const { inventory } = environment;
    this.path = rule.path;
    const pattern = rule.properties['EventPattern'];
    validatePattern(pattern, rule.path);
    for (const given of rule.properties['Targets'] as RuleTarget[]) {
      const unknown = Object.keys(given).filter((name) => !KNOWN_TARGET.has(name));
      if (unknown.length > 0)
        throw new LakeError('local/rule', `the local runtime does not run a target with ${unknown.join(', ')}`, { path: rule.path });
    }
    this.pattern = pattern;
    this.table = sourceTableOf(inventory, target);
    this.bucket = String(matchersAt(pattern, ['detail', 'bucket', 'name'])[0] ?? '');
    const key = matchersAt(pattern, ['detail', 'object', 'key'])[0];
    if (typeof key !== 'object' || key === null)
      throw new LakeError('local/rule', "the rule has no prefix for the objects' keys", { path: rule.path });
    this.prefix = key.prefix;
    this.mustSendEvents();
    const config = inventory
      .all('AWS::Lambda::EventInvokeConfig')
      .find(({ properties }) => environment.functions.resource(properties['FunctionName']) === target);
    this.retries = Number(config?.properties['MaximumRetryAttempts'] ?? DEFAULT_RETRIES);
    const destination = (config?.properties['DestinationConfig'] as { OnFailure?: { Destination?: string } } | undefined)?.OnFailure
      ?.Destination;
    this.failures = destination?.startsWith('arn:aws:s3:::') ? inventory.bucketOf(destination) : undefined;
  }

  async deliver(input: SourceInput): Promise<SourceOutcome> {
    if (typeof input !== 'string') throw new LakeError('local/input', `the source '${this.table.name}' takes files: give the path of one`);
    if (!existsSync(input)) throw new LakeError('local/input', `no file '${input}' to deliver`);
    const { onEvent, store } = this.environment;
    const body = await readFile(input);
    const key = `${this.prefix}${basename(input)}`;
    await store.put(this.bucket, key, body);
    const event = this.created(key, body);
    if (!matchesPattern(this.pattern, event)) {
      throw new LakeError('local/rule', `no rule of '${this.table.name}' matches the file: nothing would happen in AWS`, {
        path: this.rule.path,
      });
    }
    const failed = await this.hand(event);
    onEvent({ kind: 'delivery', source: this.table.name, records: 1, total: 1 });
    return { batches: 1, failed };
  }

  /** An event that a function fails on is tried again; then it is kept with its payload: the object's name, not its rows. */
  private async hand(event: object): Promise<number> {
    const runtime = this.environment.functions.runtime(this.target);
    for (let attempt = 1; ; attempt++) {
      try {
        await runtime.invoke(event);
        return 0;
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        if (attempt <= this.retries) continue;
        if (this.failures === undefined) {
          throw new LakeError(
            'local/lost-records',
            `${error.message} ${attempt} times and has no failure destination: the file stays in the landing zone unread`,
          );
        }
        await this.keep(event, error.name, attempt);
        return 1;
      }
    }
  }

  private async keep(event: object, functionError: string, invocations: number): Promise<void> {
    const { clock, seed, state, store } = this.environment;
    const now = clock().toISOString();
    const id = stableUuid(seed, 'failed event', state.next('failed event'));
    const record = {
      version: '1.0',
      timestamp: now,
      requestContext: {
        requestId: id,
        functionArn: `${this.target.arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: invocations,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: functionError },
    };
    const key = `aws/lambda/async/${this.target.ref}/${now.slice(0, 10).replaceAll('-', '/')}/${now.slice(0, 19).replaceAll(':', '.')}-${id}`;
    await store.put(this.failures!, key, Buffer.from(JSON.stringify(record)));
  }

  /** What S3 tells EventBridge of a new object. */
  private created(key: string, body: Buffer): object {
    const { clock, seed, state } = this.environment;
    const number = state.next('object');
    return {
      version: '0',
      id: stableUuid(seed, 'event', number),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: this.target.stack.account,
      time: `${clock().toISOString().slice(0, 19)}Z`,
      region: this.target.stack.region,
      resources: [`arn:aws:s3:::${this.bucket}`],
      detail: {
        version: '0',
        bucket: { name: this.bucket },
        object: {
          key,
          size: body.length,
          etag: createHash('md5').update(body).digest('hex'),
          sequencer: number.toString(16).toUpperCase().padStart(18, '0'),
        },
        'request-id': stableUuid(seed, 'request', number).slice(0, 16).toUpperCase(),
        requester: this.target.stack.account,
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    };
  }

  /** A bucket that does not tell EventBridge starts nothing, and in AWS nobody would hear of it. */
  private mustSendEvents(): void {
    const bucket = this.environment.inventory.find('AWS::S3::Bucket', this.bucket);
    const configuration = bucket?.properties['NotificationConfiguration'] as { EventBridgeConfiguration?: unknown } | undefined;
    if (bucket === undefined || configuration?.EventBridgeConfiguration !== undefined) return;
    throw new LakeError('local/rule', 'the bucket of the rule does not send its events to EventBridge: no file would ever start it', {
      path: this.rule.path,
    });
  }
}

function matchersAt(pattern: EventPattern, path: readonly string[]): readonly EventMatcher[] {
  let at: EventPattern | readonly EventMatcher[] | undefined = pattern;
  for (const field of path) at = at === undefined || Array.isArray(at) ? undefined : (at as EventPattern)[field];
  return Array.isArray(at) ? (at as readonly EventMatcher[]) : [];
}
