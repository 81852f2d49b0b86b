import type { Ref } from './ref.js';
import { RowRule } from './rule.js';
import type { ConditionSpec, Severity } from './spec.js';

/** A condition on one row. It becomes a rule by standing among a contract's rules, under a name derived from it or given by `named()`. */
export class Condition {
  readonly spec: ConditionSpec;
  /** Every column that the condition reads. */
  readonly refs: readonly Ref[];
  /** The derived name, `amount_gte`; none where nothing short says what it means. */
  readonly stem?: string;
  /** What is wrong with the condition; the contract reports it. */
  readonly problems: readonly string[];

  constructor(spec: ConditionSpec, refs: readonly Ref[], stem?: string, problems: readonly string[] = []) {
    this.spec = spec;
    this.refs = refs;
    if (stem !== undefined) this.stem = stem;
    this.problems = problems;
  }

  and(...others: readonly Condition[]): Condition {
    return combined('and', [this, ...others]);
  }

  or(...others: readonly Condition[]): Condition {
    return combined('or', [this, ...others]);
  }

  not(): Condition {
    return new Condition({ op: 'not', condition: this.spec }, this.refs, this.stem && `not_${this.stem}`, this.problems);
  }

  /** The rule's name in quarantine rows and reports: lower-case letters, digits and underscores, unique in the contract. */
  named(id: string): RowRule {
    return new RowRule(this).named(id);
  }

  /** The rule is asked only where `condition` holds. */
  when(condition: Condition): RowRule {
    return new RowRule(this).when(condition);
  }

  /** A row that breaks the rule is published and counted. */
  warn(): RowRule {
    return this.severity('warn');
  }

  /** A row that breaks the rule is diverted to quarantine. The default. */
  quarantine(): RowRule {
    return this.severity('quarantine');
  }

  /** One row that breaks the rule, and nothing is published. */
  fail(): RowRule {
    return this.severity('fail');
  }

  /** A row where the outcome is unknown, as a comparison with null is, keeps the rule. The default. */
  nullPasses(): RowRule {
    return new RowRule(this).nullPasses();
  }

  /** A row where the outcome is unknown breaks the rule. */
  nullFails(): RowRule {
    return new RowRule(this).nullFails();
  }

  private severity(severity: Severity): RowRule {
    return new RowRule(this, { severity });
  }
}

function combined(op: 'and' | 'or', all: readonly Condition[]): Condition {
  const stems = all.map(({ stem }) => stem);
  return new Condition(
    { op, all: all.map(({ spec }) => spec) },
    all.flatMap(({ refs }) => refs),
    stems.includes(undefined) ? undefined : stems.join(`_${op}_`),
    all.flatMap(({ problems }) => problems),
  );
}

/**
 * A condition in the library's SQL, over the contract's own columns; it needs a name.
 * @example condition`${t.net} + ${t.tax} = ${t.gross}`.named('gross_adds_up')
 */
export function condition(text: TemplateStringsArray, ...columns: readonly Ref[]): Condition {
  // Raw text: a backslash in the expression is one backslash.
  const expression = text.raw
    .map((part, index) => (index === 0 ? part : `${columns[index - 1]?.column}${part}`))
    .join('')
    .trim();
  const problems = [
    expression === '' ? 'a condition`…` has no text' : undefined,
    columns.length === 0 ? `condition\`${expression}\` names no column: refer to columns as \${t.amount}` : undefined,
  ].filter((problem) => problem !== undefined);
  return new Condition({ op: 'sql', expression }, columns, undefined, problems);
}
