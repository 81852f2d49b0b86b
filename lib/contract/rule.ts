import type { Condition } from './condition.js';
import { LakeError } from './lake-error.js';
import type { Ref, ValueGroup } from './ref.js';
import type { RuleSpec, Severity } from './spec.js';

interface RuleOptions {
  readonly id?: string;
  readonly severity?: Severity;
  readonly nulls?: RuleSpec['nulls'];
  readonly when?: Condition;
}

/** What every rule offers. A rule never changes: each modifier gives a new one. */
export abstract class Rule {
  /** Given name, if any. */
  readonly id?: string;
  abstract readonly stem: string | undefined;
  abstract readonly refs: readonly Ref[];
  abstract readonly problems: readonly string[];

  protected constructor(protected readonly options: RuleOptions) {
    if (options.id !== undefined) this.id = options.id;
  }

  /** The rule as data under its final name. */
  abstract toSpec(id: string): RuleSpec;

  protected abstract changed(options: RuleOptions): this;

  /** The rule's name in quarantine rows and reports: lower-case letters, digits and underscores, unique in the contract. */
  named(id: string): this {
    return this.changed({ ...this.options, id });
  }

  /** Rows that break the rule are published and counted. */
  warn(): this {
    return this.changed({ ...this.options, severity: 'warn' });
  }

  /** Rows that break the rule are diverted to quarantine. */
  quarantine(): this {
    return this.changed({ ...this.options, severity: 'quarantine' });
  }

  /** If a row breaks the rule, nothing is published. */
  fail(): this {
    return this.changed({ ...this.options, severity: 'fail' });
  }

  /** An unknown outcome, as a comparison with null gives, keeps the rule. */
  nullPasses(): this {
    return this.changed({ ...this.options, nulls: 'pass' });
  }

  /** An unknown outcome breaks the rule. */
  nullFails(): this {
    return this.changed({ ...this.options, nulls: 'fail' });
  }

  protected spec(id: string, check: RuleSpec['check'], severity: Severity): RuleSpec {
    return {
      id,
      check,
      severity: this.options.severity ?? severity,
      nulls: this.options.nulls ?? 'pass',
      columns: [...new Set(this.refs.map(({ column }) => column))],
    };
  }
}

/** A rule that judges each row by itself. Without a word about it, a row that breaks it goes to quarantine. */
export class RowRule extends Rule {
  readonly condition: Condition;

  constructor(condition: Condition, options: RuleOptions = {}) {
    super(options);
    this.condition = condition;
  }

  get stem(): string | undefined {
    return this.condition.stem;
  }

  get refs(): readonly Ref[] {
    return [...this.condition.refs, ...(this.options.when?.refs ?? [])];
  }

  get problems(): readonly string[] {
    return [...this.condition.problems, ...(this.options.when?.problems ?? [])];
  }

  /** The rule is asked only where `condition` holds. */
  when(condition: Condition): RowRule {
    const when = this.options.when === undefined ? condition : this.options.when.and(condition);
    return this.changed({ ...this.options, when });
  }

  toSpec(id: string): RuleSpec {
    const when = this.options.when?.spec;
    return this.spec(id, { kind: 'row', condition: this.condition.spec, ...(when && { when }) }, 'quarantine');
  }

  protected changed(options: RuleOptions): this {
    return new RowRule(this.condition, options) as this;
  }
}

/** No two rows have equal values in these columns. Without a word about it, the table is not published if two do. */
export class UniqueRule extends Rule {
  constructor(
    readonly refs: readonly Ref[],
    options: RuleOptions = {},
  ) {
    super(options);
  }

  get stem(): string {
    return ['unique', ...this.refs.map(({ column }) => column)].join('_');
  }

  get problems(): readonly string[] {
    const columns = this.refs.map(({ column }) => column);
    const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
    const nested = this.refs.filter(({ type }) => ['array', 'struct', 'map', 'json'].includes(type.kind));
    return [
      ...(columns.length === 0 ? ['unique() needs at least one column'] : []),
      ...twice.map((column) => `unique() names column '${column}' twice`),
      ...nested.map(({ column, type }) => `unique() cannot compare '${column}', which is ${type.kind}`),
    ];
  }

  toSpec(id: string): RuleSpec {
    return this.spec(id, { kind: 'unique', columns: this.refs.map(({ column }) => column) }, 'fail');
  }

  protected changed(options: RuleOptions): this {
    return new UniqueRule(this.refs, options) as this;
  }
}

/** Every value of the column stands in a column of another table. Without a word about it, rows without a partner go to quarantine. */
export class ReferenceRule extends Rule {
  readonly refs: readonly Ref[];

  constructor(
    readonly from: Ref,
    readonly to: Ref,
    options: RuleOptions = {},
  ) {
    super(options);
    this.refs = [from];
  }

  get stem(): string {
    return `${this.from.column}_references_${this.to.owner.contract}`;
  }

  get problems(): readonly string[] {
    const fits = sameKind(this.from, this.to);
    return fits
      ? []
      : [
          `references() compares '${this.from.column}' (${this.from.type.kind}) with '${this.to.owner.contract}.${this.to.column}' (${this.to.type.kind})`,
        ];
  }

  toSpec(id: string): RuleSpec {
    const check = { kind: 'references', column: this.from.column, contract: this.to.owner.contract, target: this.to.column } as const;
    return this.spec(id, check, 'quarantine');
  }

  protected changed(options: RuleOptions): this {
    return new ReferenceRule(this.from, this.to, options) as this;
  }
}

/** Numbers of different kinds and fixed words and text may be joined; doubles are no keys. */
function sameKind(from: Ref, to: Ref): boolean {
  const group = ({ type: { kind } }: Ref) =>
    kind === 'oneOf'
      ? 'text'
      : kind === 'bigint' || kind === 'decimal'
        ? 'int'
        : ['double', 'array', 'struct', 'map', 'json'].includes(kind)
          ? undefined
          : kind;
  return group(from) !== undefined && group(from) === group(to);
}

/** No two rows have equal values in all these columns. */
export function unique(...columns: readonly Ref[]): UniqueRule {
  for (const column of columns) mustBeColumn('unique()', column);
  return new UniqueRule(columns);
}

/** Every value of `from` stands in `to`, a column of another contract: `references(t.customer_id, Customer.c.customer_id)`. */
export function references<G extends ValueGroup>(from: Ref<G>, to: Ref<NoInfer<G>>): ReferenceRule {
  for (const column of [from, to]) mustBeColumn('references()', column);
  return new ReferenceRule(from, to);
}

function mustBeColumn(what: string, column: Ref | undefined): void {
  if (column?.owner === undefined) {
    throw new LakeError(
      'contract-invalid',
      `${what} got ${String(column)} for a column: name columns as t.id, or Customer.c.id of another contract`,
    );
  }
}
