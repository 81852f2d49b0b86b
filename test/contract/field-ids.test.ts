import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignIds, type LockedField, type LockedTable, NOTHING_LOCKED, type TypeSpec } from '../../lib/contract/index.js';
import { tableColumns } from './arbitrary-spec.js';

type Table = Parameters<typeof assignIds>[1];

const history = fc.array(tableColumns, { minLength: 1, maxLength: 8 });

/** Every state of a table's lock along its history. */
function locks(tables: readonly Table[]): LockedTable[] {
  let locked = NOTHING_LOCKED;
  return tables.map((table) => {
    locked = assignIds(locked, table).locked;
    return locked;
  });
}

function columns(shape: Readonly<Record<string, TypeSpec | TypeSpec['kind']>>): Table {
  const fields = Object.entries(shape).map(([name, type]) => ({
    name,
    type: (typeof type === 'string' ? { kind: type } : type) as TypeSpec,
    nullable: false,
  }));
  return { columns: fields };
}

function idsAfter(...tables: readonly Table[]): Record<string, number> {
  let locked = NOTHING_LOCKED;
  let ids: ReadonlyMap<string, number> = new Map();
  for (const table of tables) ({ locked, ids } = assignIds(locked, table));
  return Object.fromEntries(ids);
}

const same = (a: LockedField) => (b: LockedField) => a.path === b.path && a.in === b.in && a.type === b.type;

describe('numbers of fields, along any history of a table', () => {
  it('gives no number to two fields: path and parent never change', () => {
    fc.assert(
      fc.property(history, (tables) => {
        const owners = new Map<number, string>();
        for (const { fields, retired } of locks(tables)) {
          const all = [...fields, ...retired];
          expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
          for (const field of all) {
            const owner = `${field.path} in ${field.in}`;
            expect(owners.get(field.id) ?? owner).toBe(owner);
            owners.set(field.id, owner);
          }
        }
      }),
    );
  });

  it('keeps the number of a field that stays, wherever it moves', () => {
    fc.assert(
      fc.property(history, (tables) => {
        const states = locks(tables);
        for (const [index, after] of states.entries()) {
          const before = states[index - 1]?.fields ?? [];
          for (const field of after.fields) {
            const old = before.find(same(field));
            if (old !== undefined) expect(field.id).toBe(old.id);
          }
        }
      }),
    );
  });

  it('depends on the columns, not on their order, once they have numbers', () => {
    fc.assert(
      fc.property(tableColumns, fc.infiniteStream(fc.nat()), (table, random) => {
        const { locked, ids } = assignIds(NOTHING_LOCKED, table);
        const shuffled = table.columns.map((column) => [random.next().value as number, column] as const).sort(([a], [b]) => a - b);
        const again = assignIds(locked, { columns: shuffled.map(([, column]) => column) });
        expect(Object.fromEntries(again.ids)).toEqual(Object.fromEntries(ids));
        expect(again.locked.retired).toEqual([]);
      }),
    );
  });

  it('forgets nothing: every number up to the last is a field or a retired one', () => {
    fc.assert(
      fc.property(history, (tables) => {
        for (const { lastId, fields, retired } of locks(tables)) {
          expect([...fields, ...retired].map(({ id }) => id).sort((a, b) => a - b)).toEqual(
            Array.from({ length: lastId }, (_, index) => index + 1),
          );
        }
      }),
    );
  });

  it('gives nothing new for what it has just numbered', () => {
    fc.assert(
      fc.property(history, (tables) => {
        const locked = locks(tables).at(-1)!;
        expect(assignIds(locked, tables.at(-1)!).locked).toEqual(locked);
      }),
    );
  });

  it('gives no number again when retired lines are taken out by hand', () => {
    fc.assert(
      fc.property(history, tableColumns, (tables, next) => {
        const locked = locks(tables).at(-1)!;
        const { fields } = assignIds({ ...locked, retired: [] }, next).locked;
        const gone = new Set(locked.retired.map(({ id }) => id));
        expect(fields.filter(({ id }) => gone.has(id))).toEqual([]);
      }),
    );
  });
});

