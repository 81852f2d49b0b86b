import { beforeAll, describe, expect, it } from 'vitest';
import { agree, type Outcome, onDuckDb, onSpark, onTrino, trinoType } from './conformance.js';
import { conformanceCases } from './conformance-cases.js';

const cases = conformanceCases();
let trino: Outcome[];
let duckdb: Outcome[];

beforeAll(async () => {
  const queries = cases.map(({ sql }) => sql);
  trino = await onTrino(queries);
  duckdb = await onDuckDb(queries);
});

describe('every function of the portable list', () => {
  it('is known to Trino as it is written', () => {
    expect(cases.flatMap(({ sql }, n) => ('problem' in trino[n]! ? [{ sql, ...trino[n] }] : []))).toEqual([]);
  });

  it('has on Trino the type that the analyzer says', () => {
    const wrong = cases.flatMap(({ sql }, n) => {
      const [real, said] = [trino[n]!, duckdb[n]!];
      if ('problem' in real || 'problem' in said || trinoType(real.type!) === said.type) return [];
      return [{ sql, trino: real.type, analyzer: said.type }];
    });
    expect(wrong).toEqual([]);
  });

  it('gives on DuckDB the value that it gives on Trino', () => {
    const wrong = cases.flatMap(({ sql }, n) => (agree(trino[n]!, duckdb[n]!) ? [] : [{ sql, trino: trino[n], duckdb: duckdb[n] }]));
    expect(wrong).toEqual([]);
  });

  it.each([false, true])('gives on Spark the value that it gives on Trino, with ANSI mode %s', async (ansi) => {
    const spark = await onSpark(
      cases.map(({ sql }) => sql),
      ansi,
    );
    const wrong = cases.flatMap(({ sql }, n) => (agree(trino[n]!, spark[n]!) ? [] : [{ sql, trino: trino[n], spark: spark[n] }]));
    expect(wrong).toEqual([]);
  });
});
