import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiteralInput, literalOf, type TypeSpec } from '../../lib/contract/index.js';

const decimal = (precision: number, scale: number): TypeSpec => ({ kind: 'decimal', precision, scale });

describe('a value in a contract', () => {
  it.each<[TypeSpec, LiteralInput, string | number | boolean]>([
    [{ kind: 'text' }, "it's", "it's"],
    [{ kind: 'boolean' }, false, false],
    [{ kind: 'int' }, -(2 ** 31), -(2 ** 31)],
    [{ kind: 'int' }, 5n, 5],
    [{ kind: 'bigint' }, 9223372036854775807n, '9223372036854775807'],
    [{ kind: 'bigint' }, '-9223372036854775808', '-9223372036854775808'],
    [{ kind: 'bigint' }, 7, '7'],
    [{ kind: 'double' }, 1e-9, 1e-9],
    [decimal(10, 2), 0, '0.00'],
    [decimal(10, 2), -0.5, '-0.50'],
    [decimal(10, 2), '-0', '0.00'],
    [decimal(10, 2), '007.50', '7.50'],
    [decimal(10, 2), '7.500', '7.50'],
    [decimal(3, 0), 999n, '999'],
    [decimal(2, 2), '0.99', '0.99'],
    [{ kind: 'date' }, '2024-02-29', '2024-02-29'],
    [{ kind: 'timestamp' }, '2026-01-31T12:00Z', '2026-01-31 12:00:00.000000'],
    [{ kind: 'timestamp' }, '2026-01-31T12:00:00.123456Z', '2026-01-31 12:00:00.123456'],
    [{ kind: 'timestamp' }, '2026-01-31T00:30:00.5+05:30', '2026-01-30 19:00:00.500000'],
    [{ kind: 'timestamp' }, '0099-12-31T23:59:59-00:01', '0100-01-01 00:00:59.000000'],
    [{ kind: 'timestamp' }, new Date(Date.UTC(2026, 0, 31, 12, 0, 0, 7)), '2026-01-31 12:00:00.007000'],
    [{ kind: 'oneOf', values: ['a'] }, 'a', 'a'],
  ])('of %j: %s is %j', (type, input, value) => {
    expect(literalOf(type, input)).toEqual({ value });
  });

  it.each<[TypeSpec, LiteralInput]>([
    [{ kind: 'text' }, 1],
    [{ kind: 'boolean' }, 'true'],
    [{ kind: 'int' }, 2 ** 31],
    [{ kind: 'int' }, 0.5],
    [{ kind: 'int' }, '1'],
    [{ kind: 'bigint' }, 2 ** 53],
    [{ kind: 'bigint' }, 9223372036854775808n],
    [{ kind: 'bigint' }, '1.5'],
    [{ kind: 'double' }, Number.POSITIVE_INFINITY],
    [decimal(10, 2), '1.005'],
    [decimal(10, 2), 123456789n],
    [decimal(10, 2), 1e21],
    [decimal(10, 2), '1e2'],
    [decimal(10, 2), '0x10'],
    [decimal(10, 2), ''],
    [decimal(10, 2), true],
    [{ kind: 'date' }, '2026-02-29'],
    [{ kind: 'date' }, '0000-01-01'],
    [{ kind: 'date' }, '2026-1-31'],
    [{ kind: 'date' }, new Date()],
    [{ kind: 'timestamp' }, '2026-01-31T12:00:00'],
    [{ kind: 'timestamp' }, '2026-01-31 12:00:00Z'],
    [{ kind: 'timestamp' }, '2026-02-30T12:00:00Z'],
    [{ kind: 'timestamp' }, '2026-01-31T24:00:00Z'],
    [{ kind: 'timestamp' }, '2026-01-31T12:00:60Z'],
    [{ kind: 'timestamp' }, '2026-01-31T12:00:00+19:00'],
    [{ kind: 'timestamp' }, '9999-12-31T23:59:59-01:00'],
    [{ kind: 'timestamp' }, '2026-01-31T12:00:00.1234567Z'],
    [{ kind: 'timestamp' }, new Date(Number.NaN)],
    [{ kind: 'timestamp' }, 0],
    [{ kind: 'oneOf', values: ['a'] }, 'b'],
    [{ kind: 'json' }, '{}'],
  ])('of %j may not be %s', (type, input) => {
    expect(literalOf(type, input).problem).toMatch(/ is no /);
  });

  it('keeps every decimal exactly', () => {
    const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 38 }), (unscaled, scale) => {
        const plain = literalOf(decimal(38, 0), unscaled).value as string;
        expect(BigInt(plain)).toBe(unscaled);
        const magnitude = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
        const text = `${unscaled < 0n ? '-' : ''}${magnitude.slice(0, magnitude.length - scale)}${scale === 0 ? '' : `.${magnitude.slice(-scale)}`}`;
        expect(literalOf(decimal(38, scale), text)).toEqual({ value: text });
      }),
    );
  });

  it('reads a moment as Date does, and days that do not exist not at all', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const year = fc.integer({ min: 1, max: 9998 }).map((n) => String(n).padStart(4, '0'));
    fc.assert(
      fc.property(year, two(13), two(32), two(23), two(59), fc.constantFrom('Z', '+02:00', '-11:30'), (y, m, d, hour, minute, zone) => {
        const text = `${y}-${m}-${d}T${hour}:${minute}:07.25${zone}`;
        const { value, problem } = literalOf({ kind: 'timestamp' }, text);
        const date = new Date(text);
        const exists = !Number.isNaN(date.getTime()) && new Date(`${y}-${m}-${d}T00:00:00Z`).toISOString().startsWith(`${y}-${m}-${d}`);
        if (exists && date.getUTCFullYear() > 0) expect(value).toBe(date.toISOString().replace('T', ' ').replace('Z', '000'));
        else expect(problem).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });
});