describe('numbers of fields', () => {
  it('counts a new table level by level, as Iceberg does', () => {
    const address = { kind: 'struct', fields: [{ name: 'zip', type: { kind: 'text' }, nullable: true }] } as const;
    expect(
      idsAfter(
        columns({
          id: 'text',
          tags: { kind: 'array', element: address },
          prices: { kind: 'map', key: { kind: 'text' }, value: { kind: 'int' } },
          n: 'int',
        }),
      ),
    ).toEqual({
      id: 1,
      tags: 2,
      prices: 3,
      n: 4,
      'tags.element': 5,
      'prices.key': 6,
      'prices.value': 7,
      'tags.element.zip': 8,
    });
  });

  it('puts a column that is inserted at the end of the numbers', () => {
    expect(idsAfter(columns({ a: 'text', b: 'int' }), columns({ a: 'text', x: 'date', b: 'int' }))).toEqual({ a: 1, x: 3, b: 2 });
  });

  it('gives a dropped column its own number back, and to no other', () => {
    const full = columns({ a: 'text', b: 'int' });
    expect(idsAfter(full, columns({ a: 'text' }), columns({ a: 'text', c: 'int' }))).toEqual({ a: 1, c: 3 });
    expect(idsAfter(full, columns({ a: 'text' }), columns({ a: 'text', c: 'int' }), columns({ a: 'text', b: 'int', c: 'int' }))).toEqual({
      a: 1,
      b: 2,
      c: 3,
    });
  });

  it.each([
    ['int', 'bigint'],
    [
      { kind: 'decimal', precision: 10, scale: 2 },
      { kind: 'decimal', precision: 12, scale: 2 },
    ],
    ['text', 'json'],
  ] as const)('keeps the number where Iceberg can read the old values: %j to %j', (from, to) => {
    expect(idsAfter(columns({ a: from }), columns({ a: to }))).toEqual({ a: 1 });
  });

  it.each([
    ['bigint', 'int'],
    ['int', 'text'],
    ['date', 'timestamp'],
    [
      { kind: 'decimal', precision: 12, scale: 2 },
      { kind: 'decimal', precision: 12, scale: 3 },
    ],
    [
      { kind: 'decimal', precision: 12, scale: 2 },
      { kind: 'decimal', precision: 11, scale: 2 },
    ],
    [{ kind: 'array', element: { kind: 'text' } }, 'text'],
  ] as const)('gives another number where it cannot: %j to %j', (from, to) => {
    expect(idsAfter(columns({ a: from }), columns({ a: to }))['a']).not.toBe(1);
  });

  it('numbers what is in a column anew when the column itself is another', () => {
    const struct = { kind: 'struct', fields: [{ name: 'key', type: { kind: 'text' }, nullable: false }] } as const;
    const map = { kind: 'map', key: { kind: 'text' }, value: { kind: 'int' } } as const;
    expect(idsAfter(columns({ a: struct }), columns({ a: map }))).toEqual({ a: 3, 'a.key': 4, 'a.value': 5 });
    expect(idsAfter(columns({ a: struct }), columns({ a: map }), columns({ a: struct }))).toEqual({ a: 1, 'a.key': 2 });
  });

  it('prefers the column as it is to one that was dropped', () => {
    const [int, bigint, text] = (['int', 'bigint', 'text'] as const).map((kind) => columns({ a: kind })) as [Table, Table, Table];
    // 1 is promoted to bigint and dropped; the int column 3 then grows and keeps its values.
    expect(idsAfter(int, bigint, text, int, bigint)).toEqual({ a: 3 });
  });

  it('prefers a dropped column of the same type to one that could be widened', () => {
    const [int, bigint, text] = (['int', 'bigint', 'text'] as const).map((kind) => columns({ a: kind })) as [Table, Table, Table];
    expect(idsAfter(bigint, int, text, bigint)).toEqual({ a: 1 });
    expect(idsAfter(bigint, int, text, int)).toEqual({ a: 2 });
  });
});
