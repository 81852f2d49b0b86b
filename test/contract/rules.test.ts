import { describe, expect, it } from 'vitest';
import {
  bigint,
  boolean,
  type Condition,
  condition,
  contract,
  date,
  decimal,
  double,
  int,
  json,
  oneOf,
  type Rule,
  type RuleSpec,
  references,
  text,
  timestamp,
  unique,
} from '../../lib/contract/index.js';

// biome-ignore lint/suspicious/noExplicitAny: mistakes on purpose
type Mistake = any;

const COLUMNS = {
  id: text(),
  n: int(),
  big: bigint(),
  amount: decimal(10, 2),
  share: double(),
  day: date(),
  at: timestamp(),
  later: timestamp().nullable(),
  kind: oneOf('a', 'b'),
  ok: boolean(),
  raw: json(),
};
const { c } = contract('things', COLUMNS);
type Make = (t: typeof c) => readonly (Condition | Rule)[];

function rulesOf(make: Make): readonly RuleSpec[] {
  return contract('things', COLUMNS, { rules: make }).spec.rules;
}

function only(make: (t: typeof c) => Condition | Rule): RuleSpec {
  const rules = rulesOf((t) => [make(t)]);
  expect(rules).toHaveLength(1);
  return rules[0]!;
}

describe('a condition', () => {
  it.each<[string, (t: typeof c) => Condition, unknown]>([
    ['n_eq', (t) => t.n.eq(1), { op: 'compare', left: { column: 'n' }, is: '=', right: { value: 1 } }],
    ['n_ne', (t) => t.n.ne(1), { op: 'compare', left: { column: 'n' }, is: '<>', right: { value: 1 } }],
    ['n_lt_big', (t) => t.n.lt(t.big), { op: 'compare', left: { column: 'n' }, is: '<', right: { column: 'big' } }],
    ['big_lte', (t) => t.big.lte(2n ** 60n), { op: 'compare', left: { column: 'big' }, is: '<=', right: { value: '1152921504606846976' } }],
    ['amount_gt', (t) => t.amount.gt(1.5), { op: 'compare', left: { column: 'amount' }, is: '>', right: { value: '1.50' } }],
    ['share_gte', (t) => t.share.gte(0.1), { op: 'compare', left: { column: 'share' }, is: '>=', right: { value: 0.1 } }],
    ['ok_eq', (t) => t.ok.eq(true), { op: 'compare', left: { column: 'ok' }, is: '=', right: { value: true } }],
    ['ok_ne', (t) => t.ok.ne(true), { op: 'compare', left: { column: 'ok' }, is: '<>', right: { value: true } }],
    ['later_gte_at', (t) => t.later.gte(t.at), { op: 'compare', left: { column: 'later' }, is: '>=', right: { column: 'at' } }],
    [
      'at_lt',
      (t) => t.at.lt('2026-01-31T12:00:00+02:00'),
      { op: 'compare', left: { column: 'at' }, is: '<', right: { value: '2026-01-31 10:00:00.000000' } },
    ],
    [
      'day_between',
      (t) => t.day.between('2026-01-01', '2026-12-31'),
      { op: 'between', column: 'day', from: '2026-01-01', to: '2026-12-31' },
    ],
    ['kind_one_of', (t) => t.kind.oneOf('a'), { op: 'oneOf', column: 'kind', values: ['a'] }],
    ['amount_one_of', (t) => t.amount.oneOf(1, '2.5'), { op: 'oneOf', column: 'amount', values: ['1.00', '2.50'] }],
    ['id_matches', (t) => t.id.matches(/^o\d+$/), { op: 'matches', column: 'id', pattern: '^o[0-9]+$' }],
    ['id_not_blank', (t) => t.id.notBlank(), { op: 'notBlank', column: 'id' }],
    ['raw_is_null', (t) => t.raw.isNull(), { op: 'isNull', column: 'raw' }],
    ['raw_is_not_null', (t) => t.raw.isNotNull(), { op: 'isNotNull', column: 'raw' }],
    ['not_id_not_blank', (t) => t.id.notBlank().not(), { op: 'not', condition: { op: 'notBlank', column: 'id' } }],
    [
      'id_is_null_and_n_eq',
      (t) => t.id.isNull().and(t.n.eq(1)),
      {
        op: 'and',
        all: [
          { op: 'isNull', column: 'id' },
          { op: 'compare', left: { column: 'n' }, is: '=', right: { value: 1 } },
        ],
      },
    ],
    [
      'id_is_null_or_raw_is_null',
      (t) => t.id.isNull().or(t.raw.isNull()),
      {
        op: 'or',
        all: [
          { op: 'isNull', column: 'id' },
          { op: 'isNull', column: 'raw' },
        ],
      },
    ],
  ])('is a rule called %s', (id, make, spec) => {
    expect(only(make)).toMatchObject({ id, check: { kind: 'row', condition: spec }, severity: 'quarantine', nulls: 'pass' });
  });

  it('in SQL names its columns through references and keeps backslashes', () => {
    expect(only((t) => condition`regexp_like(${t.id}, '\d') and ${t.n} > 0 or ${t.id} = ''`.named('custom'))).toEqual({
      id: 'custom',
      check: { kind: 'row', condition: { op: 'sql', expression: "regexp_like(id, '\\d') and n > 0 or id = ''" } },
      severity: 'quarantine',
      nulls: 'pass',
      columns: ['id', 'n'],
    });
  });
});

