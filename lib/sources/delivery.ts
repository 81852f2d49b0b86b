import { Duration, Size } from 'aws-cdk-lib/core';

export interface LambdaDeliveryOptions {
  /** How long records gather before a file is written: at most 5 minutes. A batch also ends at 6 MB. @default Duration.seconds(60) */
  readonly bufferFor?: Duration;
  /** The most records in a batch: at most 10000. @default 10000 */
  readonly batchSize?: number;
  /** Batches of one shard that are conformed at the same time: at most 10. @default 1 */
  readonly parallelization?: number;
  /** How often a batch is tried again before it is kept aside, with payload, in the quarantine bucket: at most 10000. @default 20 */
  readonly retries?: number;
  /** How old a record may become in retries before it is kept aside: 1 minute to 7 days, less than the stream's retention. @default Duration.days(1) */
  readonly maximumAge?: Duration;
  /** @default Duration.minutes(3) */
  readonly timeout?: Duration;
  /** Compute power grows with it. @default Size.mebibytes(1024) */
  readonly memory?: Size;
  /** The most functions that run at once, taken from the account's share. @default - no limit of its own */
  readonly reservedConcurrency?: number;
}

export interface FirehoseDeliveryOptions {
  /** How long records gather before a file is written: 1 to 15 minutes. @default Duration.minutes(5) */
  readonly bufferFor?: Duration;
  /** How much gathers before a file is written: 1 to 128 MiB, before compression. @default Size.mebibytes(64) */
  readonly bufferSize?: Size;
  /** @default Duration.minutes(3) */
  readonly timeout?: Duration;
  /** @default Size.mebibytes(1024) */
  readonly memory?: Size;
}

/** How a stream's records come to bronze. */
export type Delivery =
  | { readonly kind: 'lambda'; readonly options: Required<Omit<LambdaDeliveryOptions, 'reservedConcurrency'>> & LambdaDeliveryOptions }
  | { readonly kind: 'firehose'; readonly options: Required<FirehoseDeliveryOptions> };

export const DELIVERY_DEFAULTS = {
  lambda: {
    bufferFor: Duration.seconds(60),
    batchSize: 10_000,
    parallelization: 1,
    retries: 20,
    maximumAge: Duration.days(1),
    timeout: Duration.minutes(3),
    memory: Size.mebibytes(1024),
  },
  firehose: { bufferFor: Duration.minutes(5), bufferSize: Size.mebibytes(64), timeout: Duration.minutes(3), memory: Size.mebibytes(1024) },
} as const;

export const Delivery = {
  /** A function reads the stream and writes each batch once. Every record keeps its position; cheapest by volume. */
  lambda: (options: LambdaDeliveryOptions = {}): Delivery => ({
    kind: 'lambda',
    options: { ...DELIVERY_DEFAULTS.lambda, ...given(options) },
  }),
  /** Firehose gathers larger files. It names them as it likes, may deliver a record twice, and bills each record as at least 5 KB. */
  firehose: (options: FirehoseDeliveryOptions = {}): Delivery => ({
    kind: 'firehose',
    options: { ...DELIVERY_DEFAULTS.firehose, ...given(options) },
  }),
} as const;

/** Options without those that are present but undefined: they mean the default. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** What a delivery cannot be, each with its remedy. */
export function deliveryProblems(delivery: Delivery, retention: Duration | undefined): string[] {
  return delivery.kind === 'firehose' ? firehoseProblems(delivery.options) : lambdaProblems(delivery.options, retention);
}

function lambdaProblems(options: Extract<Delivery, { kind: 'lambda' }>['options'], retention: Duration | undefined): string[] {
  const problems = [
    ...numberProblems('bufferFor', options.bufferFor.toSeconds({ integral: false }), 0, 300, 'seconds'),
    ...numberProblems('batchSize', options.batchSize, 1, 10_000, 'records'),
    ...numberProblems('parallelization', options.parallelization, 1, 10, 'batches'),
    ...numberProblems('retries', options.retries, 0, 10_000, 'attempts'),
    ...numberProblems('maximumAge', options.maximumAge.toSeconds({ integral: false }), 60, 604_800, 'seconds'),
  ];
  if (retention !== undefined && options.maximumAge.toSeconds() >= retention.toSeconds()) {
    problems.push(
      `maximumAge must be less than the stream's retention, or records are lost before they are kept aside: got ${options.maximumAge.toHumanString()} with ${retention.toHumanString()}`,
    );
  }
  return problems;
}

function firehoseProblems(options: Required<FirehoseDeliveryOptions>): string[] {
  return [
    ...numberProblems('bufferFor', options.bufferFor.toSeconds({ integral: false }), 60, 900, 'seconds'),
    ...numberProblems('bufferSize', options.bufferSize.toMebibytes(), 1, 128, 'MiB'),
  ];
}

function numberProblems(name: string, value: number, least: number, most: number, unit: string): string[] {
  return Number.isInteger(value) && value >= least && value <= most
    ? []
    : [`${name} is a whole number of ${unit}, ${least} to ${most}, got ${value}`];
}
