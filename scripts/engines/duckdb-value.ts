import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** A DuckDB value as the JSON that `canonical` takes: structs as lists in the order of their fields, maps as objects. */
export function duckdbValue(value: DuckDBValue): unknown {
  if (value === null) return null;
  if (value instanceof DuckDBListValue) return value.items.map(duckdbValue);
  if (value instanceof DuckDBStructValue) return Object.values(value.entries).map(duckdbValue);
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: entry }) => [String(duckdbValue(key)), duckdbValue(entry)]));
  }
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  if (isText(value)) return value.toString();
  return value;
}

function isText(value: DuckDBValue): boolean {
  return [
    DuckDBDateValue,
    DuckDBDecimalValue,
    DuckDBTimestampValue,
    DuckDBTimestampTZValue,
    DuckDBTimestampMillisecondsValue,
    DuckDBTimestampSecondsValue,
  ].some((type) => value instanceof type);
}
