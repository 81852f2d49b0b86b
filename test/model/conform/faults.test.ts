import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TypeSpec } from '../../../lib/contract/spec.js';
import { compileConform } from '../../../lib/model/conform/index.js';
import { ARRIVAL, column, conformed, only, reasons, rowOf, specOf, written } from './specs.js';

const text: TypeSpec = { kind: 'text' };
const int: TypeSpec = { kind: 'int' };
const bigint: TypeSpec = { kind: 'bigint' };
const double: TypeSpec = { kind: 'double' };
const timestamp: TypeSpec = { kind: 'timestamp' };
const json: TypeSpec = { kind: 'json' };
const decimal = (precision: number, scale: number): TypeSpec => ({ kind: 'decimal', precision, scale });

const orders = specOf(column('id', text, { key: true }), column('amount', decimal(10, 2)), column('note', text, { nullable: true }));

const value = (type: TypeSpec, source: string) => conformed(only(type), `{"v":${source}}`);

describe('a conformed record', () => {
  it('holds the columns in the order of the contract, then the technical ones', () => {
    expect(rowOf(conformed(orders, '{"note":"n", "amount":12.5 ,"id":"a"}'))).toEqual({
      id: 'a',
      amount: '12.50',
      note: 'n',
      _arrived_at: ARRIVAL.arrivedAt,
      _position: ARRIVAL.position,
      _contract: orders.version,
      _extra: null,
    });
    expect(Object.keys(rowOf(conformed(orders, '{"amount":1,"id":"a"}'))).slice(0, 3)).toEqual(['id', 'amount', 'note']);
  });

  it('is the same line however the producer orders and spaces its fields', () => {
    const line = conformed(orders, '{"id":"a","amount":1,"note":"n"}');
    expect(conformed(orders, '{ "note" : "n",\n"id":"a" ,"amount":1 }')).toEqual(line);
    expect(conformed(orders, '{"amount":1,"id":"a","note":"n"}')).toEqual(line);
  });

  it('keeps a position that needs escapes whole', () => {
    const outcome = compileConform(orders).text('{"id":"a","amount":1}', { ...ARRIVAL, position: 'a"b\\\n@e/1' });
    expect(rowOf(outcome)['_position']).toBe('a"b\\\n@e/1');
  });
});

