import type { Condition } from './condition.js';
import type { ColumnKinds, Kind } from './kinds.js';
import type { RowRule } from './rule.js';
import type { TypeSpec } from './spec.js';
import type { LakeTypeError } from './type-error.js';

/** What a column's type remembers of its modifiers, so that the compiler can check what is done with it. */
export type Flag = 'nullable' | 'key' | 'sequence' | 'eventTime' | 'subject' | 'pii';

/** The kind of personal data in a column. Those listed are offered; another word of lower-case letters, digits and `-` may be used. */
export type PiiKind =
  | 'name'
  | 'email'
  | 'phone'
  | 'address'
  | 'birth-date'
  | 'id'
  | 'payment'
  | 'location'
  | 'ip-address'
  | 'health'
  | 'free-text'
  | (string & {});

/** Key of the phantom slot that carries a column's or a contract's types; nothing is there at run time. */
export declare const slot: unique symbol;

/** Key of a column's data. A symbol, so that completions offer modifiers only. */
export const state: unique symbol = Symbol('column');

/** The types of a column: how it is compared in rules, read and written, and its flags. */
export interface Slot<K extends Kind, Ref, Read, Write, F extends Flag> {
  readonly kind: K;
  readonly ref: Ref;
  readonly read: 'nullable' extends F ? Read | null : Read;
  readonly write: 'nullable' extends F ? Write | null : Write;
  readonly flags: F;
}

/** Any column: small, so that a table of two hundred is checked in no time. */
export interface AnyColumn {
  readonly [slot]: { readonly kind: Kind; readonly ref: unknown; readonly read: unknown; readonly write: unknown; readonly flags: Flag };
  readonly [state]: ColumnState;
}

/** A contract's columns, in the order of the table. */
export type Columns = Readonly<Record<string, AnyColumn>>;

/** A column that may stand inside an array, a struct or a map: its key, its class and its role belong to the whole column. */
export interface PartColumn extends AnyColumn {
  readonly [slot]: {
    readonly kind: Kind;
    readonly ref: unknown;
    readonly read: unknown;
    readonly write: unknown;
    readonly flags: 'nullable';
  };
}

/** The fields of a struct. */
export type Parts = Readonly<Record<string, PartColumn>>;

/** A part that is never null: elements of arrays, keys and values of maps. */
export interface ElementColumn extends AnyColumn {
  readonly [slot]: { readonly kind: Kind; readonly ref: unknown; readonly read: unknown; readonly write: unknown; readonly flags: never };
}

/** A rule on one column, made once the column's name is known. `suffix` names it `<column>_<suffix>` unless the rule names itself. */
export interface ColumnCheck {
  readonly suffix?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each column class types its own reference
  readonly rule: (column: any) => Condition | RowRule;
}

/** A column as data, before it has a name. */
export interface ColumnState {
  readonly type: TypeSpec;
  readonly nullable?: true;
  readonly description?: string;
  readonly unit?: string;
  readonly from?: string;
  readonly key?: true;
  readonly sequence?: true;
  readonly eventTime?: true;
  readonly subject?: true;
  readonly pii?: string;
  readonly checks: readonly ColumnCheck[];
  /** What is wrong with the column; the contract reports it with the column's name. */
  readonly problems: readonly string[];
}

/** `this` of a modifier that cannot go with `nullable()`. */
export type NeverNull<F extends Flag> = 'nullable' extends F
  ? LakeTypeError<'a key, sequence or eventTime column is never null: drop nullable()'>
  : unknown;

/** `this` of `nullable()`. */
export type MayBeNull<F extends Flag> = 'key' extends F
  ? LakeTypeError<'a key column is never null: drop nullable()'>
  : 'sequence' extends F
    ? LakeTypeError<'a sequence column is never null: drop nullable()'>
    : 'eventTime' extends F
      ? LakeTypeError<'an eventTime column is never null: drop nullable()'>
      : unknown;

/** A column of a contract. Each modifier gives a new column; a modifier that makes no sense for a type is not there. */
export abstract class Column<K extends Kind, F extends Flag, Ref, A = unknown> {
  readonly [state]: ColumnState;

  constructor(data: ColumnState) {
    this[state] = data;
  }

  /** The value may be missing. @default never null: a record without it is refused */
  nullable(this: MayBeNull<F>): ColumnKinds<F | 'nullable', A>[K] {
    return changed(this, { nullable: true });
  }

  /** What the column means, for people: at most 255 characters, shown in the catalog. */
  describe(description: string): this {
    return changed(this, { description });
  }

  /**
   * The source calls the field otherwise: an explicit alias, the only kind there is. Names that are no column names, as `date` or
   * `Order ID`, come in this way.
   * @default the column's own name
   */
  from(field: string): this {
    return changed(this, { from: field });
  }

  /** The column holds personal data of this kind. Classification flows along lineage from here. */
  pii(kind: PiiKind): ColumnKinds<F | 'pii', A>[K] {
    return changed(this, { pii: kind });
  }

  /**
   * A rule on this column alone, named after it: `c.gte(1).named('positive')` on `amount` is `amount_positive`, so that one rule can be
   * written once and used on many columns.
   * @example text().check((c) => c.matches('^[A-Z]{2}$').named('country_code').warn())
   */
  check(rule: (column: Ref) => Condition | RowRule): this {
    return checked(this, { rule });
  }
}

/** A column with some of its data replaced. The caller's return type says what has changed. */
// biome-ignore lint/suspicious/noExplicitAny: behind typed modifiers
export function changed(column: unknown, change: Partial<ColumnState>): any {
  const old = column as Column<Kind, Flag, unknown>;
  const Class = old.constructor as new (data: ColumnState) => unknown;
  return new Class({ ...old[state], ...change });
}

// biome-ignore lint/suspicious/noExplicitAny: behind typed modifiers
export function checked(column: unknown, check: ColumnCheck): any {
  return changed(column, { checks: [...(column as AnyColumn)[state].checks, check] });
}

/** Data of a column nobody has modified yet. */
export function plain(type: TypeSpec, problems: readonly string[] = []): ColumnState {
  return { type, checks: [], problems };
}

/** Data of a column. What is none, as `text` for `text()`, gives a column with that problem, to be reported with all others. */
export function stateOf(column: AnyColumn | undefined): ColumnState {
  const data = (column as Partial<AnyColumn> | undefined | null)?.[state];
  return (
    data ??
    plain({ kind: 'text' }, [
      `${typeof column === 'function' ? 'a function' : String(column)} is no column: write text(), int() or another of them`,
    ])
  );
}
