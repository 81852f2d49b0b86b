import { LakeError } from '../../contract/lake-error.js';

/** `States.Format('…{}…', $.a, 'b', 3)` taken apart: texts between the holes, and what goes into each. */
export interface ParsedFormat {
  readonly texts: readonly string[];
  readonly values: readonly (string | number | boolean | null)[];
}

/** Parses `States.Format` as the language defines it: `\'`, `\{`, `\}` and `\\` stand for the character itself. Paths stay texts that begin with `$`. */
export function parseFormat(text: string): ParsedFormat {
  const start = 'States.Format(';
  if (!text.startsWith(`${start}'`) || !text.endsWith(')')) throw broken();
  const { texts, end } = template(text, start.length + 1);
  const values = readArguments(text.slice(end, -1));
  if (values.length !== texts.length - 1) throw broken(`${texts.length - 1} holes and ${values.length} values`);
  return { texts, values };
}

function template(text: string, from: number): { readonly texts: readonly string[]; readonly end: number } {
  const texts: string[] = [];
  let current = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') current += text[++at] ?? '';
    else if (character === '{' && text[at + 1] === '}') {
      texts.push(current);
      current = '';
      at++;
    } else if (character === "'") return { texts: [...texts, current], end: at + 1 };
    else current += character;
  }
  throw broken('no closing quote');
}

function readArguments(text: string): ParsedFormat['values'] {
  const values: (string | number | boolean | null)[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^,\s*(?:(\$[\w.$[\]]*)|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)|(true|false|null))\s*/.exec(rest);
    if (match === null) throw broken('a value that is neither a path nor a literal');
    const [whole, path, quoted, number, word] = match;
    // A literal that begins with `$` would be taken for a path.
    if (quoted?.startsWith('$')) throw broken("a literal that begins with '$'");
    values.push(path ?? quoted?.replace(/\\(.)/g, '$1') ?? (number === undefined ? (JSON.parse(word!) as boolean | null) : Number(number)));
    rest = rest.slice(whole.length);
  }
  return values;
}

function broken(what = 'no template in quotes'): LakeError {
  return new LakeError('local/format', `States.Format of the definition has ${what}`);
}
