import { LakeError } from '../contract/lake-error.js';
import type { Span } from './grammar/trino-grammar.js';

/** Something wrong at a place in a statement: thrown inside the room, given its text and file at the room's door. */
export class SqlProblem extends Error {
  override readonly name = 'SqlProblem';
  readonly code: string;
  readonly span: Span;

  constructor(code: string, message: string, span: Span) {
    super(message);
    this.code = code;
    this.span = { start: span.start, end: span.end };
  }
}

const EXCERPT = 110;

/**
 * The error a user sees: where, what is wrong, and the line with a caret under the place.
 * ```
 * Orders/query 3:14  unknown column 'emial' in order_events; did you mean 'email'?
 *     select event_id, emial from …
 *                      ^^^^^
 * ```
 */
export function sqlError(problem: SqlProblem, text: string, origin: string): LakeError {
  const before = text.slice(0, problem.span.start);
  const line = before.split('\n').length;
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = problem.span.start - lineStart + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const source = text
    .slice(lineStart, lineEnd === -1 ? undefined : lineEnd)
    .replaceAll('\t', ' ')
    .replaceAll('\r', ' ');
  const cut = column - 1 > EXCERPT - 30 ? column - 1 - 40 : 0;
  const shown = `${cut > 0 ? '…' : ''}${source.slice(cut, cut + EXCERPT)}${source.length > cut + EXCERPT ? '…' : ''}`;
  const indent = column - 1 - cut + (cut > 0 ? 1 : 0);
  const width = Math.max(1, Math.min(problem.span.end - problem.span.start, shown.length - indent));
  const excerpt = `    ${shown}\n    ${' '.repeat(indent)}${'^'.repeat(width)}`;
  return new LakeError(problem.code, `${origin} ${line}:${column}  ${problem.message}\n${excerpt}`);
}

/** Runs something on a statement; what is wrong with it becomes an error with its place and line. */
export function reported<T>(source: string | { readonly text: string; place(offset: number): number }, origin: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SqlProblem)) throw error;
    if (typeof source === 'string') throw sqlError(error, source, origin);
    const span = { start: source.place(error.span.start), end: Math.max(source.place(error.span.start) + 1, source.place(error.span.end)) };
    throw sqlError(new SqlProblem(error.code, error.message, span), source.text, origin);
  }
}

/** `; did you mean 'email'?` when one of the names is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? '' : `; did you mean '${best}'?`;
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let [older, previous]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (older[j - 2] as number) + 1);
      row.push(cost);
    }
    [older, previous] = [previous, row];
  }
  return previous[b.length] as number;
}
