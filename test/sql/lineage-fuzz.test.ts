import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { LakeError } from '../../lib/contract/lake-error.js';
import { type ColumnLineage, DECIDING_KINDS, DIRECT_KINDS, lineageOf } from '../../lib/sql/analyze/lineage.js';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { duckDbType, printAnalyzedDuckDb } from '../../lib/sql/print/duckdb.js';
import { catalogOf } from '../../lib/sql/types/catalog.js';
import { TestDuckDb } from './duckdb.js';
import { COLUMNS, lineageQuery, TABLES } from './lineage-queries.js';

const NAMES = Object.keys(COLUMNS);
const ROWS = 6;
/** Each column has so many sets of values. A table is a view that takes one of each. */
const VERSIONS = 6;
const catalog = catalogOf(TABLES);

/** Base columns as `table.column`, to the version of their values. */
type Versions = (table: string, column: string) => number;

class Lake {
  private readonly duckdb: TestDuckDb;

  private constructor(duckdb: TestDuckDb) {
    this.duckdb = duckdb;
  }

  static async create(): Promise<Lake> {
    const duckdb = await TestDuckDb.create();
    await duckdb.raw('create schema x');
    for (const { name } of TABLES) {
      const [columns, values] = [[] as string[], [] as string[][]];
      for (const [column, { type, value }] of Object.entries(COLUMNS)) {
        for (let version = 0; version < VERSIONS; version++) {
          columns.push(`${column}_${version} ${duckDbType(type)}`);
          values.push(
            fc.sample(value, { seed: [...`${name}${column}${version}`].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7), numRuns: ROWS }),
          );
        }
      }
      const rows = Array.from({ length: ROWS }, (_, row) => `(${values.map((column) => column[row]).join(', ')})`);
      await duckdb.raw(`create table x.all_${name} (${columns.join(', ')}); insert into x.all_${name} values ${rows.join(', ')}`);
    }
    return new Lake(duckdb);
  }

  /** The values of each output column, without order. */
  async columns(sql: string, versions: Versions): Promise<string[]> {
    const views = TABLES.map(({ name }) => {
      const columns = NAMES.map((column) => `${column}_${versions(name, column) % VERSIONS} as ${column}`);
      return `create or replace view x.${name} as select ${columns.join(', ')} from x.all_${name}`;
    });
    await this.duckdb.raw(views.join('; '));
    const rows = await this.duckdb.raw(sql);
    return (rows[0] ?? []).map((_, at) =>
      rows
        .map((row) => JSON.stringify(row[at]))
        .sort()
        .join(),
    );
  }
}

interface Read {
  readonly sql: string;
  readonly lineage: readonly ColumnLineage[];
}

function read(text: string): Read {
  const analyzed = analyze(parseStatementText(text).ast, catalog);
  return { sql: printAnalyzedDuckDb(analyzed), lineage: analyzed.output.map((column) => lineageOf(column.name ?? '', column.lineage)) };
}

/** What a broken analyzer would leave out. */
type Lost = (kinds: readonly string[]) => boolean;
const NOTHING: Lost = () => false;

/** The base columns of an output column, each with every way in which it is involved. */
function involved(column: ColumnLineage, lost: Lost): ReadonlySet<string> {
  const kinds = new Map<string, string[]>();
  const add = (base: { table: string; column: string }, ways: readonly string[]) => {
    const key = `${base.table}.${base.column}`;
    kinds.set(key, [...(kinds.get(key) ?? []), ...ways]);
  };
  for (const base of column.direct) add(base, [base.kind]);
  for (const base of column.deciding) add(base, base.kinds);
  return new Set([...kinds].filter(([, ways]) => !lost(ways)).map(([key]) => key));
}

/** An output column that changes although only columns change that its lineage does not name. */
async function violation(lake: Lake, { sql, lineage }: Read, version: number, change: number, lost: Lost): Promise<string | undefined> {
  const before = await lake.columns(sql, () => version);
  for (const [at, column] of lineage.entries()) {
    const bases = involved(column, lost);
    const after = await lake.columns(sql, (table, name) => (bases.has(`${table}.${name}`) ? version : version + change));
    if (after[at] !== before[at]) return column.column;
  }
  return undefined;
}

const versions = fc.tuple(fc.nat(VERSIONS - 1), fc.integer({ min: 1, max: VERSIONS - 1 }));

describe('lineage of generated queries', () => {
  let lake: Lake;

  beforeAll(async () => {
    lake = await Lake.create();
  });

  it('names every column that can change the values of an output column', async () => {
    let refused = 0;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(lineageQuery, versions, async (text, [version, change]) => {
        let one: Read;
        try {
          one = read(text);
        } catch (error) {
          if (!(error instanceof LakeError)) throw error;
          refused++;
          return;
        }
        run++;
        expect(await violation(lake, one, version, change, NOTHING), text).toBeUndefined();
      }),
      { numRuns: 350, seed: 20260301 },
    );
    expect(run).toBeGreaterThan(300);
    expect(refused).toBeLessThan(20);
  }, 60_000);

  /** Proves that the test above can fail: lineage without its entries of one kind is found wrong by running queries. */
  it.each([...DIRECT_KINDS, ...DECIDING_KINDS])(
    'would be found wrong if it left out a column whose only way in is: %s',
    async (kind) => {
      const samples = fc.sample(fc.tuple(lineageQuery, versions), { numRuns: 300, seed: 7 });
      const only: Lost = (kinds) => kinds.every((one) => one === kind);
      for (const [text, [version, change]] of samples) {
        let one: Read;
        try {
          one = read(text);
        } catch {
          continue;
        }
        if (!one.lineage.some((column) => involved(column, only).size < involved(column, NOTHING).size)) continue;
        if ((await violation(lake, one, version, change, only)) !== undefined) return;
      }
      throw new Error(`no query of ${samples.length} showed it`);
    },
    60_000,
  );
});
