import type { Expression, Window } from './expression.js';

/** The expressions directly below an expression; queries inside it are not entered. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'typed':
    case 'interval':
    case 'column':
    case 'subquery':
    case 'exists':
      return [];
    case 'grouping':
      return expression.columns;
    case 'field':
      return [expression.base];
    case 'subscript':
      return [expression.base, expression.index];
    case 'negate':
    case 'not':
    case 'isNull':
    case 'cast':
    case 'atTimeZone':
    case 'inQuery':
      return [expression.operand];
    case 'logical':
      return expression.operands;
    case 'arithmetic':
    case 'concat':
    case 'compare':
    case 'distinctFrom':
      return [expression.left, expression.right];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    case 'inList':
      return [expression.operand, ...expression.items];
    case 'like':
      return [expression.operand, expression.pattern, ...(expression.escape === undefined ? [] : [expression.escape])];
    case 'case':
      return [
        ...(expression.operand === undefined ? [] : [expression.operand]),
        ...expression.whens.flatMap((when) => [when.condition, when.result]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ];
    case 'call':
      return [
        ...expression.args,
        ...expression.orderBy.map((item) => item.expression),
        ...(expression.filter === undefined ? [] : [expression.filter]),
        ...(expression.over === undefined ? [] : windowExpressions(expression.over)),
      ];
    case 'lambda':
      return [expression.body];
    case 'array':
    case 'row':
      return expression.items;
  }
}

export function windowExpressions(window: Window): readonly Expression[] {
  return [...window.partitionBy, ...window.orderBy.map((item) => item.expression)];
}

/** Whether an expression or one below it satisfies a test. */
export function some(expression: Expression, test: (expression: Expression) => boolean): boolean {
  return test(expression) || childrenOf(expression).some((child) => some(child, test));
}
