import fc from 'fast-check';
import type { ColumnSpec, ContractSpec, TypeSpec } from '../../../lib/contract/spec.js';
import { column, specOf } from './specs.js';

/** A value as a producer may write it, in pieces between which spaces may stand, and as the line must hold it. Made side by side, so that neither is derived from the other. */
export interface Pair {
  readonly source: readonly string[];
  readonly line: string;
}

const pair = (source: string, line = source): Pair => ({ source: [source], line });

const pad = (value: number, width: number) => String(value).padStart(width, '0');

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

/** The same text with some characters written as escapes. */
const quoted = fc.tuple(text, fc.boolean()).map(([value, asEscapes]) => {
  const units = Array.from({ length: value.length }, (_, index) => value.charCodeAt(index));
  const escaped = `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
  return pair(asEscapes ? escaped : JSON.stringify(value), JSON.stringify(value));
});

const whole = (bits: 32 | 64) => {
  const limit = 2n ** BigInt(bits - 1);
  return fc.tuple(fc.bigInt({ min: -limit, max: limit - 1n }), fc.integer({ min: 0, max: 3 })).map(([value, form]) => {
    const forms = [`${value}`, `${value}.000`, `${value}000e-3`, `${value}e0`];
    return pair(forms[form] as string, `${value}`);
  });
};

const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => pair(JSON.stringify(value), value === 0 ? '0' : String(value)));

const decimal = (precision: number, scale: number) =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** BigInt(precision) - 1n }), fc.boolean(), fc.boolean(), fc.boolean())
    .map(([unscaled, minus, asText, short]) => {
      const digits = unscaled.toString().padStart(scale + 1, '0');
      const plain = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
      const written = (minus ? '-' : '') + (short && scale > 0 ? plain.replace(/\.?0+$/, '') : plain);
      return pair(asText ? `"${written}"` : written, `"${minus && unscaled > 0n ? '-' : ''}${plain}"`);
    });

const day = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => pair(JSON.stringify(date.toISOString().slice(0, 10))));

const moment = fc
  .tuple(
    fc.date({ min: new Date('0002-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
    fc.integer({ min: -12 * 60, max: 14 * 60 }),
    fc.constantFrom('T', ' '),
    fc.boolean(),
  )
  .map(([date, micros, offset, separator, utc]) => {
    const line = JSON.stringify(`${date.toISOString().slice(0, 23).replace('T', ' ')}${pad(micros, 3)}`);
    if (utc) return pair(JSON.stringify(`${date.toISOString().slice(0, 23)}${pad(micros, 3)}Z`), line);
    const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 23).replace('T', separator);
    const minutes = Math.abs(offset);
    return pair(
      JSON.stringify(`${local}${pad(micros, 3)}${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`),
      line,
    );
  });

/** Pieces with a separator between, in brackets. */
function bracketed(open: string, parts: readonly (readonly string[])[], close: string): string[] {
  return [open, ...parts.flatMap((part, index) => (index === 0 ? part : [',', ...part])), close];
}

const uniqueKeys = (values: readonly [string, unknown][]) => new Set(values.map(([key]) => key)).size === values.length;

const map = (value: fc.Arbitrary<Pair>) =>
  fc
    .array(fc.tuple(text, value), { maxLength: 3 })
    .filter((entries) => uniqueKeys(entries) && entries.every(([key]) => key !== '__proto__'))
    .map((entries) => ({
      source: bracketed(
        '{',
        entries.map(([key, { source }]) => [JSON.stringify(key), ':', ...source]),
        '}',
      ),
      line: `{${entries.map(([key, { line }]) => `${JSON.stringify(key)}:${line}`).join(',')}}`,
    }));

const hasProto = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto));

const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => value !== null && !hasProto(value))
  .map((value) => pair(JSON.stringify(value), JSON.stringify(JSON.stringify(value))));

/** A value of a type, in both forms. */
export function pairOf(type: TypeSpec): fc.Arbitrary<Pair> {
  switch (type.kind) {
    case 'text':
      return quoted;
    case 'boolean':
      return fc.boolean().map((value) => pair(String(value)));
    case 'int':
      return whole(32);
    case 'bigint':
      return whole(64);
    case 'double':
      return double;
    case 'decimal':
      return decimal(type.precision, type.scale);
    case 'date':
      return day;
    case 'timestamp':
      return moment;
    case 'oneOf':
      return fc.constantFrom(...type.values).map((value) => pair(JSON.stringify(value)));
    case 'json':
      return json;
    case 'array':
      return fc.array(pairOf(type.element), { maxLength: 3 }).map((items) => ({
        source: bracketed(
          '[',
          items.map(({ source }) => source),
          ']',
        ),
        line: `[${items.map(({ line }) => line).join(',')}]`,
      }));
    case 'struct':
      return objectOf(type.fields as readonly ColumnSpec[]);
    case 'map':
      return map(pairOf(type.value));
  }
}

/** An object of fields in any order; nullable ones may be null or missing. */
export function objectOf(fields: readonly ColumnSpec[]): fc.Arbitrary<Pair> {
  const values = fields.map((field) => (field.nullable ? fc.option(pairOf(field.type), { nil: null }) : pairOf(field.type)));
  return fc
    .tuple(
      fc.tuple(...values),
      fc.shuffledSubarray(
        fields.map((_, index) => index),
        { minLength: fields.length },
      ),
      fc.boolean(),
    )
    .map(([pairs, order, leaveOut]) => {
      const written = order.filter((index) => pairs[index] !== null || !leaveOut);
      return {
        source: bracketed(
          '{',
          written.map((index) => [JSON.stringify((fields[index] as ColumnSpec).name), ':', ...(pairs[index]?.source ?? ['null'])]),
          '}',
        ),
        line: `{${fields.map((field, index) => `${JSON.stringify(field.name)}:${pairs[index]?.line ?? 'null'}`).join(',')}}`,
      };
    });
}

const leaf: fc.Arbitrary<TypeSpec> = fc.oneof(
  fc.constantFrom<TypeSpec>(
    { kind: 'text' },
    { kind: 'boolean' },
    { kind: 'int' },
    { kind: 'bigint' },
    { kind: 'double' },
    { kind: 'date' },
    { kind: 'timestamp' },
    { kind: 'json' },
  ),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) => fc.integer({ min: 0, max: precision }).map((scale): TypeSpec => ({ kind: 'decimal', precision, scale }))),
  fc.uniqueArray(text, { minLength: 1, maxLength: 12 }).map((values): TypeSpec => ({ kind: 'oneOf', values })),
);

const { type: anyType } = fc.letrec<{ type: TypeSpec }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('type').map((element): TypeSpec => ({ kind: 'array', element })),
    tie('type').map((value): TypeSpec => ({ kind: 'map', key: { kind: 'text' }, value })),
    fc.array(fc.tuple(tie('type'), fc.boolean()), { minLength: 1, maxLength: 3 }).map(
      (fields): TypeSpec => ({
        kind: 'struct',
        fields: fields.map(([type, nullable], index) => ({ name: `f${index}`, type, nullable })),
      }),
    ),
  ),
}));

export const anySpec: fc.Arbitrary<ContractSpec> = fc
  .array(fc.tuple(anyType, fc.boolean()), { minLength: 1, maxLength: 6 })
  .map((types) => specOf(...types.map(([type, nullable], index) => column(`c${index}`, type, { nullable }))));

/** Spaces between the pieces of a record. */
export const spaced = (source: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom('', '', ' ', '\n', '\t\r '), { minLength: source.length + 1, maxLength: source.length + 1 })
    .map((spaces) => source.reduce((out, piece, index) => out + piece + spaces[index + 1], spaces[0] as string));
