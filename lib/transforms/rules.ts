import type { ContractSpec, RuleSpec } from '../contract/spec.js';
import { spoken } from '../model/graph.js';
import type { ITableRef } from '../model/table.js';
import { ruleCondition } from '../sql/condition.js';
import { type AuditRules, type RowRule, referenceRule } from '../sql/statements/index.js';

/** Finds the table of a contract that a rule refers to. */
export type FindTable = (contract: string) => ITableRef | undefined;

/** A contract's rules as the statements take them. */
export function rulesOf(spec: ContractSpec, find: FindTable): AuditRules {
  const row = spec.rules.flatMap((rule, n) => rowRule(rule, spec) ?? partnerRule(rule, find, n) ?? []);
  const unique = spec.rules.flatMap((rule) => (rule.check.kind === 'unique' ? [{ ...rule, columns: rule.check.columns }] : []));
  return {
    row,
    repeats: unique.filter(({ severity }) => severity === 'quarantine').map(({ id, columns }) => ({ id, columns })),
    set: unique.flatMap(({ id, severity, columns }) => (severity === 'quarantine' ? [] : [{ id, severity, unique: columns }])),
  };
}

function rowRule({ id, check, severity, nulls }: RuleSpec, spec: ContractSpec): RowRule | undefined {
  if (check.kind !== 'row') return undefined;
  const condition = ruleCondition(check.condition, spec);
  // Where the rule is not asked, it holds.
  const asked = check.when === undefined ? condition : `CASE WHEN ${ruleCondition(check.when, spec)} THEN ${condition} ELSE TRUE END`;
  return { id, severity, nulls, condition: asked };
}

function partnerRule(rule: RuleSpec, find: FindTable, number: number): RowRule | undefined {
  const { check } = rule;
  const table = check.kind === 'references' ? find(check.contract) : undefined;
  if (check.kind !== 'references' || table === undefined) return undefined;
  return referenceRule(rule, { column: check.column, table, target: check.target, number });
}

/** Contracts that the rules of a contract refer to. */
export function referredContracts(spec: ContractSpec): readonly string[] {
  return spec.rules.flatMap(({ check }) => (check.kind === 'references' ? [check.contract] : []));
}

/**
 * The table a rule means by a contract: the one in the referring table's own zone, else the one in silver. Bronze is never meant: it
 * holds what came, repeated and unjudged.
 */
export function findReferred(tables: readonly ITableRef[], from: ITableRef): FindTable {
  const zones = from.zone === 'gold' ? ['gold', 'silver'] : ['silver'];
  return (contract) => zones.flatMap((zone) => tables.filter((table) => table.zone === zone && table.spec.name === contract))[0];
}

/** What is wrong with references, in sentences. */
export function referenceProblems(from: ITableRef, find: FindTable): readonly string[] {
  return from.spec.rules.flatMap(({ id, check }) => {
    if (check.kind !== 'references') return [];
    const table = find(check.contract);
    if (table === undefined) {
      return [
        `rule '${id}' refers to contract '${check.contract}', of which there is no table beside ${spoken(from)} or in silver; declare its transform or take the rule out`,
      ];
    }
    if (table.spec.columns.some(({ name }) => name === check.target)) return [];
    return [`rule '${id}' refers to column '${check.target}' of ${spoken(table)}, which has none; refer to one of its columns`];
  });
}
