export type { CheckQuery, CheckRow, QueryInput } from './check-row.js';
export type { CheckPartition, CheckWrite, CheckZones } from './checks.js';
export { SqlTransform, type SqlTransformProps, TRANSFORM_DEFAULTS } from './sql-transform.js';
