import type { Expression, IntervalField } from '../ast/expression.js';
import type { Tree } from '../grammar/trino-grammar.js';
import { dateLiteral, decimalLiteral, LiteralError, timestampLiteral } from '../literal.js';
import { SqlProblem } from '../sql-error.js';
import { has, isIdentifier, kids, leaf, nameOf, outside, rules, spanOf, stringOf, textOf } from './tree.js';

/** `42`, `1.50`, `1E3`, with a sign before it. */
export function numberLiteral(tree: Tree): Expression {
  const form = tree.rule === 'integerLiteral' ? 'integer' : tree.rule === 'decimalLiteral' ? 'decimal' : 'double';
  const minus = has(tree, 'MINUS');
  const text = textOf(tree).replace(/^-/, '').replaceAll('_', '');
  if (/^0[xob]/i.test(text)) throw outside(tree, 'a number written in another base');
  if (form === 'integer' && BigInt(text) > 2n ** 63n) throw new SqlProblem('sql-type', 'an integer must fit 64 bits', tree);
  if (form === 'decimal' && text.replace('.', '').replace(/^0+/, '').length > 38) {
    throw new SqlProblem('sql-type', 'a decimal has at most 38 digits', tree);
  }
  const number: Expression = { kind: 'number', form, text, ...spanOf(tree) };
  return minus ? { kind: 'negate', operand: number, ...spanOf(tree) } : number;
}

const INTEGERS: Readonly<Record<string, { kind: 'integer' | 'bigint' | 'smallint' | 'tinyint'; bits: bigint }>> = {
  bigint: { kind: 'bigint', bits: 63n },
  integer: { kind: 'integer', bits: 31n },
  int: { kind: 'integer', bits: 31n },
  smallint: { kind: 'smallint', bits: 15n },
  tinyint: { kind: 'tinyint', bits: 7n },
};

/** `DATE '2026-01-31'` and its like, their text checked here so that every engine reads the same value. */
export function typedLiteral(tree: Tree): Expression {
  const identifier = rules(tree).find(isIdentifier);
  if (identifier === undefined) throw outside(tree, "a literal with 'double precision'");
  const word = nameOf(identifier).text.toLowerCase();
  const value = stringOf(rules(tree).at(-1) as Tree);
  try {
    return literalOfWord(word, value, tree);
  } catch (error) {
    if (error instanceof LiteralError) throw new SqlProblem('sql-type', error.message.replace(' in sql', ''), tree);
    throw error;
  }
}

function literalOfWord(word: string, value: string, tree: Tree): Expression {
  const integer = INTEGERS[word];
  if (integer !== undefined) {
    if (!/^[+-]?\d+$/.test(value)) throw new SqlProblem('sql-type', `'${value}' is no whole number`, tree);
    const whole = BigInt(value);
    if (whole < -(2n ** integer.bits) || whole >= 2n ** integer.bits)
      throw new SqlProblem('sql-type', `'${value}' does not fit ${word}`, tree);
    return { kind: 'typed', type: { kind: integer.kind }, value: String(whole), ...spanOf(tree) };
  }
  switch (word) {
    case 'date':
      dateLiteral(value);
      return { kind: 'typed', type: { kind: 'date' }, value, ...spanOf(tree) };
    case 'timestamp': {
      const full = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value} 00:00:00` : value;
      if (/[TZ]/.test(full)) throw new LiteralError('a timestamp in sql must be a UTC moment written YYYY-MM-DD HH:MM:SS[.ffffff]');
      timestampLiteral(full);
      const precision = full.includes('.') ? full.length - full.indexOf('.') - 1 : 0;
      return { kind: 'typed', type: { kind: 'timestamp', precision, zone: false }, value: full, ...spanOf(tree) };
    }
    case 'decimal': {
      decimalLiteral(value);
      const digits = value.replace(/^[+-]/, '');
      const [whole = '', fraction = ''] = digits.split('.');
      const precision = Math.max(1, whole.replace(/^0+/, '').length + fraction.length);
      return {
        kind: 'typed',
        type: { kind: 'decimal', precision, scale: fraction.length },
        value: value.replace('+', ''),
        ...spanOf(tree),
      };
    }
    case 'interval':
      throw new SqlProblem('sql-syntax', "an interval is written with its unit outside the quotes: interval '3' day", tree);
    default:
      throw outside(tree, `a literal of type '${word}'`);
  }
}

/** `INTERVAL '3' DAY`. */
export function intervalLiteral(tree: Tree): Expression {
  const fields = kids(tree, 'intervalField');
  if (fields.length !== 1) throw outside(tree, "an interval 'from … to …'");
  const text = stringOf(rules(tree).find((child) => child.rule === 'basicStringLiteral') ?? tree);
  if (!/^-?\d{1,9}$/.test(text))
    throw new SqlProblem('sql-syntax', `an interval takes a whole number of one unit, as interval '3' day, got '${text}'`, tree);
  const sign = leaf(tree, 'MINUS') === undefined ? 1n : -1n;
  return {
    kind: 'interval',
    amount: BigInt(text) * sign,
    field: textOf(fields[0] as Tree).toLowerCase() as IntervalField,
    ...spanOf(tree),
  };
}
