import type { Expression } from '../ast/expression.js';
import { childrenOf } from '../ast/walk.js';
import { typeText } from '../types/sql-type.js';
import type { Analysis } from './analysis.js';

/** A text that is equal for expressions that mean the same after names are resolved: how grouped expressions are recognized. */
export function keyOf(expression: Expression, analysis: Analysis): string {
  return `${own(expression, analysis)}(${childrenOf(expression)
    .map((child) => keyOf(child, analysis))
    .join(',')})`;
}

function own(expression: Expression, analysis: Analysis): string {
  switch (expression.kind) {
    case 'column':
      return columnKey(expression, analysis);
    case 'number':
      return `n${expression.text}`;
    case 'string':
      return `s${JSON.stringify(expression.value)}`;
    case 'boolean':
      return `b${expression.value}`;
    case 'typed':
      return `${typeText(expression.type)} ${expression.value}`;
    case 'interval':
      return `i${expression.amount} ${expression.field}`;
    case 'logical':
    case 'arithmetic':
    case 'compare':
      return expression.op;
    case 'field':
      return `.${expression.name.text.toLowerCase()}`;
    case 'cast':
      return `${expression.safe ? 'try' : 'cast'} ${typeText(expression.type)}`;
    case 'call':
      return `${expression.name.text.toLowerCase()}${expression.star ? '*' : ''}${expression.distinct ? ' distinct' : ''}${expression.over ? ' over' : ''}`;
    case 'case':
      return `case${expression.operand === undefined ? '' : ' of'}${expression.otherwise === undefined ? '' : ' else'}`;
    case 'lambda':
      return `lambda ${expression.parameters.map((parameter) => parameter.text.toLowerCase())}`;
    case 'atTimeZone':
      return `at ${expression.zone}`;
    case 'subquery':
    case 'exists':
    case 'inQuery':
      // A query inside is equal only to itself.
      return `${expression.kind}@${expression.start}`;
    default:
      return `${expression.kind}${'negated' in expression && expression.negated ? ' not' : ''}`;
  }
}

function columnKey(expression: Expression & { kind: 'column' }, analysis: Analysis): string {
  const found = analysis.columns.get(expression);
  if (found === undefined) return `?${expression.start}`;
  const rest = found.rest.map((name) => `.${name.text.toLowerCase()}`).join('');
  switch (found.kind) {
    case 'field':
      return `${found.relation.id}#${found.field.printName}${rest}`;
    case 'merged':
      return `m${found.column.name.toLowerCase()}${rest}`;
    case 'parameter':
      return `p${found.parameter.name.toLowerCase()}${rest}`;
    case 'output':
      return `o${found.index}${rest}`;
  }
}
