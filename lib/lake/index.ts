export { ALLOW_DESTROY, DataLake, type DataLakeProps } from './data-lake.js';
export { ENVIRONMENT_DEFAULTS, type Environment, type ResolvedEnvironment } from './environment.js';
export type { AdoptedZone, LakeZone } from './lake-zone.js';
export { ServiceRole, type ServiceRoleProps } from './service-role.js';
export type { Statement } from './statement.js';
