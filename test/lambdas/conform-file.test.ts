import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { conformFile, type FileFormat, type LandedFile } from '../../lambdas/conform-file/conform-file.js';
import { etagOf } from './memory-store.js';
import { makeTable, ORDERS, payloadOf, quarantined } from './orders.js';

const NINE = Date.UTC(2026, 0, 31, 9);

type Table = ReturnType<typeof makeTable>;

/** Drops a file in the landing bucket, as S3 would tell of it. */
function drop(table: Table, name: string, content: string | Buffer, arrivedAtMs = NINE): LandedFile {
  const body = Buffer.from(content);
  const key = `orders/${name}`;
  table.store.objects.set(`landing/${key}`, body);
  return { bucket: 'landing', key, etag: etagOf(body), size: body.length, arrivedAtMs };
}

async function dropped(name: string, content: string | Buffer, format?: FileFormat) {
  const table = makeTable();
  const { counts } = await conformFile(drop(table, name, content), table, { format });
  return { table, counts, ids: table.store.rows('bronze').map((row) => row['id']), refused: quarantined(table) };
}

const NDJSON = '{"id":"a","amount":1}\n{"id":"b","amount":2}\n{"id":"c","amount":3}\n';
const CSV = 'id,amount,note\na,1,"x, ""y""\nz"\nb,2,\nc,3,é\n';

describe('files of JSON lines', () => {
  it('become rows whose position is the file, its content and the record', async () => {
    const { table, counts, ids } = await dropped('day 1.ndjson', NDJSON);
    expect(counts).toEqual({ written: 3, rejected: 0, bom: 0, drifted: 0 });
    expect(ids).toEqual(['a', 'b', 'c']);
    const etag = etagOf(Buffer.from(NDJSON));
    expect(table.store.rows('bronze')[1]).toMatchObject({
      _position: `orders/day 1.ndjson@${etag}/2`,
      _arrived_at: '2026-01-31 09:00:00.000000',
    });
    expect(table.store.keys('bronze').filter((key) => key.startsWith('orders/arrival=2026-01-31-09/'))).toHaveLength(1);
  });

  it('F-2 F-5 keep what is no record, line by line', async () => {
    const { counts, refused } = await dropped('x.jsonl', '{"id":"a","amount":1}\r\n\n  \n{"id":\n[1]\n{"id":"b","amount":2}{}\n');
    expect(counts).toMatchObject({ written: 1, rejected: 4 });
    expect(refused.map((record) => record.reasons[0]!.rule)).toEqual(['shape', 'parse', 'shape', 'framing']);
    expect(payloadOf(refused[1]!)).toBe('{"id":');
  });

  it('F-3 lose one byte-order mark at their beginning, and none elsewhere', async () => {
    const { ids, refused } = await dropped('x.ndjson', `\ufeff${NDJSON}\ufeff{"id":"d","amount":4}\n`);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(refused.map((record) => record.reasons)).toEqual([[{ rule: 'parse', field: '' }]]);
  });

  it('F-6 F-7 refuse a line that is too long or no text, and keep its neighbours', async () => {
    const content = Buffer.concat([
      Buffer.from(NDJSON),
      Buffer.alloc(1_100_000, 0x61),
      Buffer.from('\n{"id":"'),
      Buffer.from([0xff]),
      Buffer.from('","amount":1}\n{"id":"d","amount":4}'),
    ]);
    const { ids, refused } = await dropped('x.ndjson', content);
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
    expect(refused.map((record) => record.reasons[0]!.rule)).toEqual(['size', 'encoding']);
  });

  it('F-42 that are empty make nothing', async () => {
    for (const content of ['', '\ufeff', '\n\n', gzipSync('')]) {
      const { counts, table } = await dropped('x.ndjson', content);
      expect(counts).toEqual({ written: 0, rejected: 0, bom: 0, drifted: 0 });
      expect(table.store.keys('bronze').filter((key) => key.includes('arrival='))).toEqual([]);
      expect(table.store.keys('quarantine')).toEqual([]);
    }
  });
});

