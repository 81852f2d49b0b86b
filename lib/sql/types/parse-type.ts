import type { SqlType } from './sql-type.js';

/** Type text that is not on the list. The message says what to write instead. */
export class TypeTextError extends Error {
  override readonly name = 'TypeTextError';
}

/** Reads a type as Athena's SQL writes it, `array(row(a integer))`. Only types that mean the same on every engine are on the list. */
export function fromTrinoType(text: string): SqlType {
  const reader = new Reader(text);
  const type = trinoType(reader);
  reader.end();
  return type;
}

/** Reads a type as Glue, Hive and Iceberg write it, `array<struct<a:int>>`. */
export function fromHiveType(text: string): SqlType {
  const reader = new Reader(text);
  const type = hiveType(reader);
  reader.end();
  return type;
}

/** Names of other systems for types that are on the list. */
const INSTEAD: Readonly<Record<string, string>> = {
  string: 'varchar',
  text: 'varchar',
  char: 'varchar',
  bool: 'boolean',
  long: 'bigint',
  float: 'double',
  numeric: 'decimal(p, s)',
  number: 'decimal(p, s)',
  datetime: 'timestamp(6)',
  struct: 'row(name type)',
  binary: 'varbinary',
};

class Reader {
  private readonly tokens: readonly string[];
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = text.match(/"(?:[^"]|"")*"|[A-Za-z_][\w$-]*|\d+|[^\s]/g) ?? [];
  }

  peek(ahead = 0): string {
    return (this.tokens[this.at + ahead] ?? '').toLowerCase();
  }

  /** The token as written. */
  take(): string {
    return this.tokens[this.at++] ?? '';
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw new TypeTextError(`'${this.text}' is not a type on the list`);
  }

  number(): number {
    const token = this.take();
    if (!/^\d+$/.test(token)) throw new TypeTextError(`'${this.text}' is not a type on the list`);
    return Number(token);
  }

  end(): void {
    if (this.peek() !== '') throw new TypeTextError(`'${this.text}' is not a type on the list`);
  }

  unknown(name: string): TypeTextError {
    const instead = Object.hasOwn(INSTEAD, name) ? `: use ${INSTEAD[name]}` : '';
    return new TypeTextError(`type '${name}' is not on the list${instead}`);
  }
}

const SIMPLE: Readonly<Record<string, SqlType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  int: { kind: 'integer' },
  integer: { kind: 'integer' },
  bigint: { kind: 'bigint' },
  real: { kind: 'real' },
  double: { kind: 'double' },
  varbinary: { kind: 'varbinary' },
  date: { kind: 'date' },
  json: { kind: 'json' },
};

function trinoType(reader: Reader): SqlType {
  const word = reader.take().toLowerCase();
  const simple = SIMPLE[word];
  if (simple !== undefined) {
    if (word === 'double') reader.accept('precision');
    return simple;
  }
  switch (word) {
    case 'varchar':
      if (reader.peek() === '(')
        throw new TypeTextError('varchar(n) cuts text where the engines disagree; use varchar, or substr(x, 1, n)');
      return { kind: 'varchar' };
    case 'decimal':
      return decimal(reader, '(', ')');
    case 'timestamp':
      return timestamp(reader);
    case 'array':
      return parenthesized(reader, () => ({ kind: 'array', element: trinoType(reader) }));
    case 'map':
      return parenthesized(reader, () => {
        const key = trinoType(reader);
        reader.expect(',');
        return { kind: 'map', key, value: trinoType(reader) };
      });
    case 'row':
      return parenthesized(reader, () => ({ kind: 'row', fields: list(reader, () => trinoField(reader)) }));
    default:
      throw reader.unknown(word);
  }
}

function trinoField(reader: Reader) {
  // A name before the type; a field without one is refused, because struct fields are read by name.
  const word = reader.take();
  const name = word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
  if (reader.peek() === ',' || reader.peek() === ')' || reader.peek() === '(')
    throw new TypeTextError('a field of a row type needs a name and a type');
  return { name, type: trinoType(reader) };
}

function timestamp(reader: Reader): SqlType {
  if (!reader.accept('(')) throw new TypeTextError("type 'timestamp' means precision 3 in athena; write timestamp(6)");
  const precision = reader.number();
  reader.expect(')');
  if (precision !== 6) throw new TypeTextError(`timestamp(${precision}) is not on the list: every timestamp of the lake is timestamp(6)`);
  let zone = false;
  if (reader.accept('with')) zone = true;
  else if (!reader.accept('without')) return { kind: 'timestamp', precision, zone };
  reader.expect('time');
  reader.expect('zone');
  return { kind: 'timestamp', precision, zone };
}

function decimal(reader: Reader, open: string, close: string): SqlType {
  if (!reader.accept(open)) throw new TypeTextError("type 'decimal' needs its precision and scale, as decimal(18,2)");
  const precision = reader.number();
  const scale = reader.accept(',') ? reader.number() : 0;
  reader.expect(close);
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new TypeTextError(`decimal(${precision},${scale}) is impossible: precision is 1 to 38 and scale at most the precision`);
  }
  return { kind: 'decimal', precision, scale };
}

function parenthesized(reader: Reader, read: () => SqlType): SqlType {
  reader.expect('(');
  const type = read();
  reader.expect(')');
  return type;
}

function list<T>(reader: Reader, read: () => T): T[] {
  const items = [read()];
  while (reader.accept(',')) items.push(read());
  return items;
}

const HIVE: Readonly<Record<string, SqlType>> = {
  ...SIMPLE,
  string: { kind: 'varchar' },
  float: { kind: 'real' },
  long: { kind: 'bigint' },
  binary: { kind: 'varbinary' },
  timestamp: { kind: 'timestamp', precision: 6, zone: false },
  timestamptz: { kind: 'timestamp', precision: 6, zone: true },
};

function hiveType(reader: Reader): SqlType {
  const word = reader.take().toLowerCase();
  const simple = HIVE[word];
  if (simple !== undefined) return simple;
  switch (word) {
    case 'varchar':
    case 'char':
      reader.expect('(');
      reader.number();
      reader.expect(')');
      return { kind: 'varchar' };
    case 'decimal':
      return decimal(reader, '(', ')');
    case 'array':
    case 'list':
      return angled(reader, () => ({ kind: 'array', element: hiveType(reader) }));
    case 'map':
      return angled(reader, () => {
        const key = hiveType(reader);
        reader.expect(',');
        return { kind: 'map', key, value: hiveType(reader) };
      });
    case 'struct':
      return angled(reader, () => ({ kind: 'row', fields: list(reader, () => hiveField(reader)) }));
    default:
      throw reader.unknown(word);
  }
}

function hiveField(reader: Reader) {
  const name = reader.take();
  reader.expect(':');
  return { name, type: hiveType(reader) };
}

function angled(reader: Reader, read: () => SqlType): SqlType {
  reader.expect('<');
  const type = read();
  reader.expect('>');
  return type;
}
