/**
 * Regular expressions that JavaScript, Trino, DuckDB and Spark read alike. Classes that mean Unicode in one engine and ASCII in another
 * are written out (`\d` becomes `[0-9]`), and what not every engine has is refused.
 */

interface CheckedPattern {
  /** The pattern in its portable form. */
  readonly source: string;
  readonly problem?: string;
}

const ESCAPED_CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' \\t\\n\\r\\f' };
const CONTROL_ESCAPES = 'tnrf';
const SYNTAX = '^$\\.*+?()[]{}|/-';

/** A pattern in its portable form, or what is wrong with it. */
export function checkPattern(pattern: string | RegExp): CheckedPattern {
  const text = typeof pattern === 'string' ? pattern : pattern.source;
  if (typeof pattern !== 'string' && pattern.flags !== '') {
    return { source: text, problem: `the pattern has the flags '${pattern.flags}': patterns have none; write [Aa] for either case` };
  }
  if (text === '') return { source: text, problem: 'the pattern is empty: it fits everything' };
  const { source, problem } = portable(text);
  if (problem !== undefined) return { source: text, problem: `pattern ${text}: ${problem}` };
  try {
    new RegExp(source, 'u');
  } catch {
    return { source: text, problem: `pattern ${text} is no regular expression` };
  }
  return { source };
}

function portable(text: string): CheckedPattern {
  let source = '';
  let inClass = false;
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at);
    const problem = inClass ? refusedInClass(rest) : refused(rest);
    if (problem !== undefined) return { source, problem };
    const char = text.charAt(at);
    if (char === '\\') {
      source += escaped(text.charAt(at + 1), inClass);
      at++;
      continue;
    }
    if (char === '[' && !inClass) inClass = true;
    else if (char === ']') inClass = false;
    // `.` leaves out one line end in one engine and four in another.
    source += char === '.' && !inClass ? '[^\\n]' : char;
  }
  return { source };
}

function escaped(letter: string, inClass: boolean): string {
  const members = ESCAPED_CLASSES[letter];
  if (members !== undefined) return inClass ? members : `[${members}]`;
  const complement = ESCAPED_CLASSES[letter.toLowerCase()];
  if (complement !== undefined) return `[^${complement}]`;
  return `\\${letter}`;
}

function refused(rest: string): string | undefined {
  if (/^\(\?(?!:)/.test(rest))
    return 'look-around, named groups and inline flags are not read alike by every engine: use (?:…) or plain groups';
  if (/^\[\^?\]/.test(rest)) return '[] and [^] are not read alike by every engine';
  if (Number(/^\{(\d+)(?:,\d*)?\}/.exec(rest)?.[1] ?? 0) > 1000 || Number(/^\{\d+,(\d+)\}/.exec(rest)?.[1] ?? 0) > 1000)
    return 'at most 1000 repetitions';
  if (/^[*+?}][+]/.test(rest)) return 'possessive quantifiers are not read alike by every engine';
  return refusedEscape(rest, false);
}

function refusedInClass(rest: string): string | undefined {
  if (rest.startsWith('[')) return "write '\\[' inside […]: engines read a bare one differently";
  if (rest.startsWith('&&') || rest.startsWith('--')) return `'${rest.slice(0, 2)}' inside […] means an operation to some engines`;
  return refusedEscape(rest, true);
}

function refusedEscape(rest: string, inClass: boolean): string | undefined {
  if (!rest.startsWith('\\')) return undefined;
  const letter = rest.charAt(1);
  if (SYNTAX.includes(letter) && letter !== '') return letter === '-' && !inClass ? "write '-' without a backslash" : undefined;
  if (CONTROL_ESCAPES.includes(letter) && letter !== '') return undefined;
  if (ESCAPED_CLASSES[letter] !== undefined) return undefined;
  if (ESCAPED_CLASSES[letter.toLowerCase()] !== undefined) {
    return inClass ? `'\\${letter}' inside […] is not read alike by every engine` : undefined;
  }
  return `'\\${letter}' is not read alike by every engine: ${letter === 'b' ? 'write the neighbours out, as (^|[^a-z])' : 'write the characters out, as [A-Za-z]'}`;
}