describe('a rule', () => {
  it('QR-3 has a severity', () => {
    expect(
      rulesOf((t) => [t.n.eq(1).warn().named('a'), t.n.eq(1).quarantine().named('b'), t.n.eq(1).fail().named('c')]).map(
        (rule) => rule.severity,
      ),
    ).toEqual(['warn', 'quarantine', 'fail']);
    expect(only((t) => t.n.eq(1).named('a').fail().warn()).severity).toBe('warn');
    expect(rulesOf((t) => [unique(t.id).quarantine(), unique(t.n)]).map(({ severity }) => severity)).toEqual(['quarantine', 'fail']);
  });

  it('QR-2 says what null means', () => {
    expect(only((t) => t.n.gt(0).nullFails()).nulls).toBe('fail');
    expect(only((t) => t.n.gt(0).nullFails().nullPasses()).nulls).toBe('pass');
    expect(only((t) => t.n.gt(0).nullPasses()).nulls).toBe('pass');
  });

  it('is asked only where another condition holds', () => {
    const rule = only((t) => t.later.isNotNull().when(t.kind.eq('b')).when(t.ok.eq(true)).warn());
    expect(rule.check).toMatchObject({ when: { op: 'and', all: [{ left: { column: 'kind' } }, { left: { column: 'ok' } }] } });
    expect(rule.columns).toEqual(['later', 'kind', 'ok']);
  });

  it('keeps its name and its condition whatever else is said', () => {
    expect(only((t) => t.n.gt(0).named('positive').warn().when(t.ok.eq(true)).nullFails())).toMatchObject({
      id: 'positive',
      severity: 'warn',
      nulls: 'fail',
    });
  });

  it('never changes: each modifier gives a new one', () => {
    const rule = c.n.gt(0).named('a');
    rule.warn();
    expect(rule.toSpec('a').severity).toBe('quarantine');
  });

  it('may ask that columns are unique together', () => {
    expect(only((t) => unique(t.id, t.day))).toEqual({
      id: 'unique_id_day',
      check: { kind: 'unique', columns: ['id', 'day'] },
      severity: 'fail',
      nulls: 'pass',
      columns: ['id', 'day'],
    });
  });

  it('may ask that a value stands in another table', () => {
    const other = contract('customers', { customer_id: text().key() });
    expect(only((t) => references(t.id, other.c.customer_id))).toEqual({
      id: 'id_references_customers',
      check: { kind: 'references', column: 'id', contract: 'customers', target: 'customer_id' },
      severity: 'quarantine',
      nulls: 'pass',
      columns: ['id'],
    });
  });

  it('may ask that a value stands in its own table', () => {
    expect(only((t) => references(t.n, t.big)).check).toMatchObject({ contract: 'things', target: 'big' });
  });
});

describe('a rule on a column', () => {
  it('is named after the column', () => {
    const { rules } = contract('t', {
      code: text().matches('^[A-Z]{2}$').notBlank(),
      n: int().min(0).max(10),
      share: double().between(0, 1),
      at: timestamp().min('2020-01-01T00:00:00Z'),
    }).spec;
    expect(rules.map(({ id }) => id)).toEqual(['code_matches', 'code_not_blank', 'n_min', 'n_max', 'share_between', 'at_min']);
    expect(rules.every(({ severity, nulls }) => severity === 'quarantine' && nulls === 'pass')).toBe(true);
    expect(rules[2]?.check).toEqual({ kind: 'row', condition: { op: 'compare', left: { column: 'n' }, is: '>=', right: { value: 0 } } });
  });

  it('can be written once and used on many columns', () => {
    const positive = (column: typeof c.n) => column.gt(0).named('positive').warn();
    const { rules } = contract('t', { a: int().check(positive), b: bigint().check(positive), c: int().check((n) => n.lt(5)) }).spec;
    expect(rules.map(({ id, severity }) => [id, severity])).toEqual([
      ['a_positive', 'warn'],
      ['b_positive', 'warn'],
      ['c_lt', 'quarantine'],
    ]);
  });
});

