import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { EngineError } from '../../scripts/engines/result.js';
import { conformanceCases } from './conformance-cases.js';
import { trino } from './engines.js';

/** Statements of every kind that the library sends, beside the queries of the function table. */
const STATEMENTS = [
  `CREATE TABLE IF NOT EXISTS "ops"."c__1" WITH (format = 'PARQUET') AS SELECT a, count(*) AS n FROM "db"."t" WHERE b IS NOT NULL GROUP BY a`,
  `MERGE INTO "db"."t" t USING (SELECT k, v FROM "db"."s") s ON t."k" = s."k" WHEN MATCHED AND s."v" IS DISTINCT FROM t."v" THEN UPDATE SET "v" = s."v" WHEN NOT MATCHED THEN INSERT ("k", "v") VALUES (s."k", s."v")`,
  `DROP TABLE IF EXISTS "ops"."c__1"`,
  `WITH a AS (SELECT x, y FROM "db"."t"), b AS (SELECT * FROM a WHERE x > 1) SELECT a.x, b.y, row_number() OVER (PARTITION BY a.x ORDER BY b.y DESC NULLS LAST) AS n FROM a LEFT JOIN b ON a.x = b.x AND a.y <> b.y ORDER BY 1 LIMIT 10`,
  `SELECT e.id, i.line, i.price FROM "db"."t" e CROSS JOIN UNNEST(e.items) WITH ORDINALITY AS i (price, line) WHERE e.at < TIMESTAMP '2026-01-31 12:00:00.000000' - INTERVAL '3' DAY`,
  `SELECT CASE WHEN a = 1 THEN 'x' WHEN b BETWEEN 2 AND 3 THEN 'it''s' ELSE NULL END AS c, CAST(d AS decimal(10, 2)) FROM t WHERE e IN (1, 2) AND NOT (f LIKE 'a%' OR g IS NULL) UNION ALL SELECT 'z', DECIMAL '1.50'`,
  `SELECT a, b, sum(c) FILTER (WHERE d) AS s FROM t GROUP BY GROUPING SETS ((a, b), (a), ()) HAVING count(*) > 1`,
];

const TOKENS = [
  ...[
    'SELECT',
    'FROM',
    'WHERE',
    'AS',
    'ON',
    'AND',
    'NOT',
    'NULL',
    'GROUP BY',
    'ORDER BY',
    'DISTINCT',
    'CASE',
    'END',
    'OVER',
    'WITH',
    'LATERAL',
  ],
  ...[
    '(',
    ')',
    ',',
    '.',
    ';',
    '=',
    '<>',
    '!=',
    '->',
    '::',
    '||',
    '*',
    '/',
    '-',
    '--',
    '/*',
    '[',
    ']',
    '{',
    '}',
    '?',
    ':',
    '@',
    '`x`',
    '"x"',
    "'x'",
  ],
  ...[
    '1',
    '1.5',
    '1e0',
    '.5',
    '5.',
    'x',
    '_x',
    '1x',
    '$1',
    'date',
    'interval',
    "interval '1' day",
    "timestamp '2026-01-01'",
    'é',
    '😀',
    'ROW(1)',
    'x -> x',
  ],
];

/** A statement with one to three small changes of the kinds that people and programs make. */
const mutant = fc
  .record({
    text: fc.constantFrom(...STATEMENTS, ...conformanceCases().map(({ sql }) => sql)),
    changes: fc.array(fc.record({ kind: fc.nat(4), at: fc.nat(), other: fc.nat(), token: fc.constantFrom(...TOKENS) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ text, changes }) => {
    const parts = text.split(/(\s+|[(),.;=<>*/|'"-])/).filter((part) => part !== '');
    for (const { kind, at, other, token } of changes) {
      const place = at % parts.length;
      if (kind === 0) parts.splice(place, 1);
      else if (kind === 1) parts.splice(place, 0, parts[other % parts.length]!);
      else if (kind === 2) parts.splice(place, 1, token);
      else if (kind === 3) parts.splice(place, 0, ` ${token} `);
      else [parts[place], parts[other % parts.length]] = [parts[other % parts.length]!, parts[place]!];
      if (parts.length === 0) parts.push('');
    }
    return parts.join('');
  });

describe('thousands of mutants of good statements', () => {
  it('have none that the gate accepts and Trino refuses', async () => {
    const accepted = fc.sample(mutant, { numRuns: 6000, seed: 20260131 }).filter(isAccepted);
    expect(accepted.length).toBeGreaterThan(500);
    const refused: { text: string; problem: string }[] = [];
    for (let at = 0; at < accepted.length; at += 8) {
      const problems = await Promise.all(accepted.slice(at, at + 8).map(async (text) => ({ text, problem: await problemOnTrino(text) })));
      refused.push(...problems.flatMap(({ text, problem }) => (problem === undefined ? [] : [{ text, problem }])));
    }
    expect(refused).toEqual([]);
  });
});

function isAccepted(text: string): boolean {
  try {
    parseStatementText(text);
    return true;
  } catch {
    return false;
  }
}

/** What Trino's parser objects to: PREPARE reads a statement and does nothing more. */
async function problemOnTrino(text: string): Promise<string | undefined> {
  try {
    await (await trino()).query(`PREPARE mutant FROM ${text}`);
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}
