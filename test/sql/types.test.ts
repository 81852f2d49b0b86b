import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arithmeticType, canBecome, canCast, commonType } from '../../lib/sql/types/coercion.js';
import { fromHiveType, fromTrinoType } from '../../lib/sql/types/parse-type.js';
import {
  BIGINT,
  DATE,
  DOUBLE,
  decimalType,
  INTEGER,
  type SqlType,
  sameType,
  TIMESTAMP,
  typeText,
  VARCHAR,
} from '../../lib/sql/types/sql-type.js';

const leaf: fc.Arbitrary<SqlType> = fc.oneof(
  fc.constantFrom<SqlType>({ kind: 'boolean' }, INTEGER, BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP, { kind: 'varbinary' }, { kind: 'real' }),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) => fc.integer({ min: 0, max: precision }).map((scale) => decimalType(precision, scale))),
);
const anyType: fc.Arbitrary<SqlType> = fc.letrec<{ type: SqlType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('type').map((element) => ({ kind: 'array' as const, element })),
    fc.tuple(leaf, tie('type')).map(([key, value]) => ({ kind: 'map' as const, key, value })),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b_1', 'Odd "name"'), tie('type')), { minLength: 1, maxLength: 3 })
      .map((fields) => ({ kind: 'row' as const, fields: fields.map(([name, type]) => ({ name, type })) })),
  ),
})).type;

describe('types', () => {
  it('read back from their own text', () => {
    fc.assert(fc.property(anyType, (type) => sameType(fromTrinoType(typeText(type)), type)));
  });

  it.each([
    ['string', 'varchar'],
    ['struct<a:int,b:array<map<string,decimal(10,2)>>>', 'row("a" integer, "b" array(map(varchar, decimal(10,2))))'],
    ['timestamp', 'timestamp(6)'],
    ['array<struct<x:timestamp>>', 'array(row("x" timestamp(6)))'],
    ['varchar(20)', 'varchar'],
    ['float', 'real'],
  ])('%s of Glue is %s', (hive, trino) => {
    expect(typeText(fromHiveType(hive))).toBe(trino);
  });

  it.each(['array<int', 'struct<a int>', 'int int', '', 'decimal(40,2)', 'decimal(5,6)', 'map<int>'])('%s is no type of Glue', (text) => {
    expect(() => fromHiveType(text)).toThrow();
  });

  it.each([
    ['integer', 'bigint', 'bigint'],
    ['bigint', 'decimal(10,2)', 'decimal(21,2)'],
    ['decimal(10,2)', 'decimal(8,4)', 'decimal(12,4)'],
    ['decimal(38,0)', 'decimal(38,10)', 'decimal(38,10)'],
    ['decimal(10,2)', 'double', 'double'],
    ['date', 'timestamp(6)', 'timestamp(6)'],
    ['array(integer)', 'array(bigint)', 'array(bigint)'],
    ['row(a integer, b varchar)', 'row(a bigint, c varchar)', undefined],
    ['varchar', 'integer', undefined],
    ['boolean', 'integer', undefined],
    ['date', 'varchar', undefined],
  ])('%s and %s meet in %s', (a, b, common) => {
    const met = commonType(fromTrinoType(a), fromTrinoType(b));
    if (a.startsWith('row')) expect(met?.kind).toBe('row');
    else expect(met && typeText(met)).toBe(common);
  });

  it('meet in the same type whichever comes first, and become it', () => {
    fc.assert(
      fc.property(anyType, anyType, (a, b) => {
        const [one, other] = [commonType(a, b), commonType(b, a)];
        expect(one === undefined).toBe(other === undefined);
        if (one !== undefined && other !== undefined) {
          expect(sameType(one, other)).toBe(true);
          expect(canBecome(a, one)).toBe(true);
          expect(canCast(a, one)).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['+', 'decimal(10,2)', 'decimal(5,4)', 'decimal(13,4)'],
    ['*', 'decimal(10,2)', 'decimal(5,4)', 'decimal(15,6)'],
    ['/', 'decimal(10,2)', 'decimal(5,4)', 'decimal(16,4)'],
    ['%', 'decimal(10,2)', 'decimal(5,4)', 'decimal(5,4)'],
    ['/', 'integer', 'integer', 'integer'],
    ['/', 'decimal(38,2)', 'bigint', 'decimal(38,2)'],
    ['*', 'decimal(38,20)', 'decimal(38,20)', undefined],
    ['+', 'varchar', 'integer', undefined],
  ] as const)('%s of %s and %s is %s', (op, a, b, result) => {
    const type = arithmeticType(op, fromTrinoType(a), fromTrinoType(b));
    expect(type && typeText(type)).toBe(result);
  });
});
