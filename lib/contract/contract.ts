import { type Columns, type Flag, type slot, stateOf } from './column.js';
import type { Condition } from './condition.js';
import { contractProblems, rulesOf } from './contract-checks.js';
import { fingerprint } from './fingerprint.js';
import { LakeError } from './lake-error.js';
import { fieldSpec } from './nested-columns.js';
import { type RefOwner, refTo } from './ref.js';
import type { Flatten, NewRowOf, RowOf } from './row.js';
import type { Rule } from './rule.js';
import type { ColumnSpec, ContractSpec } from './spec.js';

/** An age: `'1 hour'`, `'15 minutes'`, `'2 days'`. Text, because a `Duration` of CDK would be bundled into every handler. */
export type Freshness = `${number} ${'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'}`;

/** The columns as rules refer to them. */
export type Refs<C extends Columns> = { readonly [N in keyof C]: C[N][typeof slot]['ref'] };

export interface ContractOptions<C extends Columns> {
  /** The team that answers for the table. */
  readonly owner?: string;
  /** What a row is, for people: at most 2048 characters, shown in the catalog. */
  readonly description?: string;
  /** How old the newest row may be. @default no limit */
  readonly freshness?: Freshness;
  /** What must hold beyond the types. Rules of one column can stand on the column itself. */
  rules?(columns: Refs<C>): readonly (Condition | Rule)[];
}

/** Any contract: small, so that it is checked in no time. */
export interface AnyContract {
  readonly [slot]: ContractSlot;
  readonly name: string;
  readonly spec: ContractSpec;
}

/** The types of a contract. */
export interface ContractSlot {
  readonly columns: Columns;
}

/** A table's declaration: everything else about the table is derived from it. */
export class Contract<N extends string = string, C extends Columns = Columns> implements AnyContract {
  declare readonly [slot]: { readonly columns: C };
  /** The table's name. */
  readonly name: N;
  /** The columns, to be referred to in rules of this or another contract. */
  readonly c: Refs<C>;
  /** The contract as plain data. */
  readonly spec: ContractSpec;

  constructor(name: N, columns: C, options: ContractOptions<C> = {}) {
    this.name = name;
    const owner: RefOwner = { contract: name };
    const specs = Object.keys(columns).map((column): ColumnSpec => columnSpec(column, columns[column]));
    this.c = refs(owner, specs) as Refs<C>;
    const { rules, problems } = rulesOf(owner, columns, this.c, options.rules?.bind(options) as never);
    problems.unshift(...contractProblems(name, columns, options));
    if (problems.length > 0) throw new LakeError('contract-invalid', listed(name, problems));
    const { owner: team, description, freshness } = options;
    this.spec = {
      name,
      version: fingerprint({ columns: specs, rules }),
      ...(team !== undefined && { owner: team }),
      ...(description !== undefined && { description }),
      ...(freshness !== undefined && { freshness }),
      columns: specs,
      rules,
    };
  }
}

/**
 * Declares a table: its name, its columns in order, and what must hold.
 *
 * @throws LakeError `contract-invalid` with every problem of the contract.
 * @example
 * const Order = contract('orders', {
 *   order_id: text().key(),
 *   amount: decimal(10, 2).min(0).unit('EUR'),
 *   ordered_at: timestamp().eventTime(),
 *   shipped_at: timestamp().nullable(),
 * }, { owner: 'sales', rules: (t) => [t.shipped_at.gte(t.ordered_at).named('shipped_after_order')] });
 */
export function contract<const N extends string, C extends Columns>(name: N, columns: C, options?: ContractOptions<C>): Contract<N, C> {
  return new Contract(name, columns, options);
}

/** A row as it is read. */
export type Row<X extends AnyContract> = Flatten<RowOf<X[typeof slot]['columns']>>;

/** A row as it is written: nullable columns may be left out, and what converts without loss is taken. */
export type NewRow<X extends AnyContract> = NewRowOf<X[typeof slot]['columns']>;

/** The names of a contract's columns. */
export type ColumnName<X extends AnyContract> = keyof X[typeof slot]['columns'] & string;

/** The names of the columns that carry a flag: `FlaggedName<typeof Order, 'key'>`. `never` if there is none. */
export type FlaggedName<X extends AnyContract, F extends Flag> = FlaggedOf<X[typeof slot]['columns'], F>;

/** The names of the columns of some kinds: `NameOfKind<typeof Order, 'date' | 'timestamp'>`. */
export type NameOfKind<X extends AnyContract, K extends ColumnSpec['type']['kind']> = OfKind<X[typeof slot]['columns'], K>;

type FlaggedOf<C extends Columns, F extends Flag> = { [N in keyof C]: F extends C[N][typeof slot]['flags'] ? N : never }[keyof C] & string;
type OfKind<C extends Columns, K> = { [N in keyof C]: C[N][typeof slot]['kind'] extends K ? N : never }[keyof C] & string;

function columnSpec(name: string, column: Columns[string] | undefined): ColumnSpec {
  const data = stateOf(column);
  const { key, sequence, eventTime, subject, pii } = data;
  return {
    ...fieldSpec(name, data),
    ...(key && { key }),
    ...(sequence && { sequence }),
    ...(eventTime && { eventTime }),
    ...(subject && { subject }),
    ...(pii !== undefined && { pii }),
  };
}

/** Without a prototype, so that a column may be called `constructor`. */
function refs(owner: RefOwner, columns: readonly ColumnSpec[]): object {
  const all = Object.create(null) as Record<string, unknown>;
  for (const { name, type } of columns) all[name] = refTo(owner, name, type);
  return all;
}

function listed(name: unknown, problems: readonly string[]): string {
  const who = `contract ${JSON.stringify(name)}`;
  if (problems.length === 1) return `${who}: ${problems[0]}`;
  return `${who} has ${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
}
