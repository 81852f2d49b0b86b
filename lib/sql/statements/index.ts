/** The statements around a query: pure functions from a table's shape to SQL with holes for the run's parameters. */
export { AUDIT_COLUMNS, type AuditRules, audit, MAX_PARTITIONS, type SetRule } from './audit.js';
export { buildCandidate, type CandidateRules } from './candidate.js';
export { dropCandidate } from './drop-candidate.js';
export { publish } from './publish.js';
export { QUARANTINE_COLUMNS, quarantine } from './quarantine.js';
export { readBronze } from './read-bronze.js';
export { reconcile } from './reconcile.js';
export { onlyRepeatsRows } from './repeats.js';
export { declaredRules, type RepeatRule, type RowRule, referenceRule } from './row-rules.js';
export { fillStatement, RUN } from './run-parameters.js';
export { CANDIDATE, candidateName, type Fate, type StatementTable } from './table-shape.js';
