import { mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { array, contract, icebergColumns, int, LakeError, SchemaLock, text } from '../../lib/contract/index.js';
import { parseLock, renderLock } from '../../lib/contract/schema-lock.js';
import { tableColumns } from './arbitrary-spec.js';

const first = contract('orders', { order_id: text().key(), amount: int() });
const second = contract('orders', { order_id: text().key(), tags: array(text()), amount: int() });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'schema.lock.json');
});

function idsFor(table: string, { spec }: { readonly spec: Parameters<typeof icebergColumns>[0] }): Record<string, number> {
  return Object.fromEntries(SchemaLock.file(path).idsFor(table, spec));
}

describe('a schema lock in a file', () => {
  it('makes the file at the first synth and keeps numbers at the next', () => {
    expect(idsFor('silver.orders', first)).toEqual({ order_id: 1, amount: 2 });
    expect(idsFor('silver.orders', second)).toEqual({ order_id: 1, amount: 2, tags: 3, 'tags.element': 4 });
    expect(readdirSync(folder)).toEqual(['schema.lock.json']);
  });

  it('gives a new partition a new number, and one that comes back its old one', () => {
    const lock = SchemaLock.file(path);
    lock.idsFor('silver.orders', first.spec);
    const numbers = (['day', 'month', 'day'] as const).map((by) => lock.partitionFor('silver.orders', { source: 2, by }));
    expect([...numbers, lock.partitionFor('silver.orders', { source: 1, by: 'day' })]).toEqual([1000, 1001, 1000, 1002]);
    expect(lock.partitionFor('gold.orders', { source: 1, by: 'year' })).toBe(1000);
  });

  it('remembers partitions where columns change', () => {
    idsFor('silver.orders', first);
    SchemaLock.file(path).partitionFor('silver.orders', { source: 2, by: 'day' });
    idsFor('silver.orders', second);
    expect(parseLock(path, readFileSync(path, 'utf8'))['silver.orders']!.partitions).toEqual([{ id: 1000, source: 2, by: 'day' }]);
    expect(readFileSync(path, 'utf8')).toContain('"partitions": [\n        {"id":1000,"source":2,"by":"day"}\n      ]');
  });

  it('keeps tables apart', () => {
    idsFor('silver.orders', first);
    expect(idsFor('gold.orders', second)).toEqual({ order_id: 1, tags: 2, amount: 3, 'tags.element': 4 });
    expect(idsFor('silver.orders', first)).toEqual({ order_id: 1, amount: 2 });
  });

  it('reads as one field a line, tables by name', () => {
    idsFor('silver.orders', second);
    idsFor('gold.orders', first);
    idsFor('silver.orders', first);
    expect(readFileSync(path, 'utf8')).toMatchInlineSnapshot(`
      "{
        "note": "Numbers of Iceberg fields. Written at synth; commit it. To rename a column and keep its values, change its path here as well.",
        "version": 1,
        "tables": {
          "gold.orders": {
            "lastId": 2,
            "fields": [
              {"id":1,"path":"order_id","type":"string"},
              {"id":2,"path":"amount","type":"int"}
            ],
            "retired": []
          },
          "silver.orders": {
            "lastId": 4,
            "fields": [
              {"id":1,"path":"order_id","type":"string"},
              {"id":3,"path":"amount","type":"int"}
            ],
            "retired": [
              {"id":2,"path":"tags","type":"list"},
              {"id":4,"path":"tags.element","type":"string","in":2}
            ]
          }
        }
      }
      "
    `);
  });

  it('leaves the file alone when nothing has changed', () => {
    idsFor('silver.orders', first);
    utimesSync(path, 1, 1);
    idsFor('silver.orders', first);
    expect(statSync(path).mtimeMs).toBe(1000);
  });

  it('keeps the values of a column that is renamed in the file as well', () => {
    idsFor('silver.orders', first);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"amount"', '"total"'));
    expect(idsFor('silver.orders', contract('orders', { order_id: text().key(), total: int() }))).toEqual({ order_id: 1, total: 2 });
  });

  it('serves two stacks that share it', () => {
    const [one, other] = [SchemaLock.file(path), SchemaLock.file(path)];
    one.idsFor('silver.orders', first.spec);
    other.idsFor('silver.payments', first.spec);
    expect(Object.fromEntries(one.idsFor('silver.orders', second.spec))).toMatchObject({ amount: 2, tags: 3 });
    expect(Object.keys(parseLock(path, readFileSync(path, 'utf8')))).toEqual(['silver.orders', 'silver.payments']);
  });

  it('reads what it has written', () => {
    fc.assert(
      fc.property(tableColumns, tableColumns, (before, after) => {
        const lock = SchemaLock.file(join(mkdtempSync(join(folder, 'each-')), 'lock.json'));
        lock.idsFor('silver.t', before);
        const ids = lock.idsFor('silver.t', after);
        expect(lock.idsFor('silver.t', after)).toEqual(ids);
        // Every field of the schema has a number.
        expect(icebergColumns(after, ids)).toHaveLength(after.columns.length);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['text that is no JSON', '<<<<<<< HEAD', 'it is no JSON'],
    ['another version', '{"version": 2, "tables": {}}', 'its version is 2'],
    ['null', 'null', 'its version is undefined'],
    ['no tables', '{"version": 1}', "it has no 'tables'"],
    ['a table of another shape', '{"version": 1, "tables": {"a.b": {"fields": []}}}', "table 'a.b' is not lastId, fields and retired"],
    ['an empty table', '{"version": 1, "tables": {"a.b": null}}', "table 'a.b' is not lastId, fields and retired"],
    [
      'a field without a path',
      '{"version": 1, "tables": {"a.b": {"lastId": 1, "fields": [{"id": 1, "type": "int"}], "retired": []}}}',
      'each field with id, path and type',
    ],
    [
      'one number on two lines, as merges make it',
      '{"version": 1, "tables": {"a.b": {"lastId": 1, "fields": [{"id": 1, "path": "x", "type": "int"}, {"id": 1, "path": "y", "type": "int"}], "retired": []}}}',
      'gives id 1 to two fields: after a merge, give the later one the next free id',
    ],
  ])('refuses %s rather than start afresh', (_what, content, message) => {
    writeFileSync(path, content);
    expect(() => idsFor('silver.orders', first)).toThrow(LakeError);
    expect(() => idsFor('silver.orders', first)).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });
});

describe('no schema lock', () => {
  it('numbers by order of declaration', () => {
    expect(Object.fromEntries(SchemaLock.none().idsFor('silver.orders', second.spec))).toEqual({
      order_id: 1,
      tags: 2,
      amount: 3,
      'tags.element': 4,
    });
  });
});

it('renders an empty lock that can be read', () => {
  expect(parseLock('x', renderLock({}))).toEqual({});
});
