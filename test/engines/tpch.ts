import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { quoteIdentifier as q } from '../../lib/sql/literal.js';
import { type CatalogTable, catalogTable } from '../../lib/sql/types/catalog.js';
import { fromTrinoType } from '../../lib/sql/types/parse-type.js';
import { type SqlType, typeText } from '../../lib/sql/types/sql-type.js';
import { TableEngines } from './table-engines.js';

/** Where the tables (`<name>.csv.gz`, `|` between fields, with a header) and the queries (`q01.sql` …) are. They are not part of this project. */
export const TPCH = process.env['MEDALLION_TPCH'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared/data/tpch');
export const HAS_TPCH = existsSync(join(TPCH, 'q01.sql'));

/** The schema of the specification; keys as integers of their size, money as decimals. */
const SCHEMA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  region: { r_regionkey: 'integer', r_name: 'varchar', r_comment: 'varchar' },
  nation: { n_nationkey: 'integer', n_name: 'varchar', n_regionkey: 'integer', n_comment: 'varchar' },
  supplier: {
    s_suppkey: 'bigint',
    s_name: 'varchar',
    s_address: 'varchar',
    s_nationkey: 'integer',
    s_phone: 'varchar',
    s_acctbal: 'decimal(15,2)',
    s_comment: 'varchar',
  },
  customer: {
    c_custkey: 'bigint',
    c_name: 'varchar',
    c_address: 'varchar',
    c_nationkey: 'integer',
    c_phone: 'varchar',
    c_acctbal: 'decimal(15,2)',
    c_mktsegment: 'varchar',
    c_comment: 'varchar',
  },
  part: {
    p_partkey: 'bigint',
    p_name: 'varchar',
    p_mfgr: 'varchar',
    p_brand: 'varchar',
    p_type: 'varchar',
    p_size: 'integer',
    p_container: 'varchar',
    p_retailprice: 'decimal(15,2)',
    p_comment: 'varchar',
  },
  partsupp: {
    ps_partkey: 'bigint',
    ps_suppkey: 'bigint',
    ps_availqty: 'integer',
    ps_supplycost: 'decimal(15,2)',
    ps_comment: 'varchar',
  },
  orders: {
    o_orderkey: 'bigint',
    o_custkey: 'bigint',
    o_orderstatus: 'varchar',
    o_totalprice: 'decimal(15,2)',
    o_orderdate: 'date',
    o_orderpriority: 'varchar',
    o_clerk: 'varchar',
    o_shippriority: 'integer',
    o_comment: 'varchar',
  },
  lineitem: {
    l_orderkey: 'bigint',
    l_partkey: 'bigint',
    l_suppkey: 'bigint',
    l_linenumber: 'integer',
    l_quantity: 'decimal(15,2)',
    l_extendedprice: 'decimal(15,2)',
    l_discount: 'decimal(15,2)',
    l_tax: 'decimal(15,2)',
    l_returnflag: 'varchar',
    l_linestatus: 'varchar',
    l_shipdate: 'date',
    l_commitdate: 'date',
    l_receiptdate: 'date',
    l_shipinstruct: 'varchar',
    l_shipmode: 'varchar',
    l_comment: 'varchar',
  },
};

const TABLES: readonly CatalogTable[] = Object.entries(SCHEMA).map(([name, columns]) =>
  catalogTable({
    database: 'tpch_sample',
    name,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type: fromTrinoType(type) as SqlType, nullable: false })),
  }),
);

export function tpchQueries(): { name: string; sql: string }[] {
  return readdirSync(TPCH)
    .filter((file) => /^q\d\d\.sql$/.test(file))
    .sort()
    .map((file) => ({ name: file.slice(0, 3), sql: readFileSync(join(TPCH, file), 'utf8').trim().replace(/;$/, '') }));
}

export async function openTpch(): Promise<TableEngines> {
  const engines = await TableEngines.open(TABLES);
  for (const table of TABLES) {
    const file = join(TPCH, `${table.name}.csv.gz`);
    const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n').slice(1);
    await engines.load(table, {
      trino: chunks(lines).map((chunk) => rowsOf(table, chunk)),
      duckdb: `select * from read_csv('${file}', delim = '|', header = true, quote = '', all_varchar = true)`,
    });
  }
  return engines;
}

/** Trino takes at most a million characters: a table comes as lines of text, which it splits itself. */
const CHUNK = 400_000;

function chunks(lines: readonly string[]): string[][] {
  const all: string[][] = [[]];
  let size = 0;
  for (const line of lines) {
    if (size > CHUNK) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(line);
    size += line.length + 1;
  }
  return all;
}

function rowsOf(table: CatalogTable, lines: readonly string[]): string {
  const columns = table.columns.map(({ name, type }, n) => `cast(f[${n + 1}] as ${typeText(type)}) as ${q(name)}`);
  const text = lines.join('\n').replaceAll("'", "''");
  return `select ${columns.join(', ')} from (select split(line, '|') as f from unnest(split('${text}', chr(10))) as t (line))`;
}
