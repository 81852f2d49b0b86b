import type { Expression } from '../ast/expression.js';
import { childrenOf, some } from '../ast/walk.js';
import { FUNCTIONS } from '../functions/table.js';
import { SqlProblem } from '../sql-error.js';
import type { Analysis } from './analysis.js';
import { keyOf } from './expression-key.js';
import { pathText } from './scope.js';

/** Whether a call is an aggregate over the group, not over a window. */
export function isAggregate(expression: Expression): boolean {
  return (
    expression.kind === 'grouping' ||
    (expression.kind === 'call' && expression.over === undefined && FUNCTIONS.get(expression.name.text.toLowerCase())?.kind === 'aggregate')
  );
}

export function holdsAggregate(expression: Expression): boolean {
  return some(expression, isAggregate);
}

/** In a grouped query, everything outside an aggregate must be made of what the query groups by. */
export function checkGrouped(expression: Expression, keys: ReadonlySet<string>, analysis: Analysis): void {
  if (keys.has(keyOf(expression, analysis)) || isAggregate(expression)) return;
  if (expression.kind === 'column') {
    const found = analysis.columns.get(expression);
    if (found === undefined || found.kind === 'parameter' || found.kind === 'output') return;
    throw new SqlProblem('sql-group', `column '${pathText(expression)}' must be in group by, or inside an aggregate`, expression);
  }
  for (const child of childrenOf(expression)) checkGrouped(child, keys, analysis);
}
