import type { ContractSpec, RuleSpec } from '../contract/spec.js';
import { ruleCondition } from '../sql/condition.js';
import type { AuditRules, RowRule, SetRule } from '../sql/statements/index.js';

/** A contract's rules as the statements take them. */
export function rulesOf(spec: ContractSpec): AuditRules {
  return { row: spec.rules.flatMap((rule) => rowRule(rule, spec)), set: spec.rules.flatMap(setRule) };
}

function rowRule({ id, check, severity, nulls }: RuleSpec, spec: ContractSpec): RowRule[] {
  if (check.kind !== 'row') return [];
  const condition = ruleCondition(check.condition, spec);
  // Where the rule is not asked, it holds.
  const asked = check.when === undefined ? condition : `CASE WHEN ${ruleCondition(check.when, spec)} THEN ${condition} ELSE TRUE END`;
  return [{ id, severity, nulls, condition: asked }];
}

function setRule({ id, check, severity }: RuleSpec): SetRule[] {
  return check.kind === 'unique' && severity !== 'quarantine' ? [{ id, severity, unique: check.columns }] : [];
}

/** Rules that a transform cannot judge yet: refused, because a rule that is passed over in silence is worse than none. */
export function ruleProblems(spec: ContractSpec): readonly string[] {
  return spec.rules.flatMap(({ id, check, severity }) => {
    if (check.kind === 'references')
      return [`rule '${id}' of contract '${spec.name}': transforms do not judge references() yet; take the rule out`];
    if (check.kind === 'unique' && severity === 'quarantine') {
      return [`rule '${id}' of contract '${spec.name}': unique() fails the run or warns, it cannot quarantine yet; use fail() or warn()`];
    }
    return [];
  });
}
