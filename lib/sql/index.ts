export * from './literal.js';
export * from './sql.js';
export * from './types/catalog.js';
export * from './types/sql-type.js';
