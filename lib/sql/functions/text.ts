import { portablePattern } from './pattern.js';
import { type RenderedCall, type SqlFunction, scalar } from './sql-function.js';

/** What Trino's trim takes for blank; the other engines take the space alone. */
const BLANKS =
  '\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000';

function trimming(name: 'trim' | 'ltrim' | 'rtrim', side: 'BOTH' | 'LEADING' | 'TRAILING'): SqlFunction {
  const characters = (call: RenderedCall) => call.args[1] ?? `'${BLANKS}'`;
  return scalar(name, '(varchar, varchar?) varchar', {
    duckdb: (call) => `${name}(${call.args[0]}, ${characters(call)})`,
    spark: (call) => `trim(${side} ${characters(call)} FROM ${call.args[0]})`,
    examples: [["'  a b\t'"], ["'\u2003x\u00a0'"], ["''"], ["'xxaxx'", "'x'"], ['CAST(NULL AS varchar)']],
  });
}

/** Trino: a start of 0 or before the text gives '', and a length below 1 too. */
function substring(call: RenderedCall, cut: (length: string | undefined) => string, lengthOf: string): string {
  const [text, start, length] = call.args as [string, string, string | undefined];
  const fixed = (at: number) => /^[1-9]\d*$/.test(call.constants[at] ?? '');
  const plain = cut(length === undefined || fixed(2) ? length : `greatest(${length}, 0)`);
  if (fixed(1)) return plain;
  return `case when ${start} = 0 or abs(${start}) > ${lengthOf}(${text}) then (case when ${text} is null then null else '' end) else ${plain} end`;
}

/** To Java alone, `.` leaves out more than the line feed. */
function unixLines(call: RenderedCall): string {
  return `concat('(?d)', ${call.args[1]})`;
}

/** `substring` is another name of it. */
function substringEntry(name: string): SqlFunction {
  return scalar(name, '(varchar, bigint, bigint?) varchar', {
    duckdb: (call) =>
      substring(call, (length) => `substr(${call.args[0]}, ${call.args[1]}${length === undefined ? '' : `, ${length}`})`, 'length'),
    spark: (call) =>
      substring(
        call,
        (length) => `substr(${call.args[0]}, cast(${call.args[1]} as int)${length === undefined ? '' : `, cast(${length} as int)`})`,
        'length',
      ),
    examples: [
      ["'abcde'", '2'],
      ["'abcde'", '2', '3'],
      ["'abcde'", '0', '2'],
      ["'abcde'", '-2'],
      ["'abcde'", '-9', '3'],
      ["'a😀c'", '2', '1'],
      ["'abc'", '2', '-1'],
    ],
  });
}

/** A pattern's syntax, and a replacement's: `$1` and plain text. */
function checkRegex(value: string, at: number): string | undefined {
  if (at === 2) return /\\|\$(?!\d)/.test(value) ? 'takes $1 and plain text as replacement, no backslash' : undefined;
  return portablePattern(value);
}

const REGEX_EXAMPLES: readonly (readonly string[])[] = [
  ["'order-123'", "'[a-z]+-([0-9]+)'"],
  ["'none'", "'[0-9]+'"],
  ["''", "'a*'"],
  ['CAST(NULL AS varchar)', "'a'"],
];

function sparkDelimiter(call: RenderedCall): string {
  return `concat('\\\\Q', ${call.args[1]}, '\\\\E')`;
}

