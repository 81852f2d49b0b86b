import type { ColumnSpec, ContractSpec } from '../../contract/spec.js';
import { BRONZE_META } from '../layout.js';
import { compileCells } from './cells.js';
import { Cursor, MALFORMED } from './cursor.js';
import { type DecodeLimits, decodeRecord, decodeText, MAX_RECORD_BYTES } from './decode.js';
import { compileMembers } from './members.js';
import { compileRead, notFromTheFuture, type Read } from './readers.js';
import { type Outcome, type Refused, refused } from './refusal.js';

/** When and from where a record came. */
export interface Arrival {
  /** UTC, microseconds: `2026-01-31 09:00:00.000000`. */
  readonly arrivedAt: string;
  /** Equal for a redelivered record, and for no other. */
  readonly position: string;
}

export interface ConformOptions extends DecodeLimits {
  /** How far ahead of its arrival an event's time may lie, in milliseconds. @default 3600000 (one hour) */
  readonly skewTolerance?: number;
}

/** A contract as a judge of records: each becomes one line of bronze, or is refused with reasons. Reads no clock and keeps no state. */
export interface Conform {
  /** A record as a stream or a file's line brings it: bytes of one JSON object, plain or gzip. */
  record(bytes: Uint8Array, arrival: Arrival): Outcome;
  /** One line of a text file: as `record`, but a byte-order mark or gzip inside a file is data like any other. */
  line(bytes: Uint8Array, arrival: Arrival): Outcome;
  /** A record whose text is already known to be well-formed. */
  text(text: string, arrival: Arrival): Outcome;
  /** A line of a CSV file under its header: cells become the contract's types, an empty cell is null. */
  cells(header: readonly string[]): (cells: readonly string[], arrival: Arrival) => Outcome;
}

const DEFAULT_SKEW = 3_600_000;

/** Compiles a contract into the one function all sources conform with. */
export function compileConform(spec: ContractSpec, options: ConformOptions = {}): Conform {
  const cursor = new Cursor();
  const members = compileMembers(spec.columns, '', readsOf(spec, options));
  const line = lineWriter(spec);
  const conform = (body: string, arrival: Arrival, plain: boolean, bom: boolean): Outcome => {
    cursor.start(body, plain);
    cursor.arrivedAt = arrival.arrivedAt;
    try {
      if (cursor.peek() !== 0x7b) return notAnObject(cursor);
      const row = members(cursor);
      if (!Number.isNaN(cursor.peek())) return refused(cursor.text[cursor.at] === '{' ? 'framing' : 'parse');
      return line(row, cursor, arrival, bom);
    } catch (error) {
      return refused(error === MALFORMED ? 'parse' : 'internal');
    }
  };
  return {
    text: (body, arrival) => conform(body, arrival, false, false),
    record(bytes, arrival) {
      const decoded = decodeRecord(bytes, options);
      return 'reasons' in decoded ? decoded : conform(decoded.text, arrival, decoded.plain, decoded.bom);
    },
    line(bytes, arrival) {
      if (bytes.length > (options.maxBytes ?? MAX_RECORD_BYTES)) return refused('size');
      const decoded = decodeText(bytes);
      return decoded === undefined ? refused('encoding') : conform(decoded.text, arrival, decoded.plain, false);
    },
    cells(header) {
      const read = compileCells(spec, readsOf(spec, options), header);
      return (cells, arrival) => {
        const row = read(cells, cursor, arrival.arrivedAt);
        return typeof row === 'string' ? line(row, cursor, arrival, false) : row;
      };
    },
  };
}

function readsOf(spec: ContractSpec, options: ConformOptions): Read[] {
  return spec.columns.map((column: ColumnSpec) => {
    const read = compileRead(column.type, column.name, { compose: column.key === true || column.subject === true });
    return column.eventTime === true ? notFromTheFuture(read, column.type, column.name, options.skewTolerance ?? DEFAULT_SKEW) : read;
  });
}

/** JSON of another shape, or nothing, or no JSON. */
function notAnObject(cursor: Cursor): Refused {
  if (Number.isNaN(cursor.peek())) return refused('shape');
  cursor.value('');
  if (!Number.isNaN(cursor.peek())) return refused('parse');
  return { reasons: [{ rule: 'shape', field: '' }, ...cursor.reasons] };
}

const PLAIN = /^[\w/@.-]*$/;

/** Puts the technical columns after the contract's own. Few parts: each costs as much as a short column. */
function lineWriter(spec: ContractSpec): (row: string, cursor: Cursor, arrival: Arrival, bom: boolean) => Outcome {
  const comma = spec.columns.length === 0 ? '' : ',';
  const arrived = `${comma}"${BRONZE_META.arrivedAt}":"`;
  const position = `","${BRONZE_META.position}":"`;
  const rest = `","${BRONZE_META.contract}":${JSON.stringify(spec.version)},"${BRONZE_META.extra}":`;
  const known = `${rest}null}`;
  return (row, cursor, arrival, bom) => {
    const drifted = cursor.extras.length > 0;
    const end = drifted ? `${rest}${extraOf(cursor)}}` : known;
    if (cursor.reasons.length > 0) return { reasons: cursor.reasons };
    const place = PLAIN.test(arrival.position) ? arrival.position : JSON.stringify(arrival.position).slice(1, -1);
    return { row: row + arrived + arrival.arrivedAt + position + place + end, bom, drifted };
  };
}

/** The unknown fields as one JSON object, in a JSON string. */
function extraOf(cursor: Cursor): string {
  if (new Set(cursor.extras.map((extra) => extra.path)).size < cursor.extras.length) cursor.refuse('duplicate', BRONZE_META.extra);
  return JSON.stringify(`{${cursor.extras.map((extra) => `${JSON.stringify(extra.path)}:${extra.value}`).join(',')}}`);
}
