import type { FieldSpec } from '../../contract/spec.js';
import { type Cursor, MALFORMED } from './cursor.js';
import { compileRead, prefix, type Read, readField } from './readers.js';

/** A field of an object, ready to be read. */
interface Member {
  readonly name: string;
  readonly path: string;
  readonly nullable: boolean;
  readonly read: Read;
  /** The key with what producers write around it: `,"key":`, and `{"key":` for the first. */
  readonly key: string;
  /** The name with what stands around it in the line: `,"name":`, and `{"name":` for the first. */
  readonly head: string;
  /** The source says it as the line does: the field has no other name there. */
  readonly same: boolean;
}

/**
 * Reads the members of an object whose fields are known, and gives them in the contract's order, from the opening brace and without the closing one.
 *
 * Producers write their fields in the same order again and again, so each key is first tried as the one that is next in the
 * contract. And most values stand canonical as they are written: neighbours that do are copied as one piece of the source.
 */
export function compileMembers(fields: readonly FieldSpec[], path: string, reads?: readonly Read[]): (cursor: Cursor) => string {
  const members = fields.map((field, index) => memberOf(field, path, index, reads?.[index]));
  const indexes = new Map(fields.map((field, index) => [JSON.stringify(field.from ?? field.name), index]));
  const unknownPath = path === '' ? '_extra' : path;
  const values = new Array<string>(fields.length).fill('');
  const starts = new Int32Array(fields.length);
  const ends = new Int32Array(fields.length);

  return (cursor) => {
    const { text, at: open } = cursor;
    for (let index = 0; index < ends.length; index++) ends[index] = 0;
    let unknown: Set<string> | undefined;
    let next = 0;
    for (let first = true; ; first = false) {
      const guess = members[next];
      let index = next;
      if (guess !== undefined && first === (next === 0) && text.startsWith(guess.key, cursor.at)) cursor.at += guess.key.length;
      else if (!hasNext(cursor, first)) break;
      else index = keyIndex(cursor, indexes, unknownPath);
      const member = members[index];
      if (member === undefined) {
        unknown ??= new Set();
        unknownField(cursor, unknown, unknownPath);
        continue;
      }
      // No value ends at 0, so 0 stands for a field that has not come.
      if (ends[index] !== 0) cursor.refuse('duplicate', member.path);
      const known = cursor.extras.length;
      let code = text.charCodeAt(cursor.at);
      if (code <= 0x20) code = cursor.peek();
      starts[index] = cursor.at;
      values[index] = code === 0x6e ? readField(cursor, member.read, member.nullable, member.path) : member.read(cursor, code);
      ends[index] = cursor.at;
      if (cursor.extras.length > known) prefix(cursor, known, member.name);
      next = index + 1;
    }
    return members.length === 0 ? '{' : written(cursor, members, values, starts, ends, open);
  };
}

function memberOf(field: FieldSpec, path: string, index: number, read: Read | undefined): Member {
  const own = path === '' ? field.name : `${path}.${field.name}`;
  const open = index === 0 ? '{' : ',';
  return {
    name: field.name,
    path: own,
    nullable: field.nullable,
    read: read ?? compileRead(field.type, own),
    key: `${open}${JSON.stringify(field.from ?? field.name)}:`,
    head: `${open}${JSON.stringify(field.name)}:`,
    same: (field.from ?? field.name) === field.name,
  };
}

/** Steps to the next key: over the brace before the first, over a comma before the others. False at the end. */
function hasNext(cursor: Cursor, first: boolean): boolean {
  if (first) cursor.expect(0x7b);
  const code = cursor.peek();
  if (code === 0x7d) {
    cursor.at++;
    return false;
  }
  if (first) return true;
  if (code !== 0x2c) throw MALFORMED;
  cursor.at++;
  return true;
}

/**
 * Puts the values behind their names; pieces of the source that can stay together are copied as one.
 * `open` is where the opening brace stands.
 */
function written(
  cursor: Cursor,
  members: readonly Member[],
  values: readonly string[],
  starts: Int32Array,
  ends: Int32Array,
  open: number,
): string {
  const { text } = cursor;
  let out = '';
  // The piece of the source that is not copied yet.
  let from = 0;
  let to = 0;
  let before = open;
  for (let index = 0; index < members.length; index++) {
    const member = members[index] as Member;
    const start = starts[index] as number;
    const end = ends[index] as number;
    if (end === 0) {
      out += text.slice(from, to) + member.head + (member.nullable ? 'null' : cursor.refuse('drift', member.path));
      from = to = 0;
    } else {
      // As many characters as the key needs at least stand between the value before and this one: then nothing else does.
      if (!member.same || start - before !== member.head.length) {
        out += text.slice(from, to) + member.head;
        from = start;
      } else if (to === 0) from = before;
      to = values[index] === '' ? end : start;
      if (to === start) {
        out += text.slice(from, to) + values[index];
        from = to = 0;
      }
    }
    // A missing field's end is 0, and no gap is measured from there.
    before = end === 0 ? Number.MAX_SAFE_INTEGER : end;
  }
  return out + text.slice(from, to);
}

/** Reads a key and its colon: the member's index, or -1 for an unknown key, which is then in `cursor.key`. */
function keyIndex(cursor: Cursor, indexes: ReadonlyMap<string, number>, unknownPath: string): number {
  if (cursor.peek() !== 0x22) throw MALFORMED;
  cursor.key = cursor.token(unknownPath);
  cursor.expect(0x3a);
  return indexes.get(cursor.key) ?? -1;
}

function unknownField(cursor: Cursor, unknown: Set<string>, path: string): void {
  const { key } = cursor;
  if (key === '"__proto__"') cursor.refuse('proto', path);
  if (unknown.has(key)) cursor.refuse('duplicate', path);
  unknown.add(key);
  // A key that is no text was refused already, and stands as null.
  const name = key === 'null' ? '' : (JSON.parse(key) as string);
  cursor.extras.push({ path: name, value: cursor.value('_extra') });
}
