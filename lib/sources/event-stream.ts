import { CfnStream, type IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';
import { acknowledge } from '../lake/acknowledge.js';
import type { ILake } from '../model/step.js';

/** The stream a source reads, as what reads it sees it. */
export interface BoundStream {
  readonly arn: string;
  /** Absent where no grant is needed: not encrypted, or with the key AWS keeps for the account. */
  readonly encryptionKey?: IKey;
  /** Absent for a stream that is not of this app. */
  readonly retention?: Duration;
}

export interface NewStreamOptions {
  /** How long records can be read again: 1 to 365 days. @default Duration.days(7) */
  readonly retention?: Duration;
}

/** Which stream a source reads. */
export interface EventStream {
  /** @internal Called by the source. */
  bind(scope: Construct, lake: ILake): BoundStream;
}

export const EventStream = {
  /** A stream that grows with its load and bills by volume. */
  onDemand: (options: NewStreamOptions = {}): EventStream => ({
    bind: (scope, lake) => newStream(scope, lake, { streamModeDetails: { streamMode: 'ON_DEMAND' } }, options),
  }),
  /** A stream of a fixed number of shards: cheaper where the load is known. */
  provisioned: (options: NewStreamOptions & { readonly shards: number }): EventStream => ({
    bind: (scope, lake) => {
      const { shards } = options;
      if (!Number.isInteger(shards) || shards < 1)
        throw new LakeError('stream', `shards is a whole number from 1, got ${shards}`, { path: scope.node.path });
      return newStream(scope, lake, { streamModeDetails: { streamMode: 'PROVISIONED' }, shardCount: shards }, options);
    },
  }),
  /** A stream that exists already. Its key must be named, or said to need no grant: without it the reader could not decrypt, and only the first run would show it. */
  existing: (stream: IStream, options: { readonly encryptionKey: IKey | 'aws-managed' | 'none' }): EventStream => ({
    bind: (scope) => {
      const { encryptionKey } = options;
      if (encryptionKey === undefined) {
        throw new LakeError('stream', "an existing stream needs its encryptionKey: the key, or 'aws-managed', or 'none'", {
          path: scope.node.path,
        });
      }
      return { arn: stream.streamArn, ...(typeof encryptionKey === 'string' ? {} : { encryptionKey }) };
    },
  }),
} as const;

export const STREAM_DEFAULTS = { retention: Duration.days(7) } as const;

function newStream(
  scope: Construct,
  lake: ILake,
  capacity: { readonly streamModeDetails: CfnStream.StreamModeDetailsProperty; readonly shardCount?: number },
  options: NewStreamOptions,
): BoundStream {
  const retention = options.retention ?? STREAM_DEFAULTS.retention;
  const hours = retention.toHours({ integral: false });
  if (!Number.isInteger(hours) || hours < 24 || hours > 8760) {
    throw new LakeError('stream', `a stream's retention is a whole number of hours, 1 to 365 days, got ${retention.toHumanString()}`, {
      path: scope.node.path,
    });
  }
  const { encryptionKey } = lake.zones.bronze;
  const stream = new CfnStream(scope, 'Stream', {
    ...capacity,
    retentionPeriodHours: hours,
    streamEncryption: { encryptionType: 'KMS', keyId: encryptionKey.keyArn },
  });
  // It may hold records that nothing has read yet.
  stream.applyRemovalPolicy(lake.removalPolicy);
  acknowledge(
    stream,
    'AwsSolutions-KDS3',
    "the lake's own key: who may read the events is decided by the key's policy too, and adopted keys work the same",
  );
  return { arn: stream.attrArn, encryptionKey, retention };
}
