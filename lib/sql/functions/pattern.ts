/**
 * Why a regular expression is outside the syntax that Trino (Java's), DuckDB (RE2) and Spark (Java's) share, or nothing.
 * Contracts use it too: a rule's pattern is tested by JavaScript at ingest.
 */
export function portablePattern(pattern: string): string | undefined {
  if (/\(\?(?!:)/.test(withoutClasses(pattern))) return 'uses (?…), which not every engine has: look-around, names and flags are out';
  if (/\\[1-9]/.test(pattern)) return 'refers back to a group, which not every engine can';
  if (/[*+?}]\+/.test(withoutClasses(pattern))) return 'uses a possessive quantifier, which not every engine has';
  const escaped = /\\([^dDwWsSbBtnr.\\[\](){}*+?^$|/-])/.exec(pattern);
  if (escaped !== null) return `uses \\${escaped[1]}, which not every engine has`;
  if (/\[[^\]]*\[|&&/.test(pattern.replaceAll(/\\./g, ''))) return 'nests character classes, which not every engine can';
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch {
    return 'is no valid regular expression';
  }
}

function withoutClasses(pattern: string): string {
  return pattern.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, '');
}
