import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformFile } from '../../lambdas/conform-file/conform-file.js';
import type { ContractSpec, TypeSpec } from '../../lib/contract/spec.js';
import { column, specOf } from '../model/conform/specs.js';
import { etagOf } from './memory-store.js';
import { makeTable, payloadOf, quarantined } from './orders.js';

let folder: string;
let duckdb: Awaited<ReturnType<DuckDBInstance['connect']>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medallion-parquet-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A Parquet file that DuckDB wrote. */
async function parquet(query: string, options = ''): Promise<Buffer> {
  const path = join(folder, 'x.parquet');
  await duckdb.run(`copy (${query}) to '${path}' (format parquet${options})`);
  return readFileSync(path);
}

async function conformed(spec: ContractSpec, body: Buffer) {
  const table = makeTable(spec);
  table.store.objects.set('landing/orders/x.parquet', body);
  const file = { bucket: 'landing', key: 'orders/x.parquet', etag: etagOf(body), size: body.length, arrivedAtMs: Date.UTC(2026, 0, 31, 9) };
  const { counts } = await conformFile(file, table);
  return { counts, rows: table.store.rows('bronze'), refused: quarantined(table) };
}

const nullable = (name: string, type: TypeSpec) => column(name, type, { nullable: true });

async function value(type: TypeSpec, expression: string): Promise<unknown> {
  const { rows, refused } = await conformed(specOf(nullable('v', type)), await parquet(`select ${expression} as v`));
  return rows.length === 1 ? rows[0]!['v'] : refused[0]!.reasons.map(({ rule }) => rule).join();
}

