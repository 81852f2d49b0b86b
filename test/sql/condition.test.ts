import { describe, expect, it } from 'vitest';
import type { ConditionSpec, ContractSpec, RuleSpec } from '../../lib/contract/spec.js';
import { checkCondition, ruleProblems } from '../../lib/sql/check/check-condition.js';
import { ruleCondition } from '../../lib/sql/condition.js';
import { column, contractOf, decimal } from './shop-tables.js';

const contract = contractOf('orders', [
  column('status', 'text'),
  column('note', 'text?'),
  column('amount', decimal(10, 2)),
  column('paid', decimal(10, 2)),
  column('at', 'timestamp'),
  column('visits', 'bigint'),
]);

describe('a rule as SQL', () => {
  it.each<readonly [ConditionSpec, string]>([
    [{ op: 'compare', left: { column: 'amount' }, is: '>=', right: { column: 'paid' } }, '"amount" >= "paid"'],
    [{ op: 'compare', left: { column: 'visits' }, is: '<', right: { value: 5 } }, `"visits" < BIGINT '5'`],
    [
      { op: 'compare', left: { value: '2026-01-01T00:00:00Z' }, is: '<=', right: { column: 'at' } },
      `TIMESTAMP '2026-01-01 00:00:00.000000' <= "at"`,
    ],
    [{ op: 'between', column: 'amount', from: '0.50', to: 99 }, `"amount" BETWEEN DECIMAL '0.50' AND DECIMAL '99'`],
    [{ op: 'oneOf', column: 'status', values: ["it's", 'paid'] }, `"status" IN ('it''s', 'paid')`],
    [{ op: 'matches', column: 'status', pattern: '^[a-z$]+\\$$' }, `regexp_like("status", '^[a-z$]+\\$\\z')`],
    [{ op: 'notBlank', column: 'status' }, `trim("status") <> ''`],
    [{ op: 'isNull', column: 'note' }, '"note" IS NULL'],
    [{ op: 'not', condition: { op: 'isNotNull', column: 'note' } }, 'NOT ("note" IS NOT NULL)'],
    [
      {
        op: 'or',
        all: [
          { op: 'isNull', column: 'note' },
          { op: 'notBlank', column: 'note' },
        ],
      },
      `("note" IS NULL) OR (trim("note") <> '')`,
    ],
    [{ op: 'and', all: [] }, 'TRUE'],
    [{ op: 'sql', expression: 'amount > paid or visits = 1' }, '(amount > paid or visits = 1)'],
  ])('%#', (condition, text) => {
    expect(ruleCondition(condition, contract)).toBe(text);
    expect(() => checkCondition(text, contract, 'p')).not.toThrow();
  });

  it('names its columns behind an alias when asked', () => {
    expect(ruleCondition({ op: 'isNull', column: 'note' }, contract, 'i')).toBe('"i"."note" IS NULL');
  });
});

describe('a condition in SQL', () => {
  it.each([
    ['amount > ', "unexpected '>'"],
    ['amont > 1', "unknown column 'amont' in orders; did you mean 'amount'?"],
    ['amount', 'a condition must be boolean, got decimal(10,2)'],
    ["amount > 'x'", 'cannot compare decimal(10,2) and varchar'],
    ['sum(amount) > 1', 'an aggregate cannot stand in a condition on a row'],
    ['row_number() over (order by amount) = 1', 'a window function cannot stand in a condition on a row'],
    ['amount in (select amount from orders)', 'cannot hold a query'],
    ['true -- or not', 'takes no comments'],
    ['true) or (true', "unexpected ')'"],
    ['at < now()', '${asOf}'],
  ])('%s', (text, message) => {
    expect(() => checkCondition(text, contract, 'Orders/rule x')).toThrow(message);
  });

  it('is checked in every rule of a contract', () => {
    const rule = (id: string, condition: ConditionSpec): RuleSpec => ({
      id,
      check: { kind: 'row', condition },
      severity: 'warn',
      nulls: 'pass',
      columns: [],
    });
    const ruled: ContractSpec = {
      ...contract,
      rules: [
        rule('good', { op: 'notBlank', column: 'status' }),
        rule('bad', { op: 'sql', expression: 'statsu = 1' }),
        rule('typed', { op: 'compare', left: { column: 'visits' }, is: '>', right: { value: 'many' } }),
      ],
    };
    expect(ruleProblems(ruled, 'Shop/Orders')).toEqual([
      expect.stringContaining("Shop/Orders/rule bad 1:2  unknown column 'statsu' in orders; did you mean 'status'?"),
      'Shop/Orders/rule typed: a value for bigint cannot be a string',
    ]);
  });
});
