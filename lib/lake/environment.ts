import { Duration, Size } from 'aws-cdk-lib/core';
import { LakeError } from '../contract/lake-error.js';

/** What differs between the places a lake is deployed to: plain values, one object an environment, no `if`s in the stack. */
export interface Environment {
  /** Part of database and workgroup names: lower-case letters and digits, as `dev`. */
  readonly name: string;
  /**
   * Whether the data may go with the stack. Takes effect only with the context flag `medallion:allowDestroy` as well;
   * until both agree, buckets, keys, databases and tables stay when the stack is deleted. @default false
   */
  readonly disposable?: boolean;
  /** The most one Athena query may read before it is cancelled. At least 10 MB, as Athena demands. @default Size.gibibytes(100) */
  readonly scanLimit?: Size;
  /** How long records that a source refused wait for release. What a transform's rules refused has no end yet. @default Duration.days(90) */
  readonly keepQuarantine?: Duration;
  /** How long query results and candidate tables are kept. @default Duration.days(7) */
  readonly keepResults?: Duration;
  /** How long replaced and deleted objects of versioned buckets can be brought back; erased personal data is gone after it. @default Duration.days(14) */
  readonly keepReplaced?: Duration;
  /** When bronze objects move to infrequent access: they are read once or twice, then kept. At least 30 days, as S3 demands. @default Duration.days(60) */
  readonly coolBronzeAfter?: Duration;
  /** How long handlers' logs are kept, in a number of days CloudWatch knows. @default Duration.days(30) */
  readonly keepLogs?: Duration;
  /** Addresses that failures are sent to; each must confirm its subscription once. @default - none: subscribe to the failure topic yourself */
  readonly notify?: readonly string[];
}

/** An environment with every default filled in. */
export type ResolvedEnvironment = Required<Environment>;

export const ENVIRONMENT_DEFAULTS = {
  disposable: false,
  scanLimit: Size.gibibytes(100),
  keepQuarantine: Duration.days(90),
  keepResults: Duration.days(7),
  keepReplaced: Duration.days(14),
  coolBronzeAfter: Duration.days(60),
  keepLogs: Duration.days(30),
  notify: [] as readonly string[],
} as const;

/** Athena refuses a smaller cutoff. */
const SMALLEST_SCAN_LIMIT = 10_000_000;

/** Retention periods that CloudWatch Logs accepts. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** Fills in the defaults; throws one error that lists every value that cannot be. */
export function resolveEnvironment(environment: Environment, path: string): ResolvedEnvironment {
  const resolved: ResolvedEnvironment = { ...ENVIRONMENT_DEFAULTS, ...withoutUndefined(environment), name: environment.name };
  const problems = [
    ...nameProblems(resolved.name),
    ...scanLimitProblems(resolved.scanLimit),
    ...dayProblems('keepQuarantine', resolved.keepQuarantine, 1),
    ...dayProblems('keepResults', resolved.keepResults, 1),
    ...dayProblems('keepReplaced', resolved.keepReplaced, 1),
    ...dayProblems('coolBronzeAfter', resolved.coolBronzeAfter, 30),
    ...logProblems(resolved.keepLogs),
    ...resolved.notify
      .filter((address) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address))
      .map((address) => `notify wants e-mail addresses, got '${address}'`),
  ];
  if (problems.length > 0) throw new LakeError('environment', problems.join('\n'), { path });
  return resolved;
}

function withoutUndefined(environment: Environment): Partial<Environment> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}

function nameProblems(name: string): string[] {
  if (/^[a-z][a-z0-9]{0,19}$/.test(name)) return [];
  return [`an environment's name is lower-case letters and digits, at most 20, beginning with a letter, got '${name}'; for example 'dev'`];
}

function scanLimitProblems(limit: Size): string[] {
  const bytes = limit.toBytes();
  return bytes >= SMALLEST_SCAN_LIMIT ? [] : [`scanLimit is at least ${SMALLEST_SCAN_LIMIT} bytes, as Athena demands, got ${bytes}`];
}

function dayProblems(setting: string, duration: Duration, least: number): string[] {
  const days = duration.toDays({ integral: false });
  if (Number.isInteger(days) && days >= least) return [];
  return [`${setting} is a whole number of days, at least ${least}, got ${duration.toHumanString()}`];
}

function logProblems(duration: Duration): string[] {
  const days = duration.toDays({ integral: false });
  if (LOG_DAYS.includes(days)) return [];
  const nearest = LOG_DAYS.find((known) => known >= days) ?? LOG_DAYS.at(-1);
  return [`keepLogs is a period CloudWatch knows, got ${duration.toHumanString()}; take Duration.days(${nearest})`];
}
