import type { slot } from '../contract/column.js';
import type { AnyContract, ColumnName } from '../contract/contract.js';
import type { Kind } from '../contract/kinds.js';
import type { LakeTypeError } from '../contract/type-error.js';
import type { TableZone } from '../model/zone.js';
import type { Compilable } from '../sql/compiled.js';
import type { Sql } from '../sql/sql.js';
import type { CheckZones } from './checks.js';

/** What a transform takes as its query. */
export type QueryInput = Sql | Compilable;

/** Nothing if a query may make a table of zone `Z` with contract `C`, as far as the compiler knows: its zones, and its row if it is typed. */
export type CheckQuery<Z extends TableZone, C extends AnyContract, Q> =
  Q extends Sql<infer From, infer R>
    ? CheckZones<Z, From> & CheckRow<C, R>
    : Q extends { execute(): Promise<(infer R)[]> }
      ? CheckRow<C, R>
      : unknown;

/** Nothing if a row has the contract's columns, or if it is not known (`sql`, `sqlFile`): the gate compares in any case. */
export type CheckRow<C extends AnyContract, R> = unknown extends R
  ? unknown
  : [Exclude<ColumnName<C>, keyof R>] extends [never]
    ? [Exclude<keyof R, ColumnName<C>>] extends [never]
      ? CheckValues<C, R & Record<ColumnName<C>, unknown>>
      : LakeTypeError<`column '${Exclude<keyof R & string, ColumnName<C>>}' of the query is not in contract '${C['name']}'`>
    : LakeTypeError<`the query has no column '${Exclude<ColumnName<C>, keyof R>}' of contract '${C['name']}'`>;

/** By `infer` the sentences are there when the compiler prints the type. */
type CheckValues<C extends AnyContract, R extends Record<ColumnName<C>, unknown>> =
  Problem<C, R> extends infer S ? ([S] extends [never] ? unknown : LakeTypeError<S & string>) : never;

/** A sentence for each column that does not fit. */
type Problem<C extends AnyContract, R extends Record<ColumnName<C>, unknown>> = {
  [N in ColumnName<C>]: ProblemOf<C['name'], N, C[typeof slot]['columns'][N][typeof slot], R[N]>;
}[ColumnName<C>];

type ProblemOf<Name extends string, N extends string, Declared extends { kind: Kind; read: unknown }, V> = unknown extends V
  ? never
  : Word<NonNullable<V>> extends Takes[Declared['kind']]
    ? null extends V
      ? null extends Declared['read']
        ? never
        : LakeNullText<Name, N>
      : never
    : `column '${N}' is ${Declared['kind']} in contract '${Name}', the query gives ${Word<NonNullable<V>>}`;

type LakeNullText<
  Name extends string,
  N extends string,
> = `column '${N}' is never null in contract '${Name}', the query's may be: filter it, coalesce it, or declare it nullable()`;

type NumberWord = 'number' | 'bigint' | 'number or text';
type NestedWord = 'nested';

/** Which values a column takes without a cast: what widens does, what narrows does not. */
interface Takes {
  text: 'text';
  oneOf: 'text';
  json: 'text';
  boolean: 'boolean';
  int: 'number' | 'number or text';
  bigint: NumberWord;
  double: NumberWord | 'decimal';
  decimal: NumberWord | 'decimal';
  date: 'date';
  timestamp: 'timestamp' | 'date' | 'moment';
  array: NestedWord;
  struct: NestedWord;
  map: NestedWord;
}

/**
 * The word for a value's type. Kysely's `sum`, `avg` and `count` are `number | string | bigint` where the author claims nothing: the gate
 * knows which. A `Date` is a moment.
 */
type Word<V> = [V] extends [never]
  ? never
  : [number | string] extends [V]
    ? 'number or text'
    : [V] extends [boolean]
      ? 'boolean'
      : [V] extends [number]
        ? 'number'
        : [V] extends [bigint | number]
          ? 'bigint'
          : [V] extends [string]
            ? TextWord<V>
            : [V] extends [Date]
              ? 'moment'
              : [V] extends [object]
                ? NestedWord
                : 'a mixture';

/** Texts of a form are told apart by their phantom `_form`. */
type TextWord<V extends string> = V extends { readonly _form?: 'date' | 'timestamp' | 'decimal' | 'instant' | 'json' }
  ? '_form' extends keyof V
    ? FormWord[NonNullable<V['_form']>]
    : 'text'
  : 'text';

interface FormWord {
  date: 'date';
  timestamp: 'timestamp';
  decimal: 'decimal';
  instant: 'timestamp';
  json: 'text';
}