describe('framing, shape and encoding', () => {
  it.each([
    '{"id":"a"',
    '{"id":',
    '{',
    'hello',
    '{"id":"a","amount":1}}',
    '{"id":"a" "amount":1}',
    "{'id':1}",
    '{"id":"a","amount":01}',
    '{"id":"a","amount":1,}',
    '{"id":"a\tb","amount":1}',
    '{"id":"\\x","amount":1}',
    '{"id":"a","amount":+1}',
    '{"id":"a","amount":.5}',
    '{"id":"a","amount":1.}',
    '{"id":"a","amount":nul}',
  ])('F-2 refuses what is no JSON: %s', (source) => {
    expect(reasons(conformed(orders, source))).toEqual(['parse']);
  });

  it('F-2 refuses a record cut at any byte', () => {
    const whole = '{"id":"a","amount":-1.5e1,"note":"x\\u00e9\\n","other":[1,{"a":null}]}';
    for (let end = 1; end < whole.length; end++) expect(reasons(conformed(orders, whole.slice(0, end)))).toContain('parse');
    expect(rowOf(conformed(orders, whole))['note']).toBe('xé\n');
  });

  it('F-3 takes off one byte-order mark and says so; a second one is data', () => {
    const outcome = conformed(orders, '\ufeff{"id":"a","amount":1}');
    expect(outcome).toMatchObject({ bom: true });
    expect(conformed(orders, '{"id":"a","amount":1}')).toMatchObject({ bom: false });
    expect(reasons(conformed(orders, '\ufeff\ufeff{"id":"a","amount":1}'))).toEqual(['parse']);
  });

  it.each(['{"id":"a","amount":1}{"id":"b","amount":1}', '{"id":"a","amount":1}\n{"id":"b","amount":1}\n'])(
    'F-4 refuses two documents in one record: %s',
    (source) => expect(reasons(conformed(orders, source))).toEqual(['framing']),
  );

  it.each(['', ' \n\t ', 'null', '[]', '[{"id":"a"}]', '7', '"text"', 'true'])('F-5 refuses a record that is no object: %j', (source) => {
    expect(reasons(conformed(orders, source))).toEqual(['shape']);
  });

  it('F-6 refuses a record over its size before reading it', () => {
    expect(reasons(conformed(orders, Buffer.alloc(1_048_577, 0xff)))).toEqual(['size']);
    const fits = `{"id":"a","amount":1,"note":"${'x'.repeat(1_048_576 - 31)}"}`;
    expect(Buffer.byteLength(fits)).toBe(1_048_576);
    expect(rowOf(conformed(orders, fits))['id']).toBe('a');
  });

  it('F-7 refuses bytes that are no UTF-8, and never stores a replacement', () => {
    const head = Buffer.from('{"amount":1,"id":"');
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      expect(reasons(conformed(orders, Buffer.concat([head, Buffer.from(bytes), Buffer.from('"}')])))).toEqual(['encoding']);
    }
    expect(rowOf(conformed(orders, '{"amount":1,"id":"\ufffd"}'))['id']).toBe('\ufffd');
  });

  it('F-7 refuses half of a surrogate pair, in values, keys and unknown fields', () => {
    expect(reasons(conformed(orders, '{"amount":1,"id":"\\ud800"}'))).toEqual(['encoding id']);
    expect(reasons(conformed(orders, '{"amount":1,"id":"a","new":"\\udc00x"}'))).toEqual(['encoding _extra']);
    expect(reasons(conformed(orders, '{"amount":1,"id":"a","\\ud800":1}'))).toContain('encoding _extra');
    expect(reasons(value(json, '{"a":["\\ud800"]}'))).toEqual(['encoding v']);
    expect(rowOf(conformed(orders, '{"amount":1,"id":"\\ud83d\\ude00"}'))['id']).toBe('😀');
  });

  it('F-8 keeps NUL, control characters, emoji and marks of direction as they are', () => {
    for (const odd of ['\u0000', '\u0001\u001f', '😀👩‍👩‍👧', '\u202eabc\u200f', '\u2028\u2029', '\\"/\b\f\n\r\t', '\u007f\u0080']) {
      expect(rowOf(conformed(only(text), JSON.stringify({ v: odd })))['v']).toBe(odd);
    }
  });

  it('F-9 composes keys and subjects, so that one name is one key; other text stays as it came', () => {
    const [composed, apart] = ['é', 'e\u0301'];
    const spec = specOf(column('id', text, { key: true }), column('who', text, { subject: true }), column('free', text));
    expect(rowOf(conformed(spec, JSON.stringify({ id: apart, who: apart, free: apart })))).toMatchObject({
      id: composed,
      who: composed,
      free: apart,
    });
    expect(rowOf(conformed(spec, '{"id":"e\\u0301\\n","who":"x","free":"x"}'))['id']).toBe(`${composed}\n`);
  });
});