describe('gzip files', () => {
  it('F-21 are known by their bytes, not by their names', async () => {
    for (const name of ['x.ndjson.gz', 'x.ndjson', 'x.csv']) {
      const content = name.includes('csv') ? CSV : NDJSON;
      expect((await dropped(name, gzipSync(content))).ids).toEqual(['a', 'b', 'c']);
    }
    expect((await dropped('x.ndjson.gz', NDJSON)).ids).toEqual(['a', 'b', 'c']);
    expect((await dropped('x.ndjson.gz', Buffer.concat([gzipSync(NDJSON), gzipSync('{"id":"d","amount":1}\n')]))).ids).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('F-21 packed twice are refused', async () => {
    const { counts, refused } = await dropped('x.ndjson.gz', gzipSync(gzipSync(NDJSON)));
    expect(counts).toMatchObject({ written: 0, rejected: 1 });
    expect(refused[0]!.reasons[0]!.rule).toBe('gzip');
  });

  it('F-21 that unpack without end are stopped, and what came before is kept', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(NDJSON), Buffer.alloc(200 * 1024 * 1024, 0x20)]));
    const { ids, refused } = await dropped('x.ndjson.gz', bomb);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(refused.map((record) => record.reasons[0]!.rule)).toEqual(['gzip']);
  });

  it('F-21 that break off keep the records before, at whatever byte: the rest is one refused record', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `{"id":"${(index * 7919) % 1009}","amount":${index}}\n`).join('');
    const whole = gzipSync(lines);
    for (let end = 4; end < whole.length; end++) {
      const { counts, ids, refused } = await dropped('x.ndjson.gz', whole.subarray(0, end));
      expect(counts).toMatchObject({ written: ids.length, rejected: 1 });
      expect(refused[0]!.reasons[0]!.rule).toBe('truncated');
      const kept = ids.map((id, index) => `{"id":"${id}","amount":${index}}\n`).join('') + payloadOf(refused[0]!);
      expect(lines.startsWith(kept)).toBe(true);
    }
  });

  it('F-21 that are damaged keep the records before, the same ones however the bytes arrive', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `{"id":"${Math.imul(index, 2654435761) >>> 0}","amount":${index}}\n`).join(
      '',
    );
    const broken = gzipSync(lines);
    broken.fill(0xff, 150_000, 150_010);
    const kept: unknown[] = [];
    for (const chunk of [1000, 65_536, 77_777]) {
      const table = makeTable();
      table.store.chunk = chunk;
      await conformFile(drop(table, 'x.ndjson.gz', broken), table);
      const ids = table.store.rows('bronze').map((row) => row['id']);
      kept.push(ids);
      expect(ids.length).toBeGreaterThan(10_000);
      expect(quarantined(table).at(-1)!.reasons[0]!.rule).toBe('gzip');
    }
    expect(kept[1]).toEqual(kept[0]);
    expect(kept[2]).toEqual(kept[0]);
  });
});

