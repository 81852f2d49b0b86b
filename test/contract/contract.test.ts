import { describe, expect, it } from 'vitest';
import {
  array,
  bigint,
  boolean,
  contract,
  date,
  decimal,
  double,
  eventTimeColumn,
  int,
  json,
  keyColumns,
  LakeError,
  map,
  oneOf,
  sequenceColumn,
  struct,
  text,
  timestamp,
} from '../../lib/contract/index.js';

/** The compiler refuses most mistakes; these tests are about synth, which sees what slips past it. */
// biome-ignore lint/suspicious/noExplicitAny: mistakes on purpose
type Mistake = any;

/** The one message of a contract's problems. */
function problemsOf(declare: () => unknown): string {
  try {
    declare();
  } catch (error) {
    expect(error).toBeInstanceOf(LakeError);
    expect((error as LakeError).code).toBe('contract-invalid');
    return (error as LakeError).message;
  }
  throw new Error('nothing was refused');
}

describe('a contract as data', () => {
  it('holds each type', () => {
    const { spec } = contract('every_type', {
      a: text(),
      b: boolean(),
      c: int(),
      d: bigint(),
      e: double(),
      f: decimal(10, 2),
      g: date(),
      h: timestamp(),
      i: oneOf('x', 'y'),
      j: array(int()),
      k: struct({ l: text().describe('inside').nullable(), m: struct({ n: int().unit('km') }) }),
      o: map(text(), array(decimal(3, 1))),
      p: json(),
    });
    expect(Object.fromEntries(spec.columns.map(({ name, type }) => [name, type]))).toEqual({
      a: { kind: 'text' },
      b: { kind: 'boolean' },
      c: { kind: 'int' },
      d: { kind: 'bigint' },
      e: { kind: 'double' },
      f: { kind: 'decimal', precision: 10, scale: 2 },
      g: { kind: 'date' },
      h: { kind: 'timestamp' },
      i: { kind: 'oneOf', values: ['x', 'y'] },
      j: { kind: 'array', element: { kind: 'int' } },
      k: {
        kind: 'struct',
        fields: [
          { name: 'l', type: { kind: 'text' }, nullable: true, description: 'inside' },
          {
            name: 'm',
            type: { kind: 'struct', fields: [{ name: 'n', type: { kind: 'int' }, nullable: false, unit: 'km' }] },
            nullable: false,
          },
        ],
      },
      o: { kind: 'map', key: { kind: 'text' }, value: { kind: 'array', element: { kind: 'decimal', precision: 3, scale: 1 } } },
      p: { kind: 'json' },
    });
  });

  it('holds what is said about a column, and nothing that is not', () => {
    const { spec } = contract('orders', {
      id: text().key().describe('from the shop').from('Order ID'),
      person: text().subject().pii('email').nullable(),
      amount: decimal(10, 2).unit('EUR'),
      version: bigint().sequence(),
      at: timestamp().eventTime(),
    });
    expect(spec.columns.map(({ type: _, ...rest }) => rest)).toEqual([
      { name: 'id', nullable: false, key: true, description: 'from the shop', from: 'Order ID' },
      { name: 'person', nullable: true, subject: true, pii: 'email' },
      { name: 'amount', nullable: false, unit: 'EUR' },
      { name: 'version', nullable: false, sequence: true },
      { name: 'at', nullable: false, eventTime: true },
    ]);
    expect(keyColumns(spec).map(({ name }) => name)).toEqual(['id']);
    expect(sequenceColumn(spec)?.name).toBe('version');
    expect(eventTimeColumn(spec)?.name).toBe('at');
  });

  it('holds what is said about the table, and is JSON', () => {
    const { spec } = contract('orders', { id: text() }, { owner: 'sales', description: 'one row an order', freshness: '15 minutes' });
    expect(spec).toMatchObject({ name: 'orders', owner: 'sales', description: 'one row an order', freshness: '15 minutes', rules: [] });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it('never changes a column: each modifier gives a new one', () => {
    const shared = text();
    shared.key().describe('a key');
    expect(contract('t', { id: shared }).spec.columns).toEqual([{ name: 'id', type: { kind: 'text' }, nullable: false }]);
  });

  it('lets a column be called like something of JavaScript', () => {
    const { c, spec } = contract('t', { constructor: text(), hasownproperty: int() });
    expect(c.constructor.isNull().spec).toEqual({ op: 'isNull', column: 'constructor' });
    expect(spec.columns.map(({ name }) => name)).toEqual(['constructor', 'hasownproperty']);
  });
});

describe('the version of a contract', () => {
  const of = (column: ReturnType<typeof int>, options = {}) => contract('t', { a: column }, options).spec.version;
  const version = of(int());

  it('is 12 hex digits, the same for the same declaration', () => {
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(of(int())).toBe(version);
  });

  it('is the same when only words for people differ', () => {
    expect(of(int().describe('a number'), { owner: 'me', description: 'a table' })).toBe(version);
  });

  it.each([
    ['nullability', int().nullable()],
    ['a rule', int().min(0)],
    ['the unit', int().unit('km')],
    ['the role', int().key()],
    ['the class', int().pii('id')],
    ['the field it comes from', int().from('b')],
    ['the type', bigint() as Mistake],
  ])('differs when %s does', (_what, column) => {
    expect(of(column)).not.toBe(version);
  });

  it('differs when columns change places: rows are compared in their order', () => {
    const [ab, ba] = [contract('t', { a: int(), b: int() }), contract('t', { b: int(), a: int() })];
    expect(ab.spec.version).not.toBe(ba.spec.version);
  });
});

describe('a contract that cannot be', () => {
  it('is told all its problems at once', () => {
    const message = problemsOf(() =>
      contract(
        'Order-Items',
        {
          date: text(),
          amount: decimal(50, 2),
          n: int().min(1.5),
          kind: oneOf(),
          at: (timestamp().nullable() as Mistake).eventTime(),
        },
        { freshness: 'soon' as Mistake, rules: (t) => [t.n.gte('x' as Mistake), t.n.gt(1).or(t.n.isNull())] },
      ),
    );
    expect(message).toMatchInlineSnapshot(`
      "contract "Order-Items" has 8 problems:
        - contract name "Order-Items" must be lower-case letters, digits and underscores and begin with a letter: use 'order_items'
        - column name "date" is a reserved word of Athena: use another, as 'date_value'
        - amount: decimal(50, 2): the precision is 1 to 38 digits
        - kind: oneOf() needs at least one word
        - at: a column that is eventTime() is never null: drop nullable()
        - freshness "soon" is no age: write '15 minutes', '1 hour' or '2 days'
        - n: 1.5 is no int: a whole number of 32 bits
        - n: 'x' is no int: a whole number of 32 bits"
    `);
  });

  it.each<[string, () => unknown, string]>([
    ['a function for a column', () => contract('t', { a: text as Mistake }), 'a: a function is no column: write text(), int()'],
    ['nothing for a column', () => contract('t', { a: undefined as Mistake }), 'a: undefined is no column'],
    ['a function inside a list', () => contract('t', { a: array(text as Mistake) }), 'a: the element of array(): a function is no column'],
    ['a word inside a map', () => contract('t', { a: map(text(), 'int' as Mistake) }), 'a: the value of map(): int is no column'],
    ['no columns', () => contract('t', {}), 'contract "t": it has no columns'],
    ['a name of another type', () => contract(7 as Mistake, { a: text() }), 'contract 7: contract name must be text, got number'],
    ['a nullable key', () => contract('t', { a: (text().nullable() as Mistake).key() }), 'a: a column that is key() is never null'],
    [
      'a nullable sequence',
      () => contract('t', { a: (int().nullable() as Mistake).sequence() }),
      'a: a column that is sequence() is never null',
    ],
    ['two sequences', () => contract('t', { a: int().sequence(), b: int().sequence() }), 'a and b are each sequence(): one column can be'],
    [
      'two event times',
      () => contract('t', { a: date().eventTime(), b: timestamp().eventTime() }),
      'a and b are each eventTime(): one column can be',
    ],
    ['a precision of 0', () => contract('t', { a: decimal(0, 0) }), 'a: decimal(0, 0): the precision is 1 to 38 digits'],
    ['a scale above the precision', () => contract('t', { a: decimal(5, 6) }), 'a: decimal(5, 6): the scale is 0 to 5 digits'],
    ['half a digit', () => contract('t', { a: decimal(5, 1.5) }), 'a: decimal(5, 1.5): the scale is 0 to 5 digits'],
    ['a word twice', () => contract('t', { a: oneOf('x', 'x') }), "a: oneOf() has 'x' twice"],
    ['a blank word', () => contract('t', { a: oneOf('') }), "a: oneOf() has '', which is blank or has white space around it"],
    ['a word with white space', () => contract('t', { a: oneOf(' x') }), "a: oneOf() has ' x', which is blank"],
    ['an empty struct', () => contract('t', { a: struct({}) }), 'a: struct() needs at least one field'],
    [
      'a reserved name inside a struct',
      () => contract('t', { a: struct({ order: int() }) }),
      'a: field column name "order" is a reserved word',
    ],
    [
      'a key inside a struct',
      () => contract('t', { a: struct({ b: text().key() as Mistake }) }),
      "a: field 'b' of struct() has key(): put it on the column",
    ],
    [
      'a class inside a list',
      () => contract('t', { a: array(text().pii('email') as Mistake) }),
      'a: the element of array() has pii(): put it on the column',
    ],
    ['a nullable element', () => contract('t', { a: array(text().nullable() as Mistake) }), 'a: the element of array() is nullable'],
    ['an element with a name', () => contract('t', { a: array(text().from('x')) }), 'a: the element of array() has from(): it has no name'],
    [
      'a rule inside a list',
      () => contract('t', { a: array(int().min(0)) }),
      'a: the element of array() has a check: rules are about whole columns',
    ],
    [
      'numbers as the keys of a map',
      () => contract('t', { a: map(int() as Mistake, text()) }),
      'a: the key of map() is int: use text() or oneOf()',
    ],
    [
      'a problem deep inside',
      () => contract('t', { a: array(struct({ b: decimal(99, 0) })) }),
      "a: the element of array(): field 'b' of struct(): decimal(99, 0)",
    ],
    ['a blank description', () => contract('t', { a: text().describe(' ') }), 'a: the description is blank'],
    [
      'a long description',
      () => contract('t', { a: text().describe('x'.repeat(256)) }),
      'a: the description has 256 characters: at most 255',
    ],
    ['a description of two lines', () => contract('t', { a: text().describe('x\ny') }), 'a: the description has a line break'],
    [
      'a long description of the table',
      () => contract('t', { a: text() }, { description: 'x'.repeat(2049) }),
      'the description has 2049 characters: at most 2048',
    ],
    ['a blank owner', () => contract('t', { a: text() }, { owner: '' }), 'the owner is blank'],
    ['a blank unit', () => contract('t', { a: int().unit('') }), 'a: the unit is blank'],
    ['a class that is no word', () => contract('t', { a: text().pii('E mail') }), 'a: pii("E mail") is no kind of personal data'],
    ['no age', () => contract('t', { a: text() }, { freshness: '0 days' }), 'freshness "0 days" is no age'],
    ['half an age', () => contract('t', { a: text() }, { freshness: '1.5 hours' }), 'freshness "1.5 hours" is no age'],
    ['a blank source field', () => contract('t', { a: text().from('') }), 'a: from(…) needs a name of 1 to 255 characters'],
    ['F-20 the prototype as a source field', () => contract('t', { a: text().from('__proto__') }), "a: from('__proto__') is no field"],
    ['one source field for two columns', () => contract('t', { a: text().from('b'), b: text() }), `a: from("b") is read by 'b' as well`],
    [
      'one source field for two fields of a struct',
      () => contract('t', { s: struct({ a: text().from('x'), b: text().from('x') }) }),
      `s: a: from("x") is read by 'b' as well`,
    ],
  ])('has %s', (_what, declare, problem) => {
    expect(problemsOf(declare)).toContain(problem);
  });

  it('may take two columns from each other', () => {
    expect(contract('t', { a: text().from('b'), b: text().from('a') }).spec.columns.map(({ from }) => from)).toEqual(['b', 'a']);
  });
});
