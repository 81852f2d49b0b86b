import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dateLiteral,
  decimalLiteral,
  LiteralError,
  literal,
  literalOf,
  quoteIdentifier,
  stringLiteral,
  timestampLiteral,
} from '../../lib/sql/literal.js';
import { parseExpressionText } from '../../lib/sql/parse/parse.js';

/** The value that Trino's grammar reads from a literal. */
function read(text: string): unknown {
  const { ast } = parseExpressionText(text);
  switch (ast.kind) {
    case 'string':
    case 'boolean':
      return ast.value;
    case 'number':
      return Number(ast.text);
    case 'negate':
      return ast.operand.kind === 'number' ? -Number(ast.operand.text) : undefined;
    case 'typed':
      return ast.value;
    case 'null':
      return null;
    default:
      return { unexpected: ast.kind };
  }
}

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', '\\', '-', '/', '*', ';', '\n', '$', '{', '😀', '\u0301'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
});
const safeText = text.filter((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value) && !value.includes('${Token['));

describe('the literal writer', () => {
  it('writes any text as one string that reads back the same', () => {
    fc.assert(fc.property(safeText, (value) => read(stringLiteral(value)) === value));
  });

  it('writes numbers, whole and fractional, that read back the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger()), (value) => {
        if (Number.isInteger(value) && !Number.isSafeInteger(value)) return;
        expect(Object.is(read(literal(value)), value) || value === 0).toBe(true);
      }),
    );
  });

  it('writes bigints over their whole range', () => {
    fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => BigInt(read(literal(value)) as string) === value));
    expect(() => literal(2n ** 63n)).toThrow('64 bits');
  });

  it('writes decimals from their digits', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 18 }), (unscaled, scale) => {
        const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
        const plain = `${unscaled < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
        expect(read(decimalLiteral(plain))).toBe(plain);
      }),
    );
  });

  it('writes moments with microseconds, from text and from Date', () => {
    expect(timestampLiteral('2026-01-31T12:00:00.123456Z')).toBe("TIMESTAMP '2026-01-31 12:00:00.123456'");
    expect(literal(new Date('2026-01-31T12:00:00.123Z'))).toBe("TIMESTAMP '2026-01-31 12:00:00.123000'");
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(new Date(`${String(read(literal(date))).replace(' ', 'T')}Z`).getTime()).toBe(date.getTime());
      }),
    );
  });

  it.each(['2026-02-30', '2025-02-29', '1900-02-29', '2026-13-01', '0000-01-01', '26-1-1', '2026-01-01 ', "2026-01-01' or '"])(
    'refuses the date %j',
    (value) => {
      expect(() => dateLiteral(value)).toThrow(LiteralError);
    },
  );

  it.each(['2026-01-01 24:00:00', '2026-01-01 00:60:00', '2026-01-01T00:00:00+02:00', '2026-01-01 00:00:00.1234567'])(
    'refuses the moment %j',
    (value) => {
      expect(() => timestampLiteral(value)).toThrow(LiteralError);
    },
  );

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    'a\0b',
    '\ud800',
    '${Token[X.1]}',
    new Date(Number.NaN),
    {} as never,
    undefined as never,
  ])('refuses %j without showing it', (value) => {
    expect(() => literal(value)).toThrow(LiteralError);
    if (typeof value === 'string') expect(() => literal(value)).not.toThrow(value);
  });

  it('never joins with a sign or a word before it', () => {
    for (const value of [-1, -0, -1.5, -5n]) expect(literal(value)).toMatch(/^\(|^[A-Z]/);
  });

  it('quotes names', () => {
    fc.assert(
      fc.property(
        safeText.filter((name) => name !== ''),
        (name) => {
          const { ast } = parseExpressionText(quoteIdentifier(name));
          expect(ast.kind === 'column' && ast.path.map((part) => part.text)).toEqual([name]);
        },
      ),
    );
    expect(() => quoteIdentifier('')).toThrow(LiteralError);
  });

  it('writes values as their columns are typed', () => {
    expect(literalOf({ kind: 'decimal', precision: 10, scale: 2 }, '-0.50')).toBe("DECIMAL '-0.50'");
    expect(literalOf({ kind: 'bigint' }, 5)).toBe("BIGINT '5'");
    expect(literalOf({ kind: 'double' }, 3)).toBe('3E0');
    expect(literalOf({ kind: 'array', element: { kind: 'text' } }, ["it's", null])).toBe("ARRAY['it''s', NULL]");
    expect(literalOf({ kind: 'map', key: { kind: 'text' }, value: { kind: 'int' } }, [['a', 1]])).toBe("MAP(ARRAY['a'], ARRAY[1])");
    expect(literalOf({ kind: 'struct', fields: [{ name: 'a', type: { kind: 'int' }, nullable: true }] }, { a: -1 })).toBe('ROW((-1))');
  });

  it('refuses a value of another type than its column', () => {
    expect(() => literalOf({ kind: 'int' }, 2 ** 31)).toThrow('32 bits');
    expect(() => literalOf({ kind: 'int' }, 'x')).toThrow('a value for int cannot be a string');
    expect(() => literalOf({ kind: 'boolean' }, 1)).toThrow('a value for boolean cannot be a number');
    expect(() => literalOf({ kind: 'decimal', precision: 5, scale: 2 }, 1e-7)).toThrow('plain digits');
    expect(() => literalOf({ kind: 'date' }, ['2026-01-01'])).toThrow('a value for date cannot be an array');
  });
});
