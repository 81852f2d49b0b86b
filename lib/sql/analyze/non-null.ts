import type { Expression } from '../ast/expression.js';
import type { Analysis } from './analysis.js';
import type { Field } from './scope.js';

/** Columns that cannot be NULL in a row for which a condition is true. */
export function nonNullFields(condition: Expression, analysis: Analysis): readonly Field[] {
  switch (condition.kind) {
    case 'logical':
      return condition.op === 'and' ? condition.operands.flatMap((operand) => nonNullFields(operand, analysis)) : [];
    case 'isNull':
      return condition.negated ? fieldOf(condition.operand, analysis) : [];
    case 'compare':
      return [...fieldOf(condition.left, analysis), ...fieldOf(condition.right, analysis)];
    case 'between':
    case 'like':
    case 'inList':
    case 'inQuery':
      return fieldOf(condition.operand, analysis);
    default:
      return [];
  }
}

function fieldOf(expression: Expression, analysis: Analysis): Field[] {
  if (expression.kind !== 'column') return [];
  const found = analysis.columns.get(expression);
  return found?.kind === 'field' && found.rest.length === 0 ? [found.field] : [];
}
