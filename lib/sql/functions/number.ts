import { arithmeticType, isInteger } from '../types/coercion.js';
import { decimalType, type SqlType } from '../types/sql-type.js';
import { type RenderedCall, type SqlFunction, scalar } from './sql-function.js';

type Decimal = SqlType & { kind: 'decimal' };

/** The result of ceil and floor: the whole digits, and one more where a fraction was cut off. */
function wholeDecimal(type: Decimal): SqlType {
  return decimalType(Math.min(38, type.precision - type.scale + Math.min(type.scale, 1)), 0);
}

function roundedType(types: readonly SqlType[]): SqlType {
  const [type] = types as [SqlType];
  if (type.kind !== 'decimal') return type;
  return types.length === 1 ? wholeDecimal(type) : decimalType(Math.min(38, type.precision + 1), type.scale);
}

function wholeType(types: readonly SqlType[]): SqlType {
  const [type] = types as [SqlType];
  return type.kind === 'decimal' ? wholeDecimal(type) : type;
}

const NUMBERS: readonly (readonly string[])[] = [
  ['-2.5E0'],
  ['2.5E0'],
  ["DECIMAL '-2.55'"],
  ["DECIMAL '2.55'"],
  ['7'],
  ["BIGINT '-9223372036854775807'"],
  ['CAST(NULL AS double)'],
];
const ANGLES: readonly (readonly string[])[] = [['0.5E0'], ['-0.5E0'], ['0E0'], ['CAST(NULL AS double)']];

const cast = (text: string) => (call: { args: readonly string[]; result: SqlType; typeText(type: SqlType): string }) =>
  `cast(${text.replaceAll(/\$(\*|\d)/g, (_, at) => (at === '*' ? call.args.join(', ') : (call.args[Number(at) - 1] as string)))} as ${call.typeText(call.result)})`;

/** ceil and floor. A whole number stays as it is: on its way through a double it would lose digits. */
function whole(name: string, engine: 'ceil' | 'floor'): SqlFunction {
  const rendering = (call: RenderedCall) => (call.types.some(isInteger) ? (call.args[0] as string) : cast(`${engine}($1)`)(call));
  return scalar(name, '(N:number) N', { resultType: wholeType, duckdb: rendering, spark: rendering, examples: NUMBERS });
}

function ofDouble(name: string, examples: readonly (readonly string[])[], spark?: string, duckdb?: string): SqlFunction {
  return scalar(name, '(double) double', {
    examples,
    ...(spark === undefined ? {} : { spark }),
    ...(duckdb === undefined ? {} : { duckdb }),
  });
}

/** A value with no NULL among its arguments, or NULL. */
function extreme(name: 'greatest' | 'least'): SqlFunction {
  const rendering = (call: { args: readonly string[] }) =>
    `case when ${call.args.map((arg) => `${arg} is null`).join(' or ')} then null else ${name}(${call.args.join(', ')}) end`;
  return scalar(name, '(T:orderable…) T', {
    duckdb: rendering,
    spark: rendering,
    examples: [
      ['1', '2', '-3'],
      ["'a'", "'b'"],
      ['1', 'CAST(NULL AS integer)'],
      ["DATE '2026-01-01'", "DATE '2025-12-31'"],
      ["DECIMAL '1.50'", "DECIMAL '1.5'"],
    ],
    note: 'NULL if one is',
  });
}

