export { bronzeColumns, bronzeType, type GlueColumn } from './bronze-columns.js';
export {
  type AnyColumn,
  Column,
  type Columns,
  type ElementColumn,
  type Flag,
  type PartColumn,
  type Parts,
  type PiiKind,
  type Slot,
  type slot,
} from './column.js';
export { Condition, condition } from './condition.js';
export {
  type AnyContract,
  type ColumnName,
  Contract,
  type ContractOptions,
  type ContractSlot,
  contract,
  type FlaggedName,
  type Freshness,
  type NameOfKind,
  type NewRow,
  type Refs,
  type Row,
} from './contract.js';
export { duckdbColumns, duckdbType } from './duckdb-columns.js';
export { assignIds, type FieldIds, type LockedField, type LockedTable, NOTHING_LOCKED, type TableColumns } from './field-ids.js';
export { type IcebergColumn, icebergColumns } from './iceberg.js';
export type { ColumnKinds, Kind } from './kinds.js';
export { LakeError } from './lake-error.js';
export { type LiteralInput, type LiteralValue, literalOf } from './literal-value.js';
export { type NameKind, nameProblem } from './names.js';
export { ArrayColumn, array, MapColumn, map, type ReadFields, StructColumn, struct, type WriteFields } from './nested-columns.js';
export { BigintColumn, bigint, DecimalColumn, DoubleColumn, decimal, double, IntColumn, int } from './number-columns.js';
export { checkPattern } from './pattern.js';
export { BooleanRef, DateRef, NestedRef, NumberRef, Ref, TextRef, TimestampRef, type ValueGroup, WordRef } from './ref.js';
export { RESERVED_WORDS } from './reserved-words.js';
export type { Flatten, NewRowOf, RowOf } from './row.js';
export { ReferenceRule, RowRule, Rule, references, UniqueRule, unique } from './rule.js';
export { SchemaLock } from './schema-lock.js';
export type * from './spec.js';
export { eventTimeColumn, keyColumns, sequenceColumn } from './spec-columns.js';
export { BooleanColumn, boolean, JsonColumn, json, OneOfColumn, oneOf, TextColumn, text } from './text-columns.js';
export { DateColumn, date, TimestampColumn, timestamp } from './time-columns.js';
export type { LakeTypeError } from './type-error.js';
export type { DateText, DecimalText, InstantText, JsonText, TimestampText } from './value.js';
