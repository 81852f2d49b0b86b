import type { slot } from './column.js';
import { Condition } from './condition.js';
import { type LiteralInput, literalOf } from './literal-value.js';
import { checkPattern } from './pattern.js';
import type { ConditionSpec, OperandSpec, TypeSpec } from './spec.js';
import type { DateText, DecimalText, InstantText } from './value.js';

/** Columns of one group can be compared with each other; those of two groups cannot. */
export type ValueGroup = 'text' | 'boolean' | 'number' | 'date' | 'timestamp' | 'nested';

/** Whose column it is. One object a contract, so that columns of another contract are found even when it has the same name. */
export interface RefOwner {
  readonly contract: string;
}

type Comparison = Extract<ConditionSpec, { op: 'compare' }>['is'];

const COMPARISON_NAMES: Readonly<Record<Comparison, string>> = { '=': 'eq', '<>': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/** A column in a rule: `t.amount`. */
export class Ref<G extends ValueGroup = ValueGroup> {
  declare readonly [slot]: { readonly group: G };
  readonly owner: RefOwner;
  readonly column: string;
  readonly type: TypeSpec;

  constructor(owner: RefOwner, column: string, type: TypeSpec) {
    this.owner = owner;
    this.column = column;
    this.type = type;
  }

  isNull(): Condition {
    return this.condition({ op: 'isNull', column: this.column }, 'is_null');
  }

  isNotNull(): Condition {
    return this.condition({ op: 'isNotNull', column: this.column }, 'is_not_null');
  }

  protected condition(spec: ConditionSpec, suffix: string, problems: readonly string[] = [], others: readonly Ref[] = []): Condition {
    return new Condition(spec, [this, ...others], `${this.column}_${suffix}`, problems);
  }

  protected compare(is: Comparison, other: unknown): Condition {
    const left: OperandSpec = { column: this.column };
    if (other instanceof Ref) {
      const problems =
        groupOf(this.type) === groupOf(other.type)
          ? []
          : [`${this.column} is ${describeType(this.type)} and ${other.column} is ${describeType(other.type)}: they cannot be compared`];
      return this.condition(
        { op: 'compare', left, is, right: { column: other.column } },
        `${COMPARISON_NAMES[is]}_${other.column}`,
        problems,
        [other],
      );
    }
    const { value, problem } = literalOf(this.type, other as LiteralInput);
    return this.condition({ op: 'compare', left, is, right: { value } }, COMPARISON_NAMES[is], this.about(problem));
  }

  /** Problems with the column's name in front. */
  protected about(...problems: readonly (string | undefined)[]): string[] {
    return problems.filter((problem) => problem !== undefined).map((problem) => `${this.column}: ${problem}`);
  }
}

/** A column whose values can be equal to `L` or to another column of its group. */
export class ComparableRef<G extends ValueGroup, L extends LiteralInput> extends Ref<G> {
  eq(other: L | Ref<G>): Condition {
    return this.compare('=', other);
  }

  ne(other: L | Ref<G>): Condition {
    return this.compare('<>', other);
  }

  oneOf(...values: readonly L[]): Condition {
    const literals = values.map((value) => literalOf(this.type, value));
    const empty = values.length === 0 ? 'oneOf() needs at least one value' : undefined;
    const problems = this.about(empty, ...literals.map(({ problem }) => problem));
    // A boolean has two values, for which `eq` is there: its class does not offer `oneOf`.
    const spec = { op: 'oneOf', column: this.column, values: literals.map(({ value }) => value as string | number) } as const;
    return this.condition(spec, 'one_of', problems);
  }
}

/** A column whose values have an order that every engine agrees on. */
export class OrderedRef<G extends ValueGroup, L extends LiteralInput> extends ComparableRef<G, L> {
  gt(other: L | Ref<G>): Condition {
    return this.compare('>', other);
  }

  gte(other: L | Ref<G>): Condition {
    return this.compare('>=', other);
  }

  lt(other: L | Ref<G>): Condition {
    return this.compare('<', other);
  }

  lte(other: L | Ref<G>): Condition {
    return this.compare('<=', other);
  }

  /** From `from` to `to`, both included. */
  between(from: L, to: L): Condition {
    const low = literalOf(this.type, from);
    const high = literalOf(this.type, to);
    const problems = this.about(low.problem, high.problem);
    if (problems.length === 0 && isAfter(low.value, high.value, groupOf(this.type))) {
      problems.push(...this.about(`between(${low.value}, ${high.value}) holds for nothing: give the smaller value first`));
    }
    const spec = { op: 'between', column: this.column, from: low.value as string | number, to: high.value as string | number } as const;
    return this.condition(spec, 'between', problems);
  }
}

export class NumberRef extends OrderedRef<'number', number | bigint | DecimalText> {}

export class DateRef extends OrderedRef<'date', DateText> {}

export class TimestampRef extends OrderedRef<'timestamp', InstantText | Date> {}

/** Text has no order here: engines sort it by different rules. */
export class TextRef extends ComparableRef<'text', string> {
  /**
   * A part of the text fits the pattern; for all of it write `^…$`. Patterns are those that every engine reads alike: no look-around,
   * back-references, `\b`, flags or possessive quantifiers.
   */
  matches(pattern: string | RegExp): Condition {
    const { source, problem } = checkPattern(pattern);
    return this.condition({ op: 'matches', column: this.column, pattern: source }, 'matches', this.about(problem));
  }

  /** Holds something other than white space. */
  notBlank(): Condition {
    return this.condition({ op: 'notBlank', column: this.column }, 'not_blank');
  }
}

/** A column of fixed words. */
export class WordRef<W extends string> extends ComparableRef<'text', W> {}

export class BooleanRef extends Ref<'boolean'> {
  eq(other: boolean | Ref<'boolean'>): Condition {
    return this.compare('=', other);
  }

  ne(other: boolean | Ref<'boolean'>): Condition {
    return this.compare('<>', other);
  }
}

/** An array, struct, map or JSON text: only whether it is there can be asked. */
export class NestedRef extends Ref<'nested'> {}

/** The reference class of a type. */
export function refTo(owner: RefOwner, column: string, type: TypeSpec): Ref {
  if (type.kind === 'text') return new TextRef(owner, column, type);
  if (type.kind === 'oneOf') return new WordRef(owner, column, type);
  switch (groupOf(type)) {
    case 'boolean':
      return new BooleanRef(owner, column, type);
    case 'number':
      return new NumberRef(owner, column, type);
    case 'date':
      return new DateRef(owner, column, type);
    case 'timestamp':
      return new TimestampRef(owner, column, type);
    default:
      return new NestedRef(owner, column, type);
  }
}

export function groupOf(type: TypeSpec): ValueGroup {
  switch (type.kind) {
    case 'text':
    case 'oneOf':
      return 'text';
    case 'int':
    case 'bigint':
    case 'double':
    case 'decimal':
      return 'number';
    case 'boolean':
    case 'date':
    case 'timestamp':
      return type.kind;
    default:
      return 'nested';
  }
}

/** Canonical dates and timestamps sort as text; numbers may be exact text. */
function isAfter(a: string | number | boolean, b: string | number | boolean, group: ValueGroup): boolean {
  return group === 'number' ? compareNumbers(String(a), String(b)) > 0 : String(a) > String(b);
}

/** Compares plain decimal digits exactly; anything else (a double's exponent) as doubles. */
function compareNumbers(a: string, b: string): number {
  const exact = /^-?\d+(\.\d+)?$/;
  if (!exact.test(a) || !exact.test(b)) return Number(a) - Number(b);
  const scale = Math.max(fraction(a).length, fraction(b).length);
  const scaled = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(scale - fraction(text).length));
  const difference = scaled(a) - scaled(b);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function fraction(text: string): string {
  return text.split('.')[1] ?? '';
}

/** A type in a message: `decimal(10, 2)`. */
export function describeType(type: TypeSpec): string {
  return type.kind === 'decimal' ? `decimal(${type.precision}, ${type.scale})` : type.kind;
}
