import { quoteIdentifier as q } from '../../lib/sql/literal.js';
import { parseQueryText } from '../../lib/sql/parse/parse.js';
import { printDuckDb } from '../../lib/sql/print/duckdb.js';
import { type CatalogTable, catalogOf, catalogTable } from '../../lib/sql/types/catalog.js';
import { fromTrinoType } from '../../lib/sql/types/parse-type.js';
import { type SqlType, typeText } from '../../lib/sql/types/sql-type.js';
import { TableEngines } from './table-engines.js';

interface LakeTable {
  readonly table: CatalogTable;
  /** Rows as the library's SQL writes their values. */
  readonly rows: readonly string[];
}

/** A column is named with `?` where it may be NULL. */
function lakeTable(name: string, columns: Readonly<Record<string, string>>, rows: readonly string[]): LakeTable {
  const typed = Object.entries(columns).map(([column, type]) => ({
    name: column.replace('?', ''),
    type: fromTrinoType(type) as SqlType,
    nullable: column.endsWith('?'),
  }));
  return { table: catalogTable({ database: '', name, columns: typed }), rows };
}

/** Four small tables of what hurts: NULLs, ties, negatives, the limits of types, microseconds, hours of clock changes, surrogate pairs. */
const LAKE: readonly LakeTable[] = [
  lakeTable(
    'events',
    {
      id: 'bigint',
      'customer?': 'varchar',
      at: 'timestamp(6)',
      kind: 'varchar',
      'amount?': 'decimal(10,2)',
      'payload?': 'varchar',
      'tags?': 'array(varchar)',
      'attrs?': 'map(varchar,varchar)',
    },
    [
      `(1, 'c1', '2026-03-29 00:59:59.999999', 'view', null, '{"page":"/a","ms":12,"user":{"id":7}}', array['a','b'], map(array['k'],array['v']))`,
      `(2, 'c1', '2026-03-29 01:00:00.000000', 'view', null, '{"page":"/b","ms":null}', array['b','b',null], map(array['k','l'],array['v',null]))`,
      `(3, 'c1', '2026-03-29 01:29:59.999999', 'cart', 10.00, '{"page":"[x]","items":[1,2]}', array[], null)`,
      `(4, 'c1', '2026-03-29 02:00:00.000001', 'buy', 10.00, '{"total":"10.00"}', array['😀'], map(array['😀'],array['x']))`,
      `(5, 'c2', '2026-10-25 00:30:00.000000', 'view', -1.50, 'not json', null, null)`,
      `(6, 'c2', '2026-10-25 01:30:00.000000', 'buy', 99999999.99, null, array['a'], null)`,
      `(7, 'c2', '2026-10-25 01:30:00.000000', 'buy', -99999999.99, '{}', array['c','a'], null)`,
      `(8, null, '2026-12-31 23:59:59.999999', 'view', 0.00, '{"page":null}', array['z'], null)`,
      `(9, 'c3', '2024-02-29 12:00:00.500000', 'buy', 0.01, '{"page":"é😀","deep":{"a":{"b":"c"}}}', array['a','😀'], map(array['k'],array['']))`,
      `(10, 'c3', '2024-02-29 12:00:00.500000', 'cart', null, '[1,2,3]', array[null], null)`,
      `(11, 'c4', '1969-12-31 23:59:59.999999', 'view', 5.55, '{"ms":1000000}', array['a','b','c'], null)`,
      `(12, 'c4', '1970-01-01 00:00:00.000000', 'cart', 5.55, '{"ms":-3,"ok":true}', array['b'], map(array['k'],array['w']))`,
      `(13, 'c4', '1970-01-01 00:30:00.000001', 'buy', 5.45, '{"page":""}', null, null)`,
      `(14, 'c9', '2026-01-01 00:00:00.000000', 'view', 2.50, null, array['q'], null)`,
    ],
  ),
  lakeTable(
    'customers',
    { id: 'varchar', 'name?': 'varchar', 'city?': 'varchar', since: 'date', 'referrer?': 'varchar', 'score?': 'double' },
    [
      `('c1', '  Ada Lovelace ', 'London', '2024-02-29', null, 1.5)`,
      `('c2', 'İpek Çelik', 'İzmir', '2025-01-31', 'c1', -0.25)`,
      `('c3', 'straße 😀', 'Köln', '2025-12-31', 'c1', null)`,
      `('c4', '', null, '1969-12-31', 'c2', 1e10)`,
      `('c5', null, 'London', '2026-03-01', 'c4', 0.0)`,
      `('c6', 'O''Neil, Zoë', 'london', '2026-03-01', 'c9', 1.5)`,
    ],
  ),
  lakeTable('prices', { sku: 'varchar', valid_from: 'date', 'valid_to?': 'date', price: 'decimal(38,2)' }, [
    `('s1', '2024-01-01', '2026-03-29', 1.00)`,
    `('s1', '2026-03-29', null, 1.10)`,
    `('s2', '1960-01-01', '2026-10-25', 999999999999999999999999999999999999.99)`,
    `('s2', '2026-10-25', null, -0.01)`,
    `('s3', '2026-01-01', '2026-01-02', 0.00)`,
  ]),
  lakeTable(
    'lines',
    {
      event_id: 'bigint',
      n: 'integer',
      'sku?': 'varchar',
      'quantity?': 'integer',
      'unit?': 'decimal(18,4)',
      'gift?': 'boolean',
      'big?': 'bigint',
      'parts?': 'array(row(name varchar, qty integer))',
    },
    [
      `(3, 1, 's1', 2, 1.0000, true, 9223372036854775807, array[row('x', 1), row('y', null)])`,
      `(3, 2, 's2', -2, 0.3333, false, -9223372036854775807, array[])`,
      `(4, 1, 's1', 7, 1.0001, null, 0, null)`,
      `(4, 2, null, 3, null, true, null, array[row('x', 3)])`,
      `(6, 1, 's2', null, 2.5000, false, 42, array[row('z', -1), row('x', 2)])`,
      `(7, 1, 's1', 2147483647, 99999999999999.9999, true, 1, null)`,
      `(9, 1, 's3', -7, -0.0001, false, -1, array[row(null, 5)])`,
      `(9, 2, 's1', 0, 0.0000, null, 5, array[row('y', 2)])`,
      `(13, 1, 's2', 1, 3.1416, true, 17, array[row('x', 1)])`,
      `(99, 1, 's1', 5, 1.5000, false, 17, null)`,
    ],
  ),
];

/** The tables in a database of that name, filled on all engines. On Trino the values are read by Trino, on the others as the library reads them. */
export async function openLake(database: string): Promise<TableEngines> {
  const lake = LAKE.map(({ table, rows }) => ({ table: { ...table, database }, rows }));
  const engines = await TableEngines.open(lake.map(({ table }) => table));
  for (const { table, rows } of lake) {
    const names = table.columns.map(({ name }) => q(name)).join(', ');
    const typed = table.columns.map(({ name, type }) => `cast(v.${q(name)} as ${typeText(type)}) as ${q(name)}`).join(', ');
    const values = `select ${typed} from (values ${rows.join(', ')}) as v (${names})`;
    await engines.load(table, { trino: [values], duckdb: printDuckDb(parseQueryText(values).ast, catalogOf([])) });
  }
  return engines;
}