describe('a rule that cannot be', () => {
  const foreign = contract('customers', { customer_id: text(), n: int(), share: double() });

  it.each<[string, Make, string]>([
    ['has the name of another', (t) => [t.n.gt(0), t.n.gt(1)], "two rules are called 'n_gt': give one another name with .named('…')"],
    [
      'has a bad name',
      (t) => [t.n.gt(0).named('Is positive')],
      `rule name "Is positive" must be lower-case letters, digits and underscores and begin with a letter: use 'is_positive'`,
    ],
    ['F-35 has SQL for a name', (t) => [t.n.gt(0).named("x'); drop table t --")], 'rule name'],
    ['has no name and nothing to derive one from', (t) => [condition`${t.n} % 2 = 0`], "a rule on n has no name: add .named('…')"],
    ['has no name for a part', (t) => [condition`${t.n} % 2 = 0`.and(t.n.gt(0))], "a rule on n, n has no name: add .named('…')"],
    ['has no text', () => [condition``.named('a')], 'a condition`…` has no text'],
    ['names no column', () => [condition`1 = 1`.named('a')], 'condition`1 = 1` names no column'],
    ['compares a moment with a number', (t) => [t.at.gte(t.n as Mistake)], 'at is timestamp and n is int: they cannot be compared'],
    ['compares with no number', (t) => [t.n.eq('1' as Mistake)], "n: '1' is no int"],
    ['compares with a number that is none', (t) => [t.share.eq(Number.NaN)], 'share: NaN is no double'],
    [
      'compares with a word that cannot come',
      (t) => [t.kind.eq('c' as Mistake)],
      "kind: 'c' is no word of this column: use one of 'a', 'b'",
    ],
    [
      'has empty bounds',
      (t) => [t.amount.between('9', '10').not(), t.amount.between('10', '9')],
      'amount: between(10.00, 9.00) holds for nothing',
    ],
    ['has bounds that are no days', (t) => [t.day.between('2026-02-30', '2026-03-01')], "day: '2026-02-30' is no date"],
    ['has no values', (t) => [t.n.oneOf()], 'n: oneOf() needs at least one value'],
    ['has a pattern that engines read differently', (t) => [t.id.matches('(?=a)')], 'id: pattern (?=a): look-around'],
    ['has a problem in its when', (t) => [t.ok.eq(true).when(t.n.eq(0.5))], 'n: 0.5 is no int'],
    ['asks for unique nothing', () => [unique().named('a')], 'unique() needs at least one column'],
    ['asks for a unique column twice', (t) => [unique(t.id, t.id)], "unique() names column 'id' twice"],
    ['asks for unique JSON', (t) => [unique(t.raw)], "unique() cannot compare 'raw', which is json"],
    [
      'reads another contract',
      () => [foreign.c.n.gt(0)],
      "a rule reads 'n' of contract 'customers': a rule is about its own columns, or use references()",
    ],
    ['reads a contract of the same name', () => [contract('things', { n: int() }).c.n.gt(0)], "a rule reads 'n' of contract 'things'"],
    [
      'refers to a column of another type',
      (t) => [references(t.n, foreign.c.customer_id as Mistake)],
      "references() compares 'n' (int) with 'customers.customer_id' (text)",
    ],
    [
      'refers by doubles',
      (t) => [references(t.share, foreign.c.share)],
      "references() compares 'share' (double) with 'customers.share' (double)",
    ],
    [
      'refers to nothing',
      (t) => [references(t.id, (foreign.c as Mistake).id)],
      'references() got undefined for a column: name columns as t.id',
    ],
    ['asks for nothing to be unique', () => [unique((foreign.c as Mistake).id)], 'unique() got undefined for a column'],
    ['is forgotten', () => undefined as Mistake, 'rules() gave no rules: return a list'],
    ['is not in a list', (t) => t.n.gt(0) as Mistake, 'rules() gave no rules: return a list'],
    ['is none', () => ['n > 0' as Mistake], 'rules() gave string, which is no rule'],
    [
      'reads a column that is not there',
      (t) => [(t as Mistake).emial.isNull()],
      "contract 'things': its rules read column 'emial', which it does not have",
    ],
  ])('%s', (_what, make, problem) => {
    expect(() => rulesOf(make)).toThrow(problem);
  });

  it('on a column is told with the column', () => {
    expect(() => contract('t', { n: int().min(0.5).between(2, 1) })).toThrow(/n: 0.5 is no int[\s\S]*n: between\(2, 1\) holds for nothing/);
  });
});
