import type { FileMetaData, SchemaTree } from 'hyparquet';
import { parquetSchema } from 'hyparquet';
import { instantText, utf8Text } from '../../lib/model/conform/index.js';

/** Parquet's values as JSON text, exactly: what the contract then judges is the same text that any other source would bring. */

type Write = (value: unknown) => string;

/** Half of a surrogate pair: stands for bytes that are no text, and is refused as such. */
const NO_TEXT = '\ud800';

/** How hyparquet gives special values: as text at once, because a Date would lose microseconds. */
export const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => moment(value, 1000n),
  timestampFromMicroseconds: (value: bigint) => moment(value, 1n),
  timestampFromNanoseconds: (value: bigint) => (value % 1000n === 0n ? moment(value / 1000n, 1n) : BELOW_MICROSECONDS),
  dateFromDays: (days: number) => instantText(days * 86_400_000).slice(0, 10),
  stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : (utf8Text(bytes) ?? NO_TEXT)),
  jsonFromBytes: (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : new JsonText(utf8Text(bytes) ?? JSON.stringify(NO_TEXT)),
};

/** A moment that is refused for its digits, as its text would be. */
const BELOW_MICROSECONDS = '1970-01-01T00:00:00.000000001Z';
const FARTHEST = 8_640_000_000_000_000;

/** Microseconds since 1970, in the form that is read fastest. Times without a zone are taken as UTC: Parquet has no text that could mean another. */
function moment(value: bigint | number, unit: bigint): string {
  const microseconds = Number(BigInt(value) * unit);
  const milliseconds = Math.floor(microseconds / 1000);
  if (!Number.isSafeInteger(microseconds) || Math.abs(milliseconds) > FARTHEST) return 'out of range';
  const below = String(microseconds - milliseconds * 1000);
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${below.padStart(3, '0')}Z`;
}

/** JSON that stands as it is. */
class JsonText {
  constructor(readonly text: string) {}
}

/**
 * Takes the mark of decimals off, so that their digits come unscaled and whole: as doubles they would be rounded.
 * Their scales are put back by `rowWriter`.
 */
export function withRawDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== 'DECIMAL' && element.logical_type?.type !== 'DECIMAL') return element;
    const { converted_type: _, logical_type: __, ...raw } = element;
    return raw;
  });
  return { ...metadata, schema };
}

export interface RowWriter {
  /** The file's columns, in its order. */
  readonly names: readonly string[];
  /** Writes one row, by its place in the columns' values, as a JSON object. */
  write(columns: readonly ArrayLike<unknown>[], row: number): string;
}

export function rowWriter(metadata: FileMetaData): RowWriter {
  const { children } = parquetSchema(metadata);
  const names = children.map((child) => child.element.name);
  const writers = children.map(writerOf);
  const heads = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return {
    names,
    write(columns, row) {
      let out = '';
      for (let index = 0; index < heads.length; index++) {
        out += (heads[index] as string) + orNull(writers[index] as Write, (columns[index] as ArrayLike<unknown>)[row]);
      }
      return out === '' ? '{}' : `${out}}`;
    },
  };
}

function orNull(write: Write, value: unknown): string {
  return value === null || value === undefined ? 'null' : write(value);
}

function writerOf(node: SchemaTree): Write {
  const { element, children } = node;
  const [only] = children;
  if (element.converted_type === 'LIST' && only !== undefined && children.length === 1) {
    const item =
      only.children.length === 1
        ? (only.children[0] as SchemaTree)
        : { ...only, element: { ...only.element, repetition_type: 'REQUIRED' as const } };
    return list(writerOf(item));
  }
  if (element.converted_type === 'MAP' && only?.children.length === 2) return members(() => writerOf(only.children[1] as SchemaTree));
  if (children.length > 0) {
    const writers = new Map(children.map((child) => [child.element.name, writerOf(child)]));
    return members((name) => writers.get(name) ?? scalar);
  }
  const leaf = isDecimal(node) ? decimal(element.scale ?? 0) : scalar;
  return element.repetition_type === 'REPEATED' ? list(leaf) : leaf;
}

function isDecimal({ element }: SchemaTree): boolean {
  return element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL';
}

function list(write: Write): Write {
  return (value) => `[${Array.from(value as Iterable<unknown>, (item) => orNull(write, item)).join(',')}]`;
}

function members(writer: (name: string) => Write): Write {
  return (value) =>
    `{${Object.entries(value as Record<string, unknown>)
      .map(([name, member]) => `${JSON.stringify(name)}:${orNull(writer(name), member)}`)
      .join(',')}}`;
}

/** Puts the point back into unscaled digits. */
function decimal(scale: number): Write {
  return (value) => {
    const unscaled = value instanceof Uint8Array ? signedInteger(value) : BigInt(value as number | bigint);
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
    const sign = unscaled < 0n ? '-' : '';
    return scale <= 0 ? sign + digits + '0'.repeat(-scale) : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  };
}

function signedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      // JSON has no word for what is not finite; a number that no type can hold is judged the same.
      return Number.isFinite(value) ? String(value) : '1e9999';
    default:
      if (value instanceof JsonText) return value.text;
      if (value instanceof Uint8Array) return JSON.stringify(PARSERS.stringFromBytes(value));
      return JSON.stringify(value);
  }
}
