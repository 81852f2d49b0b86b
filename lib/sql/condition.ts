import type { ColumnSpec, ConditionSpec, ContractSpec, OperandSpec, TypeSpec } from '../contract/spec.js';
import { sqlPattern } from './functions/pattern.js';
import { literalOf, quoteIdentifier, stringLiteral } from './literal.js';

/** What a condition's columns are: their types decide how values are written. */
export interface ConditionColumns {
  readonly columns: readonly Pick<ColumnSpec, 'name' | 'type'>[];
}

/** A rule's condition as a boolean expression of Athena's SQL over the contract's own columns. It is NULL where the outcome is unknown. */
export function ruleCondition(condition: ConditionSpec, contract: ConditionColumns | ContractSpec, qualifier?: string): string {
  const column = (name: string) => `${qualifier === undefined ? '' : `${quoteIdentifier(qualifier)}.`}${quoteIdentifier(name)}`;
  const typeOf = (name: string): TypeSpec => {
    const found = contract.columns.find((one) => one.name === name);
    if (found === undefined) throw new Error(`a rule names the unknown column '${name}'`);
    return found.type;
  };
  const operand = (of: OperandSpec, other: OperandSpec): string => {
    if ('column' in of) return column(of.column);
    return 'column' in other ? literalOf(typeOf(other.column), of.value) : stringLiteral(String(of.value));
  };
  const write = (one: ConditionSpec): string => {
    switch (one.op) {
      case 'compare':
        return `${operand(one.left, one.right)} ${one.is} ${operand(one.right, one.left)}`;
      case 'between':
        return `${column(one.column)} BETWEEN ${literalOf(typeOf(one.column), one.from)} AND ${literalOf(typeOf(one.column), one.to)}`;
      case 'oneOf':
        return `${column(one.column)} IN (${one.values.map((value) => literalOf(typeOf(one.column), value)).join(', ')})`;
      case 'matches':
        return `regexp_like(${column(one.column)}, ${stringLiteral(sqlPattern(one.pattern))})`;
      case 'notBlank':
        return `trim(${column(one.column)}) <> ''`;
      case 'isNull':
        return `${column(one.column)} IS NULL`;
      case 'isNotNull':
        return `${column(one.column)} IS NOT NULL`;
      case 'and':
      case 'or':
        return one.all.length === 0
          ? one.op === 'and'
            ? 'TRUE'
            : 'FALSE'
          : one.all.map((part) => `(${write(part)})`).join(one.op === 'and' ? ' AND ' : ' OR ');
      case 'not':
        return `NOT (${write(one.condition)})`;
      case 'sql':
        return `(${one.expression})`;
    }
  };
  return write(condition);
}