/** Functions over numbers. */
export const NUMBER_FUNCTIONS: readonly SqlFunction[] = [
  scalar('abs', '(N:number) N', { examples: NUMBERS }),
  whole('ceil', 'ceil'),
  whole('ceiling', 'ceil'),
  whole('floor', 'floor'),
  scalar('round', ['(N:number, integer?) N'], {
    resultType: roundedType,
    duckdb: cast('round($*)'),
    spark: cast('round($*)'),
    constants: [1],
    examples: [...NUMBERS, ["DECIMAL '2.555'", '2'], ['2.555E0', '1'], ['125', '-1'], ["DECIMAL '155.5'", '-1']],
    note: 'halves away from zero',
  }),
  scalar('truncate', ['(double) double'], {
    duckdb: 'trunc($1)',
    spark: 'case when $1 < 0 then ceil($1) else floor($1) end',
    examples: [['-2.7E0'], ['2.7E0']],
  }),
  scalar('sign', '(N:number) N', {
    resultType: ([type]) => (type?.kind === 'decimal' ? decimalType(1, 0) : (type as SqlType)),
    duckdb: cast('sign($1)'),
    spark: cast('sign($1)'),
    examples: NUMBERS,
  }),
  scalar('mod', '(N:number, N:number) N', {
    resultType: ([left, right]) => arithmeticType('%', left as SqlType, right as SqlType) as SqlType,
    duckdb: (call) => {
      const [left, right] = call.args;
      const rest = call.result.kind === 'decimal' ? `cast(${left} % ${right} as ${call.typeText(call.result)})` : `${left} % ${right}`;
      if (call.result.kind === 'double' || call.result.kind === 'real') return rest;
      return `case when ${right} = 0 and ${left} is not null then error('division by zero') else ${rest} end`;
    },
    spark: '($1 % $2)',
    examples: [
      ['7', '3'],
      ['-7', '3'],
      ['7', '-3'],
      ['7.5E0', '2E0'],
    ],
  }),
  scalar('power', '(double, double) double', {
    examples: [
      ['2', '10'],
      ['2E0', '-1E0'],
      ['2', '0.5E0'],
      ['CAST(NULL AS double)', '1'],
    ],
  }),
  scalar('pow', '(double, double) double', {
    examples: [
      ['2', '10'],
      ['4', '0.5E0'],
    ],
  }),
  ofDouble('sqrt', [['2E0'], ['0'], ['16']]),
  ofDouble('exp', [['0E0'], ['1E0'], ['-1E0']]),
  ofDouble('ln', [['1E0'], ['10E0']]),
  ofDouble('log10', [['1000E0'], ['2E0']]),
  ofDouble('log2', [['8E0'], ['10E0']]),
  ofDouble('sin', ANGLES),
  ofDouble('cos', ANGLES),
  ofDouble('tan', ANGLES),
  ofDouble('asin', ANGLES),
  ofDouble('acos', ANGLES),
  ofDouble('atan', ANGLES),
  scalar('atan2', '(double, double) double', {
    examples: [
      ['1E0', '2E0'],
      ['-1E0', '-2E0'],
    ],
  }),
  ofDouble('degrees', ANGLES),
  ofDouble('radians', ANGLES),
  scalar('pi', '() double', { nulls: 'never', examples: [[]] }),
  scalar('is_nan', '(double) boolean', {
    duckdb: 'isnan($1)',
    spark: 'case when $1 is not null then isnan($1) end',
    examples: [['1E0'], ['nan()'], ['CAST(NULL AS double)']],
  }),
  scalar('is_finite', '(double) boolean', {
    duckdb: 'isfinite($1)',
    spark: "($1 not in (double('NaN'), double('Infinity'), double('-Infinity')))",
    examples: [['1E0'], ['nan()'], ['infinity()'], ['CAST(NULL AS double)']],
  }),
  scalar('nan', '() double', { nulls: 'never', duckdb: "cast('NaN' as double)", spark: "double('NaN')", examples: [[]] }),
  scalar('infinity', '() double', { nulls: 'never', duckdb: "cast('Infinity' as double)", spark: "double('Infinity')", examples: [[]] }),
  extreme('greatest'),
  extreme('least'),
  scalar('bitwise_and', '(bigint, bigint) bigint', {
    duckdb: '($1 & $2)',
    spark: '($1 & $2)',
    examples: [
      ['12', '10'],
      ['-1', '255'],
    ],
  }),
  scalar('bitwise_or', '(bigint, bigint) bigint', {
    duckdb: '($1 | $2)',
    spark: '($1 | $2)',
    examples: [
      ['12', '10'],
      ['-1', '255'],
    ],
  }),
  scalar('bitwise_xor', '(bigint, bigint) bigint', {
    duckdb: 'xor($1, $2)',
    spark: '($1 ^ $2)',
    examples: [
      ['12', '10'],
      ['-1', '255'],
    ],
  }),
  scalar('bitwise_not', '(bigint) bigint', { duckdb: '(~$1)', spark: '(~$1)', examples: [['12'], ['-1'], ['0']] }),
];
