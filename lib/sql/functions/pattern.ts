import { checkPattern } from '../../contract/pattern.js';

/**
 * Why a regular expression is outside the syntax that Trino, DuckDB (RE2) and Spark (Java) read alike, or nothing.
 * `\d`, `\w` and `\s` are ASCII in all three.
 */
export function portablePattern(pattern: string): string | undefined {
  // `\z` is the end of the text to all three, and unknown to the check, which is made for JavaScript too.
  const bare = pattern.replaceAll(/\\z/g, '');
  if (bare === '') return pattern === '' ? 'takes a pattern that is not empty' : undefined;
  if (endSign(bare)) return 'takes no $: before a last line end it matches on some engines only; write \\z for the end of the text';
  const { problem } = checkPattern(bare);
  return problem === undefined ? undefined : `takes no such pattern: ${problem}`;
}

/** Whether a `$` stands for the end of the text. */
function endSign(pattern: string): boolean {
  return pattern
    .replaceAll(/\\./g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .includes('$');
}

/** A contract's pattern, in which `$` is the end of the text as JavaScript has it, for SQL. */
export function sqlPattern(pattern: string): string {
  return pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]|\$/gs, (part) => (part === '$' ? '\\z' : part));
}
