import { beforeAll, describe, expect, it } from 'vitest';
import { disagreements, type TableEngines } from './table-engines.js';
import { HAS_TPCH, openTpch, TPCH, tpchQueries } from './tpch.js';

type Edit = (sql: string) => string;

/** Queries that are not Trino's SQL: the refusal they get, and how Trino takes them. */
const REFUSED: Readonly<Record<string, { readonly message: RegExp; readonly written: Edit }>> = {
  q03: {
    message: /^type 'string' is not on the list: use varchar/,
    written: (sql) =>
      sql.replace('CAST(o_orderdate AS STRING)', 'CAST(o_orderdate AS varchar)').replaceAll("'1995-03-15'", "date '1995-03-15'"),
  },
};

/** The sample is small: these find nothing in it as they are, and nothing is easily equal. With wider bounds they find something. */
const WIDER: Readonly<Record<string, Edit>> = {
  q17: (sql) => sql.replace("'Brand#23'", 'p_brand').replace("'MED BOX'", 'p_container').replace('0.2 *', '1.0 *'),
  q18: (sql) => sql.replace('> 300', '> 100'),
  q19: (sql) =>
    sql
      .replaceAll(/p_brand = '[^']*'/g, 'p_size > 0')
      .replaceAll(/p_container in \([^)]*\)/g, "p_container like '%BOX'")
      .replaceAll(/between 1 and \d+/g, 'between 1 and 50'),
  q20: (sql) => sql.replace("'forest%'", "'%'").replace("'CANADA'", 'n_name'),
  q22: (sql) => sql.replace('o_custkey = c_custkey', "o_custkey = c_custkey and o_orderstatus = 'F'"),
};

const title = HAS_TPCH ? "TPC-H's queries" : `TPC-H's queries (skipped: not at ${TPCH}; MEDALLION_TPCH names their folder)`;

describe.skipIf(!HAS_TPCH)(title, () => {
  const queries = HAS_TPCH ? tpchQueries() : [];
  const accepted = queries.map(({ name, sql }) => ({ name, sql: REFUSED[name]?.written(sql) ?? sql }));
  const wider = accepted.flatMap(({ name, sql }) => (name in WIDER ? [{ name, sql: WIDER[name]!(sql) }] : []));
  let engines: TableEngines;

  beforeAll(async () => {
    if (HAS_TPCH) engines = await openTpch();
  });

  it('are 22', () => {
    expect(queries).toHaveLength(22);
  });

  it.each(queries.filter(({ name }) => name in REFUSED))('$name is refused for what Trino refuses it too', ({ name, sql }) => {
    expect(() => engines.texts(sql)).toThrow(REFUSED[name]!.message);
  });

  it.each(accepted)('$name passes the gate and gives equal rows on Trino, DuckDB and Spark', async ({ name, sql }) => {
    const outcomes = await engines.run(engines.texts(sql), [true]);
    expect(disagreements(outcomes)).toEqual([]);
    expect(
      outcomes
        .get('Trino')!
        .rows.flat()
        .every((value) => value === null),
    ).toBe(name in WIDER);
  });

  it.each(wider)('$name with wider bounds gives equal rows too', async ({ sql }) => {
    const outcomes = await engines.run(engines.texts(sql), [true]);
    expect(disagreements(outcomes)).toEqual([]);
    expect(
      outcomes
        .get('Trino')!
        .rows.flat()
        .some((value) => value !== null),
    ).toBe(true);
  });
});
