import type { Problem } from '../grammar/trino-grammar.js';

/** Says what is wrong at the token that the grammar refused. Its own lists of expected tokens help nobody, so known habits are named instead. */
export function syntaxMessage(problem: Problem, text: string): string {
  if (problem.kind === 'end') {
    const bare = text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim();
    return bare === '' ? 'the statement is empty' : 'the statement ends too early: a part is missing';
  }
  const after = text.slice(problem.start).toLowerCase();
  const before = text.slice(0, problem.start).toLowerCase().trimEnd();
  const hint = hintOf(problem, after, before);
  return hint ?? `unexpected '${problem.token.length > 40 ? `${problem.token.slice(0, 40)}…` : problem.token}'`;
}

function hintOf(problem: Problem, after: string, before: string): string | undefined {
  if (problem.kind === 'character') return problem.token === ':' && !after.startsWith('::') ? undefined : characterHint(problem.token);
  if (after.startsWith('==')) return "'==' is not athena's sql: write =";
  if (problem.tokenKind === 'SEMICOLON') return "unexpected ';': write one statement without it";
  if (after.startsWith('::') || (problem.token === ':' && before.endsWith(':'))) return "'::' is not athena's sql: write cast(x as t)";
  if (problem.tokenKind === 'BACKQUOTED_IDENTIFIER') return 'names are quoted with "…" in athena\'s sql, not with back-ticks';
  for (const [word, text] of HINTS) if (problem.token.toLowerCase() === word) return `unexpected '${problem.token}': ${text}`;
  const previous = /([a-z_]+|,)$/.exec(before)?.[1] ?? '';
  if (previous === ',' && /^(from|where|group|order|having|union)$/i.test(problem.token))
    return `unexpected '${problem.token}' after a comma: remove the comma`;
  if (previous === 'ilike') return "'ilike' is not athena's sql: write lower(x) like lower(pattern)";
  if (previous === 'qualify') return "'qualify' is not athena's sql: filter row_number() in an outer query";
  return undefined;
}

function characterHint(character: string): string {
  switch (character) {
    case "'":
      return 'a string is not closed: a quote is missing';
    case '"':
      return 'a quoted name is not closed: a quote is missing';
    case '`':
      return 'a back-tick is not closed, and names are quoted with "…" in athena\'s sql';
    case ':':
      return "'::' is not athena's sql: write cast(x as t)";
    case '!':
      return "'!' is not athena's sql: write not";
    default:
      return `unexpected character '${character}'`;
  }
}

const HINTS: readonly (readonly [string, string])[] = [
  ['ilike', 'write lower(x) like lower(pattern)'],
  ['rlike', 'write regexp_like(x, pattern)'],
  ['regexp', 'write regexp_like(x, pattern)'],
  ['similar', 'write regexp_like(x, pattern)'],
  ['qualify', 'filter row_number() in an outer query'],
  ['lateral', 'write cross join unnest(array) as t (x)'],
  ['pivot', 'write one sum(case when … end) a column'],
  ['unpivot', 'write a union all of the columns'],
  ['semi', 'write where exists (select … )'],
  ['anti', 'write where not exists (select … )'],
  ['asof', 'join on a range and keep one row with row_number()'],
  ['limit', 'limit comes after order by, and offset before it'],
  ['offset', 'athena writes offset before limit'],
  ['exclude', 'name the columns'],
  ['replace', 'name the columns'],
  ['->>', 'write json_extract_scalar(x, path)'],
  ['->', 'write json_extract_scalar(x, path); a lambda may stand only as a function’s argument'],
];
