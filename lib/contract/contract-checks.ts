import { type ColumnCheck, type ColumnState, type Columns, stateOf } from './column.js';
import { Condition } from './condition.js';
import { LakeError } from './lake-error.js';
import { aliasProblems, nameProblem } from './names.js';
import { type RefOwner, refTo } from './ref.js';
import { RowRule, Rule } from './rule.js';
import type { RuleSpec } from './spec.js';

interface ContractText {
  readonly owner?: string;
  readonly description?: string;
  readonly freshness?: string;
}

type RuleMaker = (columns: object) => readonly (Condition | Rule)[];

/** Limits of the Glue catalog on comments. */
const DESCRIPTION_LENGTH = { contract: 2048, column: 255 } as const;

/** Everything that is wrong with a contract but its rules. */
export function contractProblems(name: string, columns: Columns, text: ContractText): string[] {
  const names = Object.keys(columns);
  return [
    ...present(nameProblem('contract', name)),
    ...(names.length === 0 ? ['it has no columns'] : []),
    ...names.flatMap((column) => [...present(nameProblem('column', column)), ...columnProblems(column, stateOf(columns[column]))]),
    ...aliasProblems(names.map((column) => ({ name: column, from: stateOf(columns[column]).from }))),
    ...roleProblems(names.map((column) => [column, stateOf(columns[column])])),
    ...descriptionProblem('the description', text.description, DESCRIPTION_LENGTH.contract),
    ...descriptionProblem('the owner', text.owner, DESCRIPTION_LENGTH.column),
    ...freshnessProblem(text.freshness),
  ];
}

function columnProblems(column: string, data: ColumnState): string[] {
  const role = data.key ? 'key' : data.sequence ? 'sequence' : data.eventTime ? 'eventTime' : undefined;
  return [
    ...data.problems.map((problem) => `${column}: ${problem}`),
    ...(data.nullable && role ? [`${column}: a column that is ${role}() is never null: drop nullable()`] : []),
    ...descriptionProblem(`${column}: the description`, data.description, DESCRIPTION_LENGTH.column),
    ...descriptionProblem(`${column}: the unit`, data.unit, 40),
    ...(data.pii !== undefined && !/^[a-z][a-z0-9-]{0,63}$/.test(data.pii)
      ? [`${column}: pii(${JSON.stringify(data.pii)}) is no kind of personal data: use lower-case letters, digits and '-', as 'email'`]
      : []),
  ];
}

/** Several keys make one key, and a row may be about several people; of the others there is one at most. */
function roleProblems(columns: readonly (readonly [string, ColumnState])[]): string[] {
  return (['sequence', 'eventTime'] as const).flatMap((role) => {
    const with_ = columns.filter(([, data]) => data[role]).map(([name]) => name);
    return with_.length > 1 ? [`${with_.join(' and ')} are each ${role}(): one column can be`] : [];
  });
}

function descriptionProblem(what: string, text: string | undefined, most: number): string[] {
  if (text === undefined) return [];
  if (text.trim() === '') return [`${what} is blank: write something or leave it out`];
  if (text.length > most) return [`${what} has ${text.length} characters: at most ${most}`];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the catalog refuses
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text) ? [`${what} has a line break or control character: write one line`] : [];
}

function freshnessProblem(freshness: string | undefined): string[] {
  if (freshness === undefined || /^[1-9]\d{0,3} (minute|hour|day)s?$/.test(freshness)) return [];
  return [`freshness ${JSON.stringify(freshness)} is no age: write '15 minutes', '1 hour' or '2 days'`];
}

/** The contract's rules as data, those on columns first, and what is wrong with them. */
export function rulesOf(
  owner: RefOwner,
  columns: Columns,
  refs: object,
  make: RuleMaker | undefined,
): { readonly rules: RuleSpec[]; readonly problems: string[] } {
  const rules: RuleSpec[] = [];
  const problems: string[] = [];
  const add = (rule: Rule, id: string | undefined) => {
    problems.push(...rule.problems, ...foreign(owner, rule));
    if (id === undefined)
      problems.push(`a rule on ${rule.refs.map(({ column }) => column).join(', ') || 'nothing'} has no name: add .named('…')`);
    else rules.push(rule.toSpec(id));
  };
  for (const [name, column] of Object.entries(columns)) {
    const data = stateOf(column);
    for (const check of data.checks) add(...checkOf(owner, name, data, check));
  }
  const all = make?.(guarded(owner, refs)) ?? [];
  if (!Array.isArray(all) || (make && all.length === 0))
    problems.push('rules() gave no rules: return a list, (t) => [t.amount.gt(0)], or leave it out');
  for (const made of Array.isArray(all) ? (all as readonly unknown[]) : []) {
    const rule = made instanceof Condition ? new RowRule(made) : made;
    if (!(rule instanceof Rule)) problems.push(`rules() gave ${typeof made}, which is no rule: give conditions, unique() or references()`);
    else add(rule, rule.id ?? rule.stem);
  }
  return { rules, problems: [...problems, ...idProblems(rules)] };
}

function checkOf(owner: RefOwner, name: string, { type }: ColumnState, check: ColumnCheck): [Rule, string | undefined] {
  const made = check.rule(refTo(owner, name, type));
  const rule = made instanceof Condition ? new RowRule(made) : made;
  const suffix = rule.id ?? check.suffix;
  return [rule, suffix === undefined ? rule.stem : `${name}_${suffix}`];
}

function foreign(owner: RefOwner, rule: Rule): string[] {
  return rule.refs
    .filter((ref) => ref.owner !== owner)
    .map((ref) => `a rule reads '${ref.column}' of contract '${ref.owner.contract}': a rule is about its own columns, or use references()`);
}

function idProblems(rules: readonly RuleSpec[]): string[] {
  const ids = rules.map(({ id }) => id);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  return [
    // A rule named after a badly named column: the column's name is reported already.
    ...rules
      .filter(({ columns }) => columns.every((column) => !nameProblem('column', column)))
      .flatMap(({ id }) => present(nameProblem('rule', id))),
    ...twice.map((id) => `two rules are called '${id}': give one another name with .named('…')`),
  ];
}

/** A column that is not there is told by name; without this it would be "cannot read properties of undefined". */
function guarded(owner: RefOwner, refs: object): object {
  return new Proxy(refs, {
    get(all, name) {
      if (typeof name === 'string' && !(name in all)) {
        throw new LakeError('contract-invalid', `contract '${owner.contract}': its rules read column '${name}', which it does not have`);
      }
      return Reflect.get(all, name);
    },
  });
}

function present(problem: string | undefined): string[] {
  return problem === undefined ? [] : [problem];
}