describe('Parquet files', () => {
  it.each([
    [{ kind: 'text' }, "'é😀'", 'é😀'],
    [{ kind: 'boolean' }, 'true', true],
    [{ kind: 'int' }, '7::tinyint', 7],
    [{ kind: 'int' }, '4294967295::uinteger', 'overflow'],
    [{ kind: 'int' }, '7::double', 7],
    [{ kind: 'bigint' }, '9007199254740991', 9007199254740991],
    [{ kind: 'double' }, '0.1::double', 0.1],
    [{ kind: 'double' }, "'nan'::double", 'number'],
    [{ kind: 'double' }, "'-infinity'::double", 'number'],
    [{ kind: 'decimal', precision: 4, scale: 2 }, '-1.5::decimal(4,2)', '-1.50'],
    [{ kind: 'decimal', precision: 18, scale: 4 }, '12345678901234.5678::decimal(18,4)', '12345678901234.5678'],
    [
      { kind: 'decimal', precision: 38, scale: 10 },
      '1234567890123456789012345678.1234567891::decimal(38,10)',
      '1234567890123456789012345678.1234567891',
    ],
    [
      { kind: 'decimal', precision: 38, scale: 0 },
      '-99999999999999999999999999999999999999::decimal(38,0)',
      '-99999999999999999999999999999999999999',
    ],
    [{ kind: 'decimal', precision: 38, scale: 1 }, '1.25::decimal(4,2)', 'scale'],
    [{ kind: 'date' }, "date '2024-02-29'", '2024-02-29'],
    [{ kind: 'date' }, "date '0001-01-01'", '0001-01-01'],
    [{ kind: 'timestamp' }, "timestamp '2026-01-31 08:00:00.123456'", '2026-01-31 08:00:00.123456'],
    [{ kind: 'timestamp' }, "timestamp '1969-12-31 23:59:59.999999'", '1969-12-31 23:59:59.999999'],
    [{ kind: 'timestamp' }, "timestamptz '2026-01-31 08:00:00.5+02:00'", '2026-01-31 06:00:00.500000'],
    [{ kind: 'timestamp' }, "timestamp_ms '2026-01-31 08:00:00.123'", '2026-01-31 08:00:00.123000'],
    [{ kind: 'timestamp' }, "timestamp_ns '2026-01-31 08:00:00.123456789'", 'precision'],
    [{ kind: 'text' }, 'null::varchar', null],
    [{ kind: 'text' }, '7', 'drift'],
    [{ kind: 'oneOf', values: ['a'] }, "'b'", 'oneOf'],
    [{ kind: 'json' }, `'{"b": [1.10]}'::json`, '{"b":[1.10]}'],
    [{ kind: 'array', element: { kind: 'decimal', precision: 6, scale: 2 } }, '[1.5::decimal(6,2), 2]', ['1.50', '2.00']],
    [{ kind: 'array', element: { kind: 'array', element: { kind: 'int' } } }, '[[1,2],[]]', [[1, 2], []]],
    [
      { kind: 'map', key: { kind: 'text' }, value: { kind: 'decimal', precision: 6, scale: 2 } },
      "map {'a': 1.5::decimal(6,2)}",
      { a: '1.50' },
    ],
    [
      { kind: 'struct', fields: [column('z', { kind: 'decimal', precision: 6, scale: 2 }), nullable('t', { kind: 'timestamp' })] },
      "{'z': 1.5::decimal(6,2), 't': timestamp '2026-01-31 08:00:00'}",
      { z: '1.50', t: '2026-01-31 08:00:00.000000' },
    ],
    [{ kind: 'array', element: { kind: 'struct', fields: [column('q', { kind: 'int' })] } }, "[{'q': 1}, {'q': 2}]", [{ q: 1 }, { q: 2 }]],
  ] as [TypeSpec, string, unknown][])('as %j, %s becomes %j', async (type, expression, expected) => {
    expect(await value(type, expression)).toEqual(expected);
  });

  it('keep rows, nulls and order over row groups and codecs', async () => {
    const spec = specOf(
      column('n', { kind: 'bigint' }),
      nullable('t', { kind: 'text' }),
      nullable('d', { kind: 'decimal', precision: 20, scale: 3 }),
    );
    const query =
      "select range as n, case when range % 3 = 0 then null else 'v' || range % 50 end as t, (range / 8)::decimal(20,3) as d from range(10000)";
    for (const codec of ['snappy', 'zstd', 'gzip', 'lz4_raw', 'uncompressed', 'brotli']) {
      const { rows, counts } = await conformed(spec, await parquet(query, `, compression ${codec}, row_group_size 2048`));
      expect(counts).toMatchObject({ written: 10_000, rejected: 0 });
      expect(rows[4567]).toMatchObject({ n: 4567, t: 'v17', d: '570.875' });
      expect(rows[9999]).toMatchObject({ n: 9999, t: null, _position: expect.stringMatching(/\/10000$/) });
    }
  });

  it('F-7 refuse bytes that are marked as text and are none', async () => {
    const body = await parquet("select 'aQZQb' as v", ', compression uncompressed');
    for (let at = body.indexOf('QZQ'); at >= 0; at = body.indexOf('QZQ', at + 1)) body[at] = 0xff;
    const { rows, refused } = await conformed(specOf(nullable('v', { kind: 'text' })), body);
    expect(rows).toEqual([]);
    expect(refused[0]!.reasons).toEqual([{ rule: 'encoding', field: 'v' }]);
  });

  it('keep unknown columns, and what was refused as JSON', async () => {
    const { rows, refused } = await conformed(
      specOf(column('v', { kind: 'int' })),
      await parquet("select unnest([1, null]) as v, 'x' as extra"),
    );
    expect(rows[0]).toMatchObject({ v: 1, _extra: '{"extra":"x"}' });
    expect(payloadOf(refused[0]!)).toBe('{"v":null,"extra":"x"}');
  });

  it('F-42 without rows make nothing', async () => {
    expect((await conformed(specOf(column('v', { kind: 'int' })), await parquet('select 1 as v where false'))).counts).toMatchObject({
      written: 0,
      rejected: 0,
    });
  });

  it('cut in the middle are one refused record: without the footer no row can be read', async () => {
    const body = await parquet('select range as v from range(1000)');
    for (const end of [4, 8, 100, body.length - 1]) {
      const { counts, refused } = await conformed(specOf(column('v', { kind: 'bigint' })), body.subarray(0, end));
      expect(counts).toMatchObject({ written: 0, rejected: 1 });
      expect(refused[0]!.reasons).toEqual([{ rule: 'parse', field: '' }]);
    }
  });
});
