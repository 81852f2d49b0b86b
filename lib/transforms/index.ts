export type { CheckWrite, CheckZones } from './checks.js';
export { SqlTransform, type SqlTransformProps } from './sql-transform.js';
