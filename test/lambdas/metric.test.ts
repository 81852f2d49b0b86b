import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countRecords, recordMetrics } from '../../lambdas/bronze/metric.js';
import { METRICS } from '../../lib/model/metrics.js';

const counts = { written: 7, rejected: 3, bom: 1, drifted: 2 };
const environment = { MEDALLION_LAKE: 'shop_dev', MEDALLION_TABLE: 'orders' };

describe('metrics of a conform handler', () => {
  beforeEach(() => void Object.assign(process.env, environment));
  afterEach(() => vi.restoreAllMocks());

  it('say how many records came and how many of them were refused, by lake and table', () => {
    expect(JSON.parse(recordMetrics(environment, counts, 1_769_850_000_000))).toEqual({
      _aws: {
        Timestamp: 1_769_850_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Medallion',
            Dimensions: [['Lake', 'Table']],
            Metrics: [{ Name: 'RecordsReceived' }, { Name: 'RecordsRefused' }],
          },
        ],
      },
      Lake: 'shop_dev',
      Table: 'orders',
      RecordsReceived: 10,
      RecordsRefused: 3,
    });
  });

  it('are one line of standard output a batch, and none where nothing was safely written', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    countRecords(counts);
    countRecords({ written: 0, rejected: 0, bom: 0, drifted: 0 });
    expect(write).toHaveBeenCalledTimes(1);
    const [line] = write.mock.calls[0] as [string];
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({ [METRICS.received]: 10, [METRICS.refused]: 3 });
  });
});
