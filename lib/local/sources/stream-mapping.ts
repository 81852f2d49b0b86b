import { LakeError } from '../../contract/lake-error.js';
import { FunctionError } from '../functions/function-runtime.js';
import type { StreamRecord } from './shard.js';

/** An event source mapping as the template has it, with the service's defaults filled in. */
export interface MappingSettings {
  readonly batchSize: number;
  readonly bisect: boolean;
  readonly partialResponses: boolean;
  /** Undefined: without end. */
  readonly maximumRetryAttempts?: number;
  /** Undefined: until the stream forgets the record. */
  readonly maximumRecordAgeSeconds?: number;
  readonly parallelizationFactor: number;
}

/** Why a batch went to the failure destination. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface Discarded {
  readonly shardId: string;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  /** Type of the last error; absent when the function answered with failed items, or was never called. */
  readonly functionError?: string;
  readonly records: readonly StreamRecord[];
}

export interface MappingPorts {
  /** Invokes the function on a batch: its answer, or a throw. */
  readonly invoke: (records: readonly StreamRecord[]) => Promise<unknown>;
  /** Stores a batch given up on, with its payload. Undefined: the mapping has no failure destination, and discarded means lost. */
  readonly discard?: (batch: Discarded) => Promise<void>;
}

/** Where the mapping says "retry without end", this runtime stops the delivery with an error after so many attempts of one batch. */
const ENDLESS = 50;
const WAIT_SECONDS = 1;
const MAX_WAIT_SECONDS = 60;

interface Attempt {
  readonly records: readonly StreamRecord[];
  /** Invocations of this batch and of those it is a rest of. */
  readonly invocations: number;
  /** Failures that count towards the retry quota. */
  readonly failures: number;
  readonly waitedSeconds: number;
  readonly lastError?: string;
}

/**
 * Brings one batch of one shard to its end as the service does: each record is acknowledged or discarded, in the shard's order.
 * Time passes only in the books: a batch's age is what it waited between retries, as a mapping that keeps up with its stream sees it.
 *
 * Where the service's documentation is silent the choice is the unfavourable one: a rest after a partial answer keeps its spent retries,
 * and a batch whose first record is reported failed is not split, so good records behind it may end in the failure destination.
 */
export async function deliverBatch(settings: MappingSettings, ports: MappingPorts, records: readonly StreamRecord[]): Promise<void> {
  // A stack: a half, or a rest, is brought to its end before what comes after it.
  const open: Attempt[] = [{ records, invocations: 0, failures: 0, waitedSeconds: 0 }];
  for (let attempt = open.pop(); attempt !== undefined; attempt = open.pop()) {
    if (attempt.waitedSeconds > (settings.maximumRecordAgeSeconds ?? Number.POSITIVE_INFINITY)) {
      await discard(ports, attempt, 'RecordAgeExceeded');
      continue;
    }
    const outcome = await invoke(settings, ports, attempt.records);
    if (outcome.failedFrom === undefined) continue;
    const failed = nextAttempt(attempt, attempt.records.slice(outcome.failedFrom), outcome.error);
    if (settings.bisect && outcome.failedFrom === 0 && failed.records.length > 1 && outcome.error !== undefined) {
      // Splitting consumes no retry.
      const half = Math.ceil(failed.records.length / 2);
      const again = { ...failed, failures: attempt.failures };
      open.push({ ...again, records: failed.records.slice(half) }, { ...again, records: failed.records.slice(0, half) });
      continue;
    }
    if (settings.maximumRetryAttempts !== undefined && failed.failures > settings.maximumRetryAttempts) {
      await discard(ports, failed, 'RetryAttemptsExhausted');
      continue;
    }
    if (settings.maximumRetryAttempts === undefined && settings.maximumRecordAgeSeconds === undefined && failed.failures >= ENDLESS) {
      const error = outcome.error ?? 'failed items in its answer';
      throw new LakeError(
        'local/blocked-shard',
        `${records[0]!.shardId} is blocked: the mapping retries without end and ${ENDLESS} attempts ended in ${error}`,
      );
    }
    open.push(failed);
  }
}

function nextAttempt(attempt: Attempt, records: readonly StreamRecord[], error: string | undefined): Attempt {
  const wait = Math.min(WAIT_SECONDS * 2 ** attempt.failures, MAX_WAIT_SECONDS);
  return {
    records,
    invocations: attempt.invocations + 1,
    failures: attempt.failures + 1,
    waitedSeconds: attempt.waitedSeconds + wait,
    ...(error === undefined ? {} : { lastError: error }),
  };
}

async function invoke(
  settings: MappingSettings,
  ports: MappingPorts,
  records: readonly StreamRecord[],
): Promise<{ readonly failedFrom?: number; readonly error?: string }> {
  let answer: unknown;
  try {
    answer = await ports.invoke(records);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return { failedFrom: 0, error: error.name };
  }
  return settings.partialResponses ? judgeAnswer(answer, records) : {};
}

/** Index of the lowest failed record. An answer that is not in the documented shape fails the whole batch, an empty one is success. */
function judgeAnswer(answer: unknown, records: readonly StreamRecord[]): { readonly failedFrom?: number; readonly error?: string } {
  const failures = (answer as { batchItemFailures?: unknown } | null)?.batchItemFailures;
  if (answer === null || failures === undefined || failures === null) return {};
  const malformed = { failedFrom: 0, error: 'MalformedBatchResponse' };
  if (!Array.isArray(failures)) return malformed;
  let lowest: number | undefined;
  for (const failure of failures as ({ itemIdentifier?: unknown } | null)[]) {
    const at = records.findIndex(({ sequenceNumber }) => sequenceNumber === failure?.itemIdentifier);
    if (at < 0) return malformed;
    lowest = Math.min(lowest ?? at, at);
  }
  return lowest === undefined ? {} : { failedFrom: lowest };
}

async function discard(ports: MappingPorts, attempt: Attempt, condition: DiscardCondition): Promise<void> {
  const records = attempt.records;
  if (ports.discard === undefined) {
    throw new LakeError(
      'local/lost-records',
      `the mapping would lose ${records.length} records of ${records[0]!.shardId}: it gives up on them and has no failure destination`,
    );
  }
  await ports.discard({
    shardId: records[0]!.shardId,
    condition,
    invocations: attempt.invocations,
    ...(attempt.lastError === undefined ? {} : { functionError: attempt.lastError }),
    records,
  });
}
