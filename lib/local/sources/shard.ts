import { hash } from 'node:crypto';

/** What an on-demand stream starts with. */
export const ON_DEMAND_SHARDS = 4;

/** A record in its place on a stream. */
export interface StreamRecord {
  readonly shardId: string;
  /** A decimal number of up to 128 digits: compare as numbers, never as text (KI-2). */
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrivedAt: Date;
  readonly data: Uint8Array;
}

export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** Index of the shard whose range of MD5 hash values holds the key; shards share the range evenly. */
export function shardOf(partitionKey: string, shards: number): number {
  const first = Number.parseInt(hash('md5', partitionKey, 'hex').slice(0, 8), 16);
  return Math.floor((first * shards) / 2 ** 32);
}

/** Length of the sequence numbers that Kinesis gives today. */
const SEQUENCE_DIGITS = 56;
const BASE = 49n * 10n ** BigInt(SEQUENCE_DIGITS - 2);
/** Room for the records of one seed. */
const PER_SEED = 10n ** 20n;

/** The sequence number of the n-th record ever put on a stream. Grows with `n`; two seeds never meet. */
export function sequenceNumberOf(n: number, seed: number): string {
  return String(BASE + BigInt(seed) * PER_SEED + BigInt(n));
}
