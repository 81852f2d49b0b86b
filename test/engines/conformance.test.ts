import { beforeAll, describe, expect, it } from 'vitest';
import { agree, type Outcome, onDuckDb, onSpark, onTrino, trinoType } from './conformance.js';
import { conformanceCases } from './conformance-cases.js';
import { functionsPage } from './functions-page.js';

const cases = conformanceCases();
let trino: readonly Outcome[];
/** What the library's own reading and printing gives, by engine. */
let engines: Readonly<Record<string, readonly Outcome[]>>;

beforeAll(async () => {
  const queries = cases.map(({ sql }) => sql);
  trino = await onTrino(queries);
  engines = { DuckDB: await onDuckDb(queries), Spark: await onSpark(queries, false), 'Spark, ANSI': await onSpark(queries, true) };
}, 900_000);

describe('every function of the portable list', () => {
  it('is known to Trino as it is written', () => {
    expect(cases.flatMap(({ sql }, n) => ('problem' in trino[n]! ? [{ sql, ...trino[n] }] : []))).toEqual([]);
  });

  it('has on Trino the type that the analyzer says', () => {
    const wrong = cases.flatMap(({ sql }, n) => {
      const [real, said] = [trino[n]!, engines['DuckDB']![n]!];
      if ('problem' in real || 'problem' in said || trinoType(real.type!) === said.type) return [];
      return [{ sql, trino: real.type, analyzer: said.type }];
    });
    expect(wrong).toEqual([]);
  });

  it.each(['DuckDB', 'Spark', 'Spark, ANSI'])('gives on %s the value that it gives on Trino', (engine) => {
    const outcomes = engines[engine]!;
    const wrong = cases.flatMap(({ sql }, n) => (agree(trino[n]!, outcomes[n]!) ? [] : [{ sql, trino: trino[n], [engine]: outcomes[n] }]));
    expect(wrong).toEqual([]);
  });

  it('stands in docs/functions.md with what was found', async () => {
    const page = functionsPage(cases, [
      { name: 'Trino', agreed: trino.map((outcome) => !('problem' in outcome)) },
      ...Object.entries(engines).map(([name, outcomes]) => ({ name, agreed: outcomes.map((outcome, n) => agree(trino[n]!, outcome)) })),
    ]);
    await expect(page).toMatchFileSnapshot('../../docs/functions.md');
  });
});
