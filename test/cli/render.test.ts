import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedByDatabase } from '../../lib/cli/ask.js';
import { gridOf, objectsOf } from '../../lib/cli/grid.js';
import { nearest } from '../../lib/cli/nearest.js';
import { asCsv, asTable } from '../../lib/cli/render.js';
import type { LakeTable } from '../../lib/local/index.js';

describe('a table on the terminal', () => {
  it('aligns numbers to the right and shows NULL apart from an empty text', () => {
    const report = {
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 's', type: 'VARCHAR' },
      ],
      rows: [
        [1, null],
        [1000, ''],
        [20, 'x'],
      ],
    };
    expect(asTable(gridOf(report)).split('\n')).toEqual(['   n  s', '──────────', '   1  NULL', '1000', '  20  x']);
  });

  it('lets no value move the cursor', () => {
    const shown = asTable({ columns: ['a'], rows: [['red \u001b[31m\nnext\u009b']] });
    expect(shown).toContain('red \\x1b[31m\\x0anext\\x9b');
    expect(shown.split('\n')).toHaveLength(3);
  });
});

describe('CSV', () => {
  it('is read back by another reader as it was', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', ';') });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (rows) => {
        const text = asCsv({ columns: ['a', 'b'], rows });
        expect(parse(text, { from: 2 })).toEqual(rows);
      }),
    );
  });

  it('keeps NULL and the empty text apart', () => {
    expect(asCsv({ columns: ['a', 'b'], rows: [[null, '']] })).toBe('a,b\r\n,""\r\n');
  });
});

describe('JSON', () => {
  it('keeps every column of two with one name', () => {
    const columns = [1, 2].map(() => ({ name: 'n', type: 'INTEGER' }));
    expect(objectsOf({ columns, rows: [[1, 2]] })).toEqual([{ n: 1, n_2: 2 }]);
  });
});

describe('names', () => {
  it.each([
    ['ordrs', 'orders'],
    ['gold.daily_revenu', 'gold.daily_revenue'],
    ['elephants', undefined],
  ])('for %s suggests %s', (typed, meant) => {
    expect(nearest(typed, ['orders', 'gold.daily_revenue', 'payments'])).toBe(meant);
  });

  it('stand for their database in a query, but not inside texts, quoted names and comments', () => {
    const tables = ['silver', 'gold'].map((zone) => ({ zone, database: `shop_dev_${zone}` }) as LakeTable);
    const sql = `select 'gold.x', "gold.x", t.gold.x /* gold.x */ from gold.x join Silver . y -- gold.x`;
    expect(namedByDatabase(sql, tables)).toBe(
      `select 'gold.x', "gold.x", t.gold.x /* gold.x */ from shop_dev_gold.x join shop_dev_silver . y -- gold.x`,
    );
  });
});