describe('a file', () => {
  it('cut in the middle of a line keeps the lines before and the half one', async () => {
    const { ids, refused } = await dropped('x.ndjson', NDJSON.slice(0, -8));
    expect(ids).toEqual(['a', 'b']);
    expect(refused.map((record) => [record.reasons[0]!.rule, payloadOf(record)])).toEqual([['parse', '{"id":"c","amo']]);
  });

  it('dropped twice, on whatever day, changes nothing', async () => {
    const table = makeTable();
    await conformFile(drop(table, 'x.ndjson', `${NDJSON}oops\n`), table);
    const before = new Map(table.store.objects);
    const again = await conformFile(drop(table, 'x.ndjson', `${NDJSON}oops\n`, NINE + 7 * 86_400_000), table);
    expect(again.counts).toMatchObject({ written: 3, rejected: 1 });
    expect(table.store.objects).toEqual(before);
  });

  it('with other content under the same name is another file, and so is the same content under another name', async () => {
    const table = makeTable();
    await conformFile(drop(table, 'x.ndjson', NDJSON), table);
    await conformFile(
      drop(table, 'x.ndjson', NDJSON.toUpperCase().replaceAll('ID', 'id').replaceAll('AMOUNT', 'amount')),
      table,
      undefined,
    );
    await conformFile(drop(table, 'y.ndjson', NDJSON), table);
    expect(table.store.rows('bronze')).toHaveLength(9);
    expect(new Set(table.store.rows('bronze').map((row) => row['_position'])).size).toBe(9);
  });

  it('that was replaced before it was read is left to the event of what replaced it', async () => {
    const table = makeTable();
    const file = drop(table, 'x.ndjson', NDJSON);
    drop(table, 'x.ndjson', 'something else');
    expect(await conformFile(file, table)).toMatchObject({ superseded: true, counts: { written: 0, rejected: 0 } });
    expect(table.store.keys('bronze').filter((key) => key.includes('arrival='))).toEqual([]);
  });

  it('of no known kind is refused as one record', async () => {
    const { counts, refused } = await dropped('x.xlsx', 'PK\u0003\u0004');
    expect(counts).toMatchObject({ written: 0, rejected: 1 });
    expect(refused[0]!.reasons).toEqual([{ rule: 'format', field: '' }]);
    expect((await dropped('x.txt', NDJSON, 'ndjson')).ids).toEqual(['a', 'b', 'c']);
    expect((await dropped('x.csv', 'PAR1PAR1', 'csv')).refused[0]!.reasons[0]!.rule).toBe('format');
  });

  it.each(['orders/%2e%2e/x', 'orders//x', 'orders/a\nb', `orders/${'k'.repeat(1018)}`, 'orders/x?versionId=1#y'])(
    "F-36 named %j cannot lead out of its table's prefix",
    async (key) => {
      const table = makeTable();
      const body = Buffer.from(NDJSON);
      table.store.objects.set(`landing/${key}`, body);
      await conformFile({ bucket: 'landing', key, etag: etagOf(body), size: body.length, arrivedAtMs: NINE }, table, { format: 'ndjson' });
      const written = [...table.store.keys('bronze'), ...table.store.keys('quarantine')];
      expect(written.length).toBeGreaterThan(0);
      for (const path of written)
        expect(path).toMatch(/^orders\/(_files\/[0-9a-f]{32}\.json|arrival=2026-01-31-09\/[0-9a-f]{32}-1-3-[0-9a-f]{12}\.ndjson\.gz)$/);
      expect(table.store.rows('bronze').map((row) => row['_position'])).toEqual([1, 2, 3].map((row) => `${key}@${etagOf(body)}/${row}`));
    },
  );

  it("below another table's prefix is an error", async () => {
    const table = makeTable();
    await expect(conformFile({ ...drop(table, 'x.ndjson', NDJSON), key: 'payments/x.ndjson' }, table)).rejects.toThrow(
      "not below the prefix of table 'orders'",
    );
  });

  it('F-23 F-24 that failed in the middle is written whole by the next try', async () => {
    const lines = Array.from({ length: 45 }, (_, index) => (index % 10 === 7 ? 'oops\n' : `{"id":"${index}","amount":1}\n`)).join('');
    const clean = makeTable();
    await conformFile(drop(clean, 'x.ndjson', lines), clean, { pieceRows: 20 });
    expect(clean.store.keys('bronze').filter((key) => key.includes('arrival='))).toHaveLength(3);
    const table = makeTable();
    table.store.failing = (path, attempt) =>
      path.startsWith('bronze/') && path.includes('-21-40-') && attempt === 1 ? 'after' : undefined;
    const file = drop(table, 'x.ndjson', lines);
    await expect(conformFile(file, table, { pieceRows: 20 })).rejects.toThrow('s3 put failed');
    await conformFile(file, table, { pieceRows: 20 });
    expect([...table.store.objects.keys()].sort()).toEqual([...clean.store.objects.keys()].sort());
    for (const [path, body] of clean.store.objects) expect(table.store.objects.get(path)!.equals(body)).toBe(true);
  });

  it('F-40 whose refused records cannot be kept writes no row either', async () => {
    const table = makeTable();
    table.store.failing = (path) => (path.startsWith('quarantine/') ? 'before' : undefined);
    await expect(conformFile(drop(table, 'x.ndjson', `${NDJSON}oops\n`), table)).rejects.toThrow('s3 put failed');
    expect(table.store.keys('bronze').filter((key) => key.includes('arrival='))).toEqual([]);
  });
});

