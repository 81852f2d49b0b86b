/** A query's result with every value as text, so that values of different engines can be compared exactly. */
export interface QueryResult {
  readonly columns: readonly string[];
  /** Type names as the engine gives them. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface QueryEngine {
  /** Runs one statement. An error of the engine is an `EngineError`. */
  query(sql: string): Promise<QueryResult>;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The engine's own name of the error, as `ICEBERG_COMMIT_ERROR`. */
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(`${errorName}: ${message}`);
    this.errorName = errorName;
  }
}

/**
 * One form for all engines: numbers as JavaScript's shortest text (-0 is 0), timestamps with six digits, arrays and rows as JSON lists,
 * maps as JSON lists of pairs ordered by key. `value` is what the engine's JSON holds, with integers of 16 and more digits as text.
 */
export function canonical(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(nested(value));
  return scalar(value);
}

function nested(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== 'object') return scalar(value);
  const pairs = Object.entries(value).map(([key, entry]) => [scalar(key), nested(entry)] as const);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

const TIMESTAMP = /^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.(\d{1,6}))?$/;

function scalar(value: unknown): string {
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  const text = String(value);
  const match = TIMESTAMP.exec(text);
  if (match === null) return text;
  return match[1] === undefined ? `${text}.000000` : text.padEnd(text.length + 6 - match[1].length, '0');
}