/** Functions over text and patterns. */
export const TEXT_FUNCTIONS: readonly SqlFunction[] = [
  scalar('lower', '(varchar) varchar', {
    // Java makes a final sigma and two letters of İ; Trino maps letter by letter.
    spark: "lower(replace(replace($1, 'Σ', 'σ'), 'İ', 'i'))",
    examples: [["'ÀbC'"], ["'ΟΔΟΣ İ'"], ["''"], ['CAST(NULL AS varchar)']],
  }),
  scalar('upper', '(varchar) varchar', {
    // Trino leaves ß as it is.
    duckdb:
      "case when contains($1, 'ß') then array_to_string(list_transform(string_split($1, 'ß'), lambda _x: upper(_x)), 'ß') else upper($1) end",
    spark: "array_join(transform(split($1, 'ß', -1), _x -> upper(_x)), 'ß')",
    examples: [["'àbC'"], ["'straße'"], ["''"], ['CAST(NULL AS varchar)']],
  }),
  scalar('length', '(varchar) bigint', {
    spark: 'cast(length($1) as bigint)',
    examples: [["'añ😀'"], ["''"], ['CAST(NULL AS varchar)']],
    note: 'counts code points',
  }),
  trimming('trim', 'BOTH'),
  trimming('ltrim', 'LEADING'),
  trimming('rtrim', 'TRAILING'),
  substringEntry('substr'),
  substringEntry('substring'),
  scalar('replace', '(varchar, varchar, varchar?) varchar', {
    duckdb: (call) => `replace(${call.args[0]}, ${call.args[1]}, ${call.args[2] ?? "''"})`,
    examples: [
      ["'a-b-c'", "'-'", "'+'"],
      ["'abc'", "'b'"],
      ["'abc'", "'x'", "'y'"],
      ['CAST(NULL AS varchar)', "'a'", "'b'"],
    ],
  }),
  scalar('reverse', ['(varchar) varchar', '(array(T)) array(T)'], {
    duckdb: (call) =>
      call.types[0]?.kind === 'array'
        ? `list_reverse(${call.args[0]})`
        : `array_to_string(list_reverse(regexp_extract_all(${call.args[0]}, '(?s).')), '')`,
    examples: [["'abc'"], ["'áx😀'"], ["''"], ['ARRAY[1, 2, NULL]'], ['CAST(NULL AS varchar)']],
  }),
  scalar('lpad', '(varchar, bigint, varchar) varchar', {
    duckdb: 'lpad($1, cast($2 as integer), $3)',
    spark: 'lpad($1, cast($2 as int), $3)',
    examples: [
      ["'7'", '3', "'0'"],
      ["'12345'", '3', "'0'"],
      ["'a'", '4', "'xy'"],
    ],
  }),
  scalar('rpad', '(varchar, bigint, varchar) varchar', {
    duckdb: 'rpad($1, cast($2 as integer), $3)',
    spark: 'rpad($1, cast($2 as int), $3)',
    examples: [
      ["'7'", '3', "'0'"],
      ["'12345'", '3', "'0'"],
      ["'a'", '4', "'xy'"],
    ],
  }),
  scalar('strpos', '(varchar, varchar) bigint', {
    spark: 'cast(instr($1, $2) as bigint)',
    examples: [
      ["'a😀c'", "'c'"],
      ["'abc'", "'x'"],
      ["'abc'", "''"],
      ['CAST(NULL AS varchar)', "'a'"],
    ],
  }),
  scalar('starts_with', '(varchar, varchar) boolean', {
    spark: 'startswith($*)',
    examples: [
      ["'abc'", "'ab'"],
      ["'abc'", "''"],
      ["'abc'", "'x'"],
      ['CAST(NULL AS varchar)', "'a'"],
    ],
  }),
  scalar('concat', ['(varchar…) varchar', '(array(T)…) array(T)'], {
    duckdb: (call) =>
      call.types[0]?.kind === 'array'
        ? `case when ${call.args.map((arg) => `${arg} is null`).join(' or ')} then null else list_concat(${call.args.join(', ')}) end`
        : `(${call.args.join(' || ')})`,
    examples: [
      ["'a'", "'b'", "'c'"],
      ["'a'", 'CAST(NULL AS varchar)'],
      ['ARRAY[1]', 'ARRAY[2, NULL]'],
    ],
  }),
  scalar('concat_ws', '(varchar, varchar…) varchar', {
    nulls: 'first',
    examples: [
      ["','", "'a'", "'b'"],
      ["','", "'a'", 'CAST(NULL AS varchar)', "'c'"],
      ["','", 'CAST(NULL AS varchar)'],
      ['CAST(NULL AS varchar)', "'a'"],
    ],
    note: 'leaves out NULLs',
  }),
  scalar('split', '(varchar, varchar) array(varchar)', {
    duckdb: "case when $2 = '' then error('the delimiter may not be empty') else string_split($1, $2) end",
    spark: (call) => `split(${call.args[0]}, ${sparkDelimiter(call)}, -1)`,
    examples: [
      ["'a,b,,c'", "','"],
      ["''", "','"],
      ["'a.b'", "'.'"],
      ['CAST(NULL AS varchar)', "','"],
    ],
  }),
  scalar('split_part', '(varchar, varchar, bigint) varchar', {
    nulls: 'sometimes',
    duckdb: 'list_extract(string_split($1, $2), $3)',
    spark: (call) => `try_element_at(split(${call.args[0]}, ${sparkDelimiter(call)}, -1), cast(${call.args[2]} as int))`,
    examples: [
      ["'a,b,c'", "','", '2'],
      ["'a,b'", "','", '5'],
      ["'a|b'", "'|'", '1'],
      ['CAST(NULL AS varchar)', "','", '1'],
    ],
  }),
  scalar('translate', '(varchar, varchar, varchar) varchar', {
    examples: [
      ["'abcba'", "'ab'", "'xy'"],
      ["'abc'", "'abc'", "'x'"],
    ],
  }),
  scalar('chr', '(bigint) varchar', {
    duckdb: 'chr(cast($1 as integer))',
    examples: [['65'], ['233']],
  }),
  scalar('levenshtein_distance', '(varchar, varchar) bigint', {
    duckdb: 'levenshtein($*)',
    spark: 'cast(levenshtein($*) as bigint)',
    examples: [
      ["'kitten'", "'sitting'"],
      ["''", "'abc'"],
    ],
  }),
  scalar('regexp_like', '(varchar, varchar) boolean', {
    duckdb: 'regexp_matches($1, $2)',
    spark: (call) => `(${call.args[0]} rlike ${unixLines(call)})`,
    constants: [1],
    checkConstant: checkRegex,
    examples: REGEX_EXAMPLES,
    note: 'the pattern is a literal of the syntax all engines share: no look-around, no back-references',
  }),
  scalar('regexp_extract', '(varchar, varchar, bigint?) varchar', {
    nulls: 'sometimes',
    duckdb: (call) =>
      `case when regexp_matches(${call.args[0]}, ${call.args[1]}) then regexp_extract(${call.args[0]}, ${call.args[1]}, ${call.constants[2] ?? 0}) end`,
    spark: (call) =>
      `case when ${call.args[0]} rlike ${unixLines(call)} then regexp_extract(${call.args[0]}, ${unixLines(call)}, ${call.constants[2] ?? 0}) end`,
    constants: [1, 2],
    checkConstant: (value, at) => (at === 1 ? checkRegex(value, at) : undefined),
    examples: [...REGEX_EXAMPLES, ["'order-123'", "'[a-z]+-([0-9]+)'", '1']],
    note: 'NULL where the pattern does not match',
  }),
  scalar('regexp_replace', '(varchar, varchar, varchar?) varchar', {
    duckdb: (call) => `regexp_replace(${call.args[0]}, ${call.args[1]}, ${(call.args[2] ?? "''").replaceAll(/\$(\d)/g, '\\$1')}, 'g')`,
    spark: (call) => `regexp_replace(${call.args[0]}, ${unixLines(call)}, ${call.args[2] ?? "''"})`,
    constants: [1, 2],
    checkConstant: checkRegex,
    examples: [
      ["'a1b22'", "'[0-9]+'"],
      ["'a1b22'", "'([0-9]+)'", "'<$1>'"],
      ['CAST(NULL AS varchar)', "'a'"],
    ],
  }),
  scalar('regexp_extract_all', '(varchar, varchar, bigint?) array(varchar)', {
    duckdb: (call) => `regexp_extract_all(${call.args[0]}, ${call.args[1]}, ${call.constants[2] ?? 0})`,
    spark: (call) => `regexp_extract_all(${call.args[0]}, ${unixLines(call)}, ${call.constants[2] ?? 0})`,
    constants: [1, 2],
    checkConstant: (value, at) => (at === 1 ? checkRegex(value, at) : undefined),
    examples: [
      ["'a1b22'", "'[0-9]+'"],
      ["'abc'", "'[0-9]+'"],
      ["'k=v;x=y'", "'([a-z])=([a-z])'", '2'],
    ],
  }),
  scalar('to_utf8', '(varchar) varbinary', { duckdb: 'encode($1)', spark: "encode($1, 'UTF-8')", examples: [["'aé'"], ["''"]] }),
  scalar('to_hex', '(varbinary) varchar', { duckdb: 'hex($1)', spark: 'hex($1)', examples: [["to_utf8('aé')"], ["to_utf8('')"]] }),
  scalar('md5', '(varbinary) varbinary', {
    duckdb: 'unhex(md5($1))',
    spark: 'unhex(md5($1))',
    examples: [["to_utf8('abc')"], ["to_utf8('')"]],
  }),
  scalar('sha1', '(varbinary) varbinary', {
    duckdb: 'unhex(sha1($1))',
    spark: 'unhex(sha1($1))',
    examples: [["to_utf8('abc')"], ["to_utf8('')"]],
  }),
  scalar('sha256', '(varbinary) varbinary', {
    duckdb: 'unhex(sha256($1))',
    spark: 'unhex(sha2($1, 256))',
    examples: [["to_utf8('abc')"], ["to_utf8('')"]],
  }),
  scalar('to_base64', '(varbinary) varchar', {
    duckdb: 'to_base64($1)',
    spark: 'base64($1)',
    examples: [["to_utf8('abcd')"], ["to_utf8('')"]],
  }),
];