describe('numbers', () => {
  it('F-10 keeps an integer beyond 2^53 exact, and refuses what its column cannot hold', () => {
    expect(written(value(bigint, '9007199254740993'))).toBe('9007199254740993');
    expect(written(value(bigint, '-9223372036854775808'))).toBe('-9223372036854775808');
    expect(written(value(int, '2147483647'))).toBe('2147483647');
    expect(reasons(value(bigint, '9223372036854775808'))).toEqual(['overflow v']);
    expect(reasons(value(bigint, '12345678901234567890'))).toEqual(['overflow v']);
    expect(reasons(value(bigint, '1e400'))).toEqual(['overflow v']);
    expect(reasons(value(int, '2147483648'))).toEqual(['overflow v']);
    expect(reasons(value(int, '-2147483649'))).toEqual(['overflow v']);
  });

  it("F-10 takes a whole number in any of JSON's forms, and no other", () => {
    for (const source of ['120', '120.0', '1.2e2', '12E+1', '1200e-1']) expect(written(value(int, source))).toBe('120');
    for (const source of ['120.5', '1e-1']) expect(reasons(value(int, source))).toEqual(['drift v']);
  });

  it('F-10 keeps decimals to the last digit, whether written as numbers or as text', () => {
    expect(written(value(decimal(38, 10), '1234567890.1234567890'))).toBe('"1234567890.1234567890"');
    expect(written(value(decimal(38, 10), '"1234567890.123456789"'))).toBe('"1234567890.1234567890"');
    expect(written(value(decimal(38, 0), '99999999999999999999999999999999999999'))).toBe('"99999999999999999999999999999999999999"');
    expect(written(value(decimal(10, 2), '7'))).toBe('"7.00"');
    expect(written(value(decimal(10, 2), '-0.5'))).toBe('"-0.50"');
    expect(written(value(decimal(10, 2), '1.25e3'))).toBe('"1250.00"');
    expect(written(value(decimal(2, 2), '0.25'))).toBe('"0.25"');
    expect(reasons(value(decimal(10, 2), '100000000'))).toEqual(['overflow v']);
    expect(reasons(value(decimal(2, 2), '1'))).toEqual(['overflow v']);
  });

  it.each(['NaN', 'Infinity', '-Infinity'])('F-11 refuses %s', (source) => expect(reasons(value(double, source))).toEqual(['parse']));

  it('F-11 refuses a number that no double holds, and invents neither null nor zero', () => {
    expect(reasons(value(double, '1e400'))).toEqual(['number v']);
    expect(reasons(value(double, '-1e400'))).toEqual(['number v']);
    expect(reasons(value(double, '1e-400'))).toEqual(['number v']);
    expect(reasons(value(json, '[1e400]'))).toEqual(['number v']);
    expect(reasons(conformed(only(int), '{"new":1e400}'))).toEqual(['number _extra']);
    expect(written(value(double, '0e-400'))).toBe('0');
    expect(written(value(double, '1.7976931348623157e308'))).toBe('1.7976931348623157e+308');
    expect(written(value(double, '0.1'))).toBe('0.1');
  });

  it('F-11 stores -0 as 0, in every numeric type', () => {
    for (const source of ['-0', '-0.0', '-0e5']) {
      for (const type of [int, bigint, double]) expect(written(value(type, source))).toBe('0');
      expect(written(value(decimal(4, 2), source))).toBe('"0.00"');
    }
  });

  it('F-12 refuses a decimal with more digits than the scale; zeros behind it are none', () => {
    expect(reasons(value(decimal(10, 2), '1.005'))).toEqual(['scale v']);
    expect(reasons(value(decimal(10, 2), '"0.001"'))).toEqual(['scale v']);
    expect(reasons(value(decimal(10, 2), '1e-3'))).toEqual(['scale v']);
    expect(written(value(decimal(10, 2), '1.5000'))).toBe('"1.50"');
  });

  it.each(['"01"', '"+1"', '" 1"', '"1,5"', '""', '"0x1"', '"1_0"', '"٣"'])('refuses %s as a decimal', (source) => {
    expect(reasons(value(decimal(10, 2), source))).toEqual(['number v']);
  });
});

