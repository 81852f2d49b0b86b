import type { AnyContract, FlaggedName, NameOfKind } from '../contract/contract.js';
import type { ContractSpec } from '../contract/spec.js';
import type { LakeTypeError } from '../contract/type-error.js';
import type { Partition } from '../model/partition.js';
import type { ReplaceWindows, WriteMode } from '../model/write-mode.js';
import type { TableZone } from '../model/zone.js';

/** Nothing if the write mode fits the contract, else a type that prints what to do. */
export type CheckWrite<C extends AnyContract, W extends WriteMode> = W extends { kind: 'upsert' }
  ? CheckUpsert<C>
  : W extends { kind: 'append' }
    ? CheckKey<C, 'append()'>
    : W extends ReplaceWindows<infer N>
      ? CheckWindows<C, N>
      : unknown;

type CheckKey<C extends AnyContract, Mode extends string> = [FlaggedName<C, 'key'>] extends [never]
  ? LakeTypeError<`${Mode} needs a key() column in contract '${C['name']}'`>
  : unknown;

type CheckUpsert<C extends AnyContract> = [FlaggedName<C, 'key'>] extends [never]
  ? CheckKey<C, 'upsert()'>
  : [FlaggedName<C, 'sequence'>] extends [never]
    ? LakeTypeError<`upsert() needs a sequence() column in contract '${C['name']}'`>
    : unknown;

type CheckWindows<C extends AnyContract, N extends string> =
  N extends NameOfKind<C, 'date' | 'timestamp'>
    ? unknown
    : LakeTypeError<`replaceWindows('${N}') needs a date or timestamp column of contract '${C['name']}'`>;

/** Nothing if the contract has the partition's column, of a type with a calendar. */
export type CheckPartition<C extends AnyContract, P extends Partition> =
  P extends Partition<infer N>
    ? N extends NameOfKind<C, 'date' | 'timestamp'>
      ? unknown
      : LakeTypeError<`partition on '${N}' needs a date or timestamp column of contract '${C['name']}'`>
    : unknown;

/** Nothing if a table of zone `Z` may be made from tables of the zones `From`. */
export type CheckZones<Z extends TableZone, From extends TableZone> = Z extends 'gold'
  ? 'bronze' extends From
    ? LakeTypeError<"a gold table is made from silver or gold; to skip silver write directly(table, 'why')">
    : unknown
  : 'gold' extends From
    ? LakeTypeError<'a silver table is made from bronze or silver: data flows bronze → silver → gold'>
    : unknown;

/** The same as `CheckWrite`, for what slips past the compiler (`any`, plain JavaScript). */
export function writeProblems(spec: ContractSpec, write: WriteMode): readonly string[] {
  const hasKey = spec.columns.some(({ key }) => key);
  const hasSequence = spec.columns.some(({ sequence }) => sequence);
  switch (write.kind) {
    case 'upsert':
      if (!hasKey) return [`upsert() needs a key() column in contract '${spec.name}'`];
      return hasSequence ? [] : [`upsert() needs a sequence() column in contract '${spec.name}'`];
    case 'append':
      return hasKey ? [] : [`append() needs a key() column in contract '${spec.name}'`];
    case 'replaceWindows':
      return windowProblems(spec, write.column);
    case 'full':
      return [];
    default:
      return [`write of '${spec.name}' is append(), upsert(), replaceWindows('column') or full(), got ${JSON.stringify(write)}`];
  }
}

function windowProblems(spec: ContractSpec, name: string): readonly string[] {
  const fitting = spec.columns.filter(({ type }) => type.kind === 'date' || type.kind === 'timestamp').map((column) => column.name);
  if (fitting.includes(name)) return [];
  const got = spec.columns.find((column) => column.name === name)?.type.kind ?? 'no such column';
  const remedy = fitting.length === 0 ? 'the contract has none: use full()' : `use ${fitting.map((column) => `'${column}'`).join(' or ')}`;
  return [`replaceWindows('${name}') needs a date or timestamp column of contract '${spec.name}', got ${got}; ${remedy}`];
}