describe('CSV files', () => {
  it("become rows of the contract's types: an empty cell is null, text stays text", async () => {
    const { table, counts } = await dropped('x.csv', CSV);
    expect(counts).toEqual({ written: 3, rejected: 0, bom: 0, drifted: 0 });
    expect(table.store.rows('bronze').map(({ id, amount, note }) => [id, amount, note])).toEqual([
      ['a', '1.00', 'x, "y"\nz'],
      ['b', '2.00', null],
      ['c', '3.00', 'é'],
    ]);
  });

  it('may have a byte-order mark, other line ends, another order and columns that are not known', async () => {
    const { table } = await dropped('x.csv', '\ufeffnew,amount,id\r\n7,1.50,007\r\n,2,"b"\r\n');
    expect(table.store.rows('bronze').map(({ id, amount, _extra }) => [id, amount, _extra])).toEqual([
      ['007', '1.50', '{"new":"7"}'],
      ['b', '2.00', null],
    ]);
  });

  it('without a required column have every row refused; without an optional one it is null', async () => {
    const { counts, refused } = await dropped('x.csv', 'id,note\na,x\nb,y\n');
    expect(counts).toMatchObject({ written: 0, rejected: 2 });
    expect(refused[0]!.reasons).toEqual([{ rule: 'drift', field: 'amount' }]);
    expect(payloadOf(refused[0]!)).toBe('a,x');
    expect((await dropped('x.csv', 'id,amount\na,1\n')).table.store.rows('bronze')[0]!['note']).toBeNull();
  });

  it('refuse single lines: another number of cells, a quote out of place, a wrong value, bytes that are no text', async () => {
    const rows = ['a,1,x', 'b,1', 'c,1,x,y', 'd,"1"2,x', 'e,ten,x', 'f,1 ,x', ',1,x', 'g,1,\u00e9', 'h,1.005,x', 'i,1,"x'];
    const content = Buffer.concat([
      Buffer.from(`id,amount,note\n${rows.join('\n')}\n`),
      Buffer.from('j,1,'),
      Buffer.from([0xff]),
      Buffer.from('\nk,1,x\n'),
    ]);
    const { ids, refused } = await dropped('x.csv', content);
    expect(ids).toEqual(['a', 'g', 'k']);
    expect(refused.map((record) => record.reasons.map(({ rule, field }) => `${rule} ${field}`.trim()).join())).toEqual([
      'framing',
      'framing',
      'framing',
      'number amount',
      'number amount',
      'drift id',
      'scale amount',
      'framing',
      'encoding',
    ]);
  });

  it('with a quote that never ends lose that line only', async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index},1,some text to fill the line\n`).join('');
    const { counts, refused } = await dropped('x.csv', `id,amount,note\n"open,1,x\n${lines}`);
    expect(counts).toMatchObject({ written: 60_000, rejected: 1 });
    expect(payloadOf(refused[0]!)).toBe('"open,1,x');
  });

  it('with the same column twice are refused row by row', async () => {
    const { refused } = await dropped('x.csv', 'id,id,amount\na,b,1\n');
    expect(refused.map((record) => record.reasons)).toEqual([[{ rule: 'duplicate', field: '' }]]);
  });

  it('that break off inside a quoted cell keep every byte: rows, and one refused record', async () => {
    const whole = gzipSync(CSV);
    for (let end = 4; end < whole.length; end++) {
      const { counts, refused } = await dropped('x.csv', whole.subarray(0, end));
      expect(counts.rejected).toBe(1);
      expect(refused[0]!.reasons[0]!.rule).toBe('truncated');
      expect(Buffer.from(CSV).includes(Buffer.from(refused[0]!.payload_base64!, 'base64'))).toBe(true);
    }
  });
});

it('F-34 nothing that a file holds or is called reaches an error', async () => {
  const table = makeTable(ORDERS);
  table.store.failing = () => 'before';
  const failure = await conformFile(drop(table, 'ada@example.org.ndjson', '{"id":"ada@example.org"'), table).catch(
    (error: unknown) => error,
  );
  expect(String(failure) + JSON.stringify(failure)).not.toContain('ada');
});
