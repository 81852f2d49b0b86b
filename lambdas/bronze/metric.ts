import type { ConformEnvironment } from '../../lib/model/handler-environment.js';
import { METRICS } from '../../lib/model/metrics.js';
import type { Counts } from './write-batch.js';

/**
 * Counts of a batch as a line that CloudWatch makes metrics of (the embedded metric format). Nothing of a record is in it, and nothing
 * that many records share less of than their table.
 */
export function recordMetrics(environment: NodeJS.ProcessEnv, { written, rejected }: Counts, atMs: number): string {
  const { MEDALLION_LAKE, MEDALLION_TABLE } = environment as unknown as ConformEnvironment;
  const { namespace, lake, table, received, refused } = METRICS;
  const directive = { Namespace: namespace, Dimensions: [[lake, table]], Metrics: [{ Name: received }, { Name: refused }] };
  return JSON.stringify({
    _aws: { Timestamp: atMs, CloudWatchMetrics: [directive] },
    [lake]: MEDALLION_LAKE,
    [table]: MEDALLION_TABLE,
    [received]: written + rejected,
    [refused]: rejected,
  });
}

/** Writes it. Not by `console`: Lambda would wrap the line, and CloudWatch would not know it any more. */
export function countRecords(counts: Counts): void {
  if (counts.written + counts.rejected > 0) process.stdout.write(`${recordMetrics(process.env, counts, Date.now())}\n`);
}