describe('times', () => {
  const at = (source: string) => value(timestamp, JSON.stringify(source));

  it.each([
    ['2026-01-31T08:00:00Z', '2026-01-31 08:00:00.000000'],
    ['2026-01-31T08:00:00.1Z', '2026-01-31 08:00:00.100000'],
    ['2026-01-31T08:00:00.123456Z', '2026-01-31 08:00:00.123456'],
    ['2026-01-31T08:00:00.123456000Z', '2026-01-31 08:00:00.123456'],
    ['2026-01-31T08:00Z', '2026-01-31 08:00:00.000000'],
    ['2026-01-31 08:00:00+00:00', '2026-01-31 08:00:00.000000'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31 23:30:00.000000'],
    ['2026-03-29T02:30:00.000001+0200', '2026-03-29 00:30:00.000001'],
    ['2026-10-25T02:30:00+02:00', '2026-10-25 00:30:00.000000'],
    ['2026-10-25T02:30:00+01', '2026-10-25 01:30:00.000000'],
    ['2024-02-29T12:00:00-11:30', '2024-02-29 23:30:00.000000'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31 23:59:59.999999'],
    ['0001-01-01T00:00:00Z', '0001-01-01 00:00:00.000000'],
  ])('F-13 %s is %s', (source, expected) => expect(written(at(source))).toBe(JSON.stringify(expected)));

  it.each([
    '2026-01-31T08:00:00',
    '2026-01-31 08:00',
    '2026-01-31T08:00:00.123456',
    '2026-01-31T08:00:00+15:00',
    '2026-01-31T08:00:00+01:60',
  ])('F-13 refuses %s: no zone', (source) => expect(reasons(at(source))).toEqual(['zone v']));

  it.each([
    '2024-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T23:59:60Z',
    '2026-01-31T08:60:00Z',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+01:00',
    '1900-02-29T00:00:00Z',
    '2026-1-31T08:00:00Z',
    '2026-01-31',
    'yesterday',
    '',
    '2026-01-31T08:00:00.Z',
    '2026-01-31T 8:00:00Z',
    '2026-01-31T08:00:00.12x456Z',
    '1767225600',
  ])('F-13 refuses %s: no such moment', (source) => expect(reasons(at(source))).toEqual(['timestamp v']));

  it('F-13 refuses digits beyond microseconds', () => expect(reasons(at('2026-01-31T08:00:00.123456789Z'))).toEqual(['precision v']));

  it('F-13 keeps days that exist', () => {
    const day = (source: string) => value({ kind: 'date' }, JSON.stringify(source));
    for (const good of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31']) expect(written(day(good))).toBe(JSON.stringify(good));
    for (const bad of [
      '2023-02-29',
      '1900-02-29',
      '2024-02-30',
      '2026-1-1',
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '2026/01/01',
      '0000-01-01',
      '2026-01-0１',
    ]) {
      expect(reasons(day(bad))).toEqual(['date v']);
    }
  });

  it('F-14 refuses an event from the future beyond the tolerance, and only then', () => {
    const spec = only(timestamp, { eventTime: true });
    const judged = (source: string, options = {}) => conformed(spec, JSON.stringify({ v: source }), options);
    // Arrival is 09:00:00.250.
    expect(written(judged('2026-01-31T10:00:00.250Z'))).toBe('"2026-01-31 10:00:00.250000"');
    expect(written(judged('2026-01-31T09:00:00.250Z'))).toBe('"2026-01-31 09:00:00.250000"');
    expect(written(judged('2026-01-31T11:00:00+02:00'))).toBe('"2026-01-31 09:00:00.000000"');
    expect(reasons(judged('2026-01-31T10:00:00.251Z'))).toEqual(['skew v']);
    expect(reasons(judged('2026-01-31T09:30:00-05:00'))).toEqual(['skew v']);
    expect(reasons(judged('2026-01-31T09:00:01.251Z', { skewTolerance: 1000 }))).toEqual(['skew v']);
    expect(written(conformed(only(timestamp), '{"v":"2030-01-01T00:00:00Z"}'))).toBe('"2030-01-01 00:00:00.000000"');
  });

  it('F-14 lets a day begin where it begins first', () => {
    const spec = only({ kind: 'date' }, { eventTime: true });
    const outcome = compileConform(spec).text('{"v":"2026-02-01"}', { ...ARRIVAL, arrivedAt: '2026-01-31 11:00:00.000000' });
    expect(written(outcome)).toBe('"2026-02-01"');
    expect(reasons(conformed(spec, '{"v":"2026-02-02"}'))).toEqual(['skew v']);
  });
});

describe('drift', () => {
  it('F-18 keeps fields that the contract does not know, as they came', () => {
    const outcome = conformed(orders, '{"id":"a","amount":1,"new":{"n":12345678901234567890, "t":"é"},"b":null}');
    expect(outcome).toMatchObject({ drifted: true });
    expect(rowOf(outcome)['_extra']).toBe('{"new":{"n":12345678901234567890,"t":"é"},"b":null}');
    expect(conformed(orders, '{"id":"a","amount":1}')).toMatchObject({ drifted: false });
  });

  it('F-18 says where in a nested value an unknown field stood', () => {
    const item: TypeSpec = {
      kind: 'struct',
      fields: [column('sku', text), column('more', { kind: 'struct', fields: [] }, { nullable: true })],
    };
    const spec = only({ kind: 'array', element: item });
    const outcome = conformed(spec, '{"v":[{"sku":"a"},{"sku":"b","x":1,"more":{"y":[2]}}]}');
    expect(rowOf(outcome)['_extra']).toBe('{"v[1].x":1,"v[1].more.y":[2]}');
  });

  it('F-19 refuses a required field that is missing or null, and lets an optional one be null', () => {
    expect(reasons(conformed(orders, '{"amount":1}'))).toEqual(['drift id']);
    expect(reasons(conformed(orders, '{"id":null,"amount":null}'))).toEqual(['drift id', 'drift amount']);
    expect(rowOf(conformed(orders, '{"id":"a","amount":1,"note":null}'))['note']).toBeNull();
    expect(rowOf(conformed(orders, '{"id":"a","amount":1}'))['note']).toBeNull();
    expect(reasons(conformed(orders, '{}'))).toEqual(['drift id', 'drift amount']);
  });

  it.each([
    [text, '7'],
    [text, 'true'],
    [text, '{}'],
    [int, '"7"'],
    [int, 'true'],
    [bigint, '"7"'],
    [double, '"1.5"'],
    [double, '[]'],
    [{ kind: 'boolean' }, '"true"'],
    [{ kind: 'boolean' }, '1'],
    [{ kind: 'date' }, '20260131'],
    [timestamp, '1767225600'],
    [decimal(4, 2), 'true'],
    [{ kind: 'oneOf', values: ['a'] }, '1'],
    [{ kind: 'array', element: int }, '{}'],
    [{ kind: 'array', element: int }, '7'],
    [{ kind: 'struct', fields: [] }, '[]'],
    [{ kind: 'map', key: text, value: int }, '[]'],
  ] as [TypeSpec, string][])('F-19 coerces nothing: %j refuses %s', (type, source) =>
    expect(reasons(value(type, source))).toEqual(['drift v']),
  );

  it('F-20 knows a field by its exact name or its declared alias only', () => {
    const spec = specOf(column('departed_at', text, { from: 'date' }), column('note', text, { nullable: true }));
    expect(rowOf(conformed(spec, '{"date":"d","note":"n"}'))).toMatchObject({ departed_at: 'd', note: 'n', _extra: null });
    expect(reasons(conformed(spec, '{"departed_at":"d"}'))).toEqual(['drift departed_at']);
    expect(reasons(conformed(orders, '{"Id":"a","amount":1}'))).toEqual(['drift id']);
    expect(rowOf(conformed(orders, '{"\\u0069d":"a","amount":1}'))['id']).toBe('a');
  });

  it('F-20 refuses a key that comes twice, at any depth and in any spelling', () => {
    expect(reasons(conformed(orders, '{"id":"a","id":"b","amount":1}'))).toEqual(['duplicate id']);
    expect(reasons(conformed(orders, '{"id":"a","amount":1,"\\u0069d":"b"}'))).toEqual(['duplicate id']);
    expect(reasons(conformed(orders, '{"id":"a","amount":1,"x":1,"x":1}'))).toEqual(['duplicate _extra']);
    expect(reasons(conformed(orders, '{"id":"a","amount":1,"x":{"y":[{"z":1,"z":2}]}}'))).toEqual(['duplicate _extra']);
    expect(reasons(value(json, '{"a":1,"a":2}'))).toEqual(['duplicate v']);
    expect(reasons(value({ kind: 'map', key: text, value: int }, '{"a":1,"\\u0061":2}'))).toEqual(['duplicate v']);
    expect(rowOf(value(json, '[{"a":1},{"a":2}]'))['v']).toBe('[{"a":1},{"a":2}]');
  });

  it('F-20 refuses __proto__ as a key, and changes no prototype', () => {
    expect(reasons(conformed(orders, '{"id":"a","amount":1,"__proto__":{"polluted":1}}'))).toEqual(['proto _extra']);
    expect(reasons(value(json, '{"a":{"__proto__":1}}'))).toEqual(['proto v']);
    expect(reasons(value({ kind: 'map', key: text, value: int }, '{"__proto__":1}'))).toEqual(['proto v']);
    expect(reasons(conformed(orders, '{"id":"a","amount":1,"\\u005f_proto__":1}'))).toEqual(['proto _extra']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it("refuses a value that is not one of the contract's", () => {
    const many = Array.from({ length: 20 }, (_, index) => `v${index}`);
    for (const values of [['a', 'ab', 'é"\\'], many]) {
      const type: TypeSpec = { kind: 'oneOf', values };
      for (const good of values) expect(rowOf(value(type, JSON.stringify(good)))['v']).toBe(good);
      for (const bad of ['A', 'abc', '', 'v20', 'a ']) expect(reasons(value(type, JSON.stringify(bad)))).toEqual(['oneOf v']);
    }
  });
});

describe('nested values', () => {
  const address: TypeSpec = { kind: 'struct', fields: [column('zip', text), column('lat', double, { nullable: true })] };

  it("keeps arrays, structs and maps in the contract's form", () => {
    expect(written(value({ kind: 'array', element: decimal(4, 1) }, '[1, 2.5,\n3]'))).toBe('["1.0","2.5","3.0"]');
    expect(written(value(address, '{"lat": 1.5, "zip":"x"}'))).toBe('{"zip":"x","lat":1.5}');
    expect(written(value(address, '{"zip":"x"}'))).toBe('{"zip":"x","lat":null}');
    expect(
      written(value({ kind: 'map', key: text, value: timestamp }, '{"b":"2026-01-31T08:00:00Z","a" : "2026-01-31T08:00:00+01:00"}')),
    ).toBe('{"b":"2026-01-31 08:00:00.000000","a":"2026-01-31 07:00:00.000000"}');
    expect(written(value({ kind: 'array', element: { kind: 'array', element: int } }, '[[],[1]]'))).toBe('[[],[1]]');
    expect(written(value({ kind: 'map', key: text, value: int }, '{ }'))).toBe('{}');
  });

  it('names the place of what is wrong without its index or key', () => {
    expect(reasons(value({ kind: 'array', element: address }, '[{"zip":"a"},{"zip":1},{"lat":null}]'))).toEqual(['drift v[].zip']);
    expect(reasons(value({ kind: 'map', key: text, value: int }, '{"secret":"x"}'))).toEqual(['drift v{}']);
    expect(reasons(value({ kind: 'array', element: int }, '[1,null]'))).toEqual(['drift v[]']);
  });

  it('keeps json as compact text with its own digits and order', () => {
    expect(rowOf(value(json, '{ "b" : [ 1.10 , 12345678901234567890 ], "a":"\\u00e9\\n" }'))['v']).toBe(
      '{"b":[1.10,12345678901234567890],"a":"é\\n"}',
    );
    expect(rowOf(value(json, '"text"'))['v']).toBe('"text"');
    expect(rowOf(value(json, 'null'))['v']).toBeNull();
  });

  it('reads 200,000 nested arrays without overflow, and refuses what is nested deeper than engines read', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(reasons(value(json, nested(200_000)))).toEqual(['depth v']);
    expect(reasons(conformed(orders, `{"id":"a","amount":1,"x":${nested(200_000)}}`))).toEqual(['depth _extra']);
    expect(reasons(value(int, nested(200_000)))).toEqual(['depth v', 'drift v']);
    expect(reasons(conformed(orders, nested(200_000)))).toContain('shape');
    expect(rowOf(value(json, nested(64)))['v']).toBe(nested(64));
    expect(reasons(value(json, `${'{"a":'.repeat(100_000)}1`))).toEqual(['parse']);
  });
});

describe('gzip', () => {
  const packed = (body: string | Buffer) => gzipSync(body);

  it('F-21 unpacks a gzip record, whatever it was said to be', () => {
    expect(rowOf(conformed(orders, packed('{"id":"a","amount":1}')))['id']).toBe('a');
    expect(conformed(orders, packed('\ufeff{"id":"a","amount":1}'))).toMatchObject({ bom: true });
  });

  it('F-21 refuses gzip in gzip, and gzip that is cut off or broken', () => {
    expect(reasons(conformed(orders, packed(packed('{"id":"a","amount":1}'))))).toEqual(['gzip']);
    const whole = packed('{"id":"a","amount":1}');
    for (let end = 2; end < whole.length; end++) expect(reasons(conformed(orders, whole.subarray(0, end)))).toEqual(['gzip']);
    const broken = Buffer.from(whole);
    broken[whole.length - 6] = (broken[whole.length - 6] as number) ^ 1;
    expect(reasons(conformed(orders, broken))).toEqual(['gzip']);
  });

  it('F-21 refuses a record that unpacks to more than the limit', () => {
    const bomb = packed(Buffer.alloc(64 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    expect(reasons(conformed(orders, bomb))).toEqual(['gzip']);
  });
});

describe('reasons', () => {
  it("F-34 never hold a value, an unknown name or a library's words", () => {
    const canary = 'ada.lovelace@example.org';
    const spec = specOf(
      column('id', int),
      column('at', timestamp),
      column('one', { kind: 'oneOf', values: ['x'] }),
      column('m', { kind: 'map', key: text, value: int }),
    );
    const outcome = conformed(spec, JSON.stringify({ id: canary, at: canary, one: canary, m: { [canary]: canary }, [canary]: canary }));
    expect(reasons(outcome)).toEqual(['drift id', 'timestamp at', 'oneOf one', 'drift m{}']);
    expect(JSON.stringify(outcome)).not.toContain('ada');
    expect(JSON.stringify(conformed(spec, `{"email": "${canary}" oops`))).not.toContain('ada');
  });

  it('stay few, however much is wrong', () => {
    const outcome = value({ kind: 'array', element: int }, `[${Array(10_000).fill('"x"').join(',')}]`);
    expect(reasons(outcome)).toEqual(['drift v[]']);
  });
});
