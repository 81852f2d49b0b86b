import { asDecimal } from '../types/coercion.js';
import type { SqlType } from '../types/sql-type.js';

/** A number with its type, as DuckDB text. */
export interface DuckDbNumber {
  readonly text: string;
  readonly type: SqlType;
}

/** A double holds whole numbers of so many digits exactly. */
const EXACT = 15;

/**
 * Exact division of decimals, halves away from zero, to the result's scale, as Trino divides: DuckDB's own `/` goes through a double.
 * Both sides are made whole numbers first: small ones divide exactly enough as doubles, large ones as hugeints.
 */
export function duckDbDivide(left: DuckDbNumber, right: DuckDbNumber, result: SqlType & { kind: 'decimal' }): string {
  const a = asDecimal(left.type) ?? { precision: 38, scale: 0 };
  const b = asDecimal(right.type) ?? { precision: 38, scale: 0 };
  // left / right = (left * 10^(scale + b.scale)) / (right * 10^b.scale) / 10^scale
  const shift = result.scale + b.scale;
  const digits = a.precision - a.scale + shift;
  const type = `decimal(${result.precision}, ${result.scale})`;
  if (digits <= EXACT && b.precision <= EXACT && result.precision <= EXACT) {
    const quotient = `round(cast(${scaled(left.text, shift)} as double) / cast(${scaled(right.text, b.scale)} as double))`;
    return `cast(${quotient} / ${power(result.scale)} as ${type})`;
  }
  const [n, d] = [whole(left, a.scale, shift - a.scale), whole(right, b.scale, 0)];
  const rounded = '(2 * abs(_d.n) + abs(_d.d)) // (2 * abs(_d.d))';
  const quotient = `list_transform([struct_pack(n := ${n}, d := ${d})], lambda _d: case when (_d.n < 0) = (_d.d < 0) then ${rounded} else -(${rounded}) end)`;
  return `list_transform(${quotient}, lambda _q: cast(${placed(result.scale)} as ${type}))[1]`;
}

function power(exponent: number): string {
  return `1${'0'.repeat(exponent)}`;
}

function scaled(text: string, shift: number): string {
  return shift === 0 ? text : `(${text} * ${power(shift)})`;
}

/** The digits of a decimal as a whole number, moved further left by `shift`. Its text is read: multiplying could leave 38 digits. */
function whole(number: DuckDbNumber, scale: number, shift: number): string {
  const digits = scale === 0 ? `cast(${number.text} as hugeint)` : `cast(replace(cast(${number.text} as varchar), '.', '') as hugeint)`;
  return shift === 0 ? digits : `(${digits} * cast(${power(shift)} as hugeint))`;
}

/** A whole number with a point put before its last digits. */
function placed(scale: number): string {
  const digits = `repeat('0', greatest(0, ${scale + 1} - len(cast(abs(_q) as varchar)))) || cast(abs(_q) as varchar)`;
  const sign = "case when _q < 0 then '-' else '' end";
  return scale === 0 ? '_q' : `${sign} || left(${digits}, -${scale}) || '.' || right(${digits}, ${scale})`;
}
