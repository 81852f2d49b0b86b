import type { Statement } from './statement.js';

/** A statement as a policy document has it, before its reasons are left out. */
export type Allowed = Omit<Statement, 'because'>;

/** IAM counts a role's inline policies together, and each managed policy alone, in characters without blanks. Some are left for longer names. */
const INLINE_LIMIT = 10_240 - 400;
const MANAGED_LIMIT = 6_144 - 250;
/** What a resource list may hold at most where statements are split. */
const PIECE = 1_000;

/**
 * The same rights in as few characters as can be: what one resource is named for stands together, and resources with the same rights
 * share one statement. Nothing becomes wider by it.
 */
export function compact(statements: readonly Statement[]): Allowed[] {
  const actionsOf = new Map<string, { resource: string; conditions: Statement['conditions']; actions: Set<string> }>();
  for (const { actions, resources, conditions } of mergeLists(statements)) {
    for (const resource of resources) {
      const key = JSON.stringify([resource, conditions]);
      const entry = actionsOf.get(key) ?? { resource, conditions, actions: new Set() };
      for (const action of actions) entry.actions.add(action);
      actionsOf.set(key, entry);
    }
  }
  return grouped(
    [...actionsOf.values()],
    ({ actions, conditions }) => JSON.stringify([[...actions].sort(), conditions]),
    (entries) =>
      allowed(
        [...entries[0]!.actions],
        entries.map(({ resource }) => resource),
        entries[0]!.conditions,
      ),
  );
}

/** Statements for the role itself, then for as many managed policies as it takes. */
export function packed(statements: readonly Allowed[]): Allowed[][] {
  if (size(statements) <= INLINE_LIMIT) return [[...statements]];
  const documents: Allowed[][] = [[]];
  for (const piece of statements.flatMap(pieces)) {
    const limit = documents.length === 1 ? INLINE_LIMIT : MANAGED_LIMIT;
    if (size([...documents.at(-1)!, piece]) > limit) documents.push([]);
    documents.at(-1)!.push(piece);
  }
  return documents;
}

/** Lists of one condition on one resource become one list: it holds when any of its values does. */
function mergeLists(statements: readonly Statement[]): Allowed[] {
  const single = statements.flatMap((statement) => {
    const list = listOf(statement.conditions);
    return list === undefined ? [] : statement.resources.map((resource) => ({ ...statement, resources: [resource], list }));
  });
  const merged = grouped(
    single,
    ({ actions, resources, list }) => JSON.stringify([actions, resources, list.operator, list.key]),
    (same) => {
      const { actions, resources, list } = same[0]!;
      const values = [...new Set(same.flatMap((statement) => statement.list.values))];
      return allowed(actions, resources, { [list.operator]: { [list.key]: values } });
    },
  );
  return [...statements.filter(({ conditions }) => listOf(conditions) === undefined), ...merged];
}

interface ListCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The condition, where it is one list of values and nothing else, and any one of them is enough. */
function listOf(conditions: Statement['conditions']): ListCondition | undefined {
  const operators = Object.entries(conditions ?? {});
  const keys = Object.entries(operators[0]?.[1] ?? {});
  if (operators.length !== 1 || keys.length !== 1) return undefined;
  const [operator] = operators[0]!;
  const [key, values] = keys[0]!;
  return (operator === 'StringLike' || operator === 'StringEquals') && typeof values !== 'string' ? { operator, key, values } : undefined;
}

function grouped<T, R>(items: readonly T[], keyOf: (item: T) => string, make: (items: readonly T[]) => R): R[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()].map(make);
}

function allowed(actions: readonly string[], resources: readonly string[], conditions: Statement['conditions']): Allowed {
  return { actions, resources, ...(conditions === undefined ? {} : { conditions }) };
}

/** A statement cut by its resources, so that each piece fits somewhere. */
function pieces(statement: Allowed): Allowed[] {
  const cut: string[][] = [[]];
  for (const resource of statement.resources) {
    if (lengthOf([...cut.at(-1)!, resource]) > PIECE && cut.at(-1)!.length > 0) cut.push([]);
    cut.at(-1)!.push(resource);
  }
  return cut.map((resources) => ({ ...statement, resources }));
}

/** `{"Version":"2012-10-17","Statement":[…]}`, and of each statement `{"Effect":"Allow","Action":…,"Resource":…,"Condition":…},`. */
function size(statements: readonly Allowed[]): number {
  return 45 + statements.reduce((sum, { actions, resources, conditions }) => sum + 60 + lengthOf([actions, resources, conditions]), 0);
}

/** What is known only at deployment counts as long as it can be: an account, a region or a partition, else the ARN of a bucket, key or function. */
function lengthOf(value: unknown): number {
  return JSON.stringify(value).replace(/\$\{Token\[(AWS)?[^\]]*\]\}/g, (_, pseudo) =>
    pseudo === undefined ? 'x'.repeat(90) : 'x'.repeat(14),
  ).length;
}
