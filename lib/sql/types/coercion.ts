import { DOUBLE, decimalType, type RowField, type SqlType, sameType } from './sql-type.js';

/** What becomes what without a cast, by Trino's rules. */

const INTEGER_RANK = { tinyint: 0, smallint: 1, integer: 2, bigint: 3 } as const;
const INTEGER_DIGITS = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 } as const;

type IntegerKind = keyof typeof INTEGER_RANK;

export function isInteger(type: SqlType): type is SqlType & { kind: IntegerKind } {
  return type.kind in INTEGER_RANK;
}

export function isNumeric(type: SqlType): boolean {
  return isInteger(type) || type.kind === 'decimal' || type.kind === 'real' || type.kind === 'double';
}

export function isComparable(type: SqlType): boolean {
  return !['array', 'map', 'row', 'json'].includes(type.kind);
}

export function isOrderable(type: SqlType): boolean {
  if (type.kind === 'array') return isOrderable(type.element);
  if (type.kind === 'row') return type.fields.every((field) => isOrderable(field.type));
  return type.kind !== 'map' && type.kind !== 'json';
}

/** A whole-number or decimal type as a decimal. */
export function asDecimal(type: SqlType): { readonly precision: number; readonly scale: number } | undefined {
  if (type.kind === 'decimal') return type;
  return isInteger(type) ? { precision: INTEGER_DIGITS[type.kind], scale: 0 } : undefined;
}

/** The type that both become, or nothing. */
export function commonType(a: SqlType, b: SqlType): SqlType | undefined {
  const nested = a.kind === 'array' || a.kind === 'map' || a.kind === 'row';
  if (!nested && sameType(a, b)) return a;
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b);
  if (a.kind === 'timestamp' && b.kind === 'timestamp') {
    return a.zone === b.zone ? { kind: 'timestamp', precision: Math.max(a.precision, b.precision), zone: a.zone } : undefined;
  }
  if (a.kind === 'date' && b.kind === 'timestamp' && !b.zone) return b;
  if (b.kind === 'date' && a.kind === 'timestamp' && !a.zone) return a;
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element);
    return element && { kind: 'array', element, ...(a.filled && b.filled && { filled: true }) };
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [commonType(a.key, b.key), commonType(a.value, b.value)];
    return key && value && { kind: 'map', key, value, ...(a.filled && b.filled && { filled: true }) };
  }
  if (a.kind === 'row' && b.kind === 'row') return commonRow(a.fields, b.fields);
  return undefined;
}

function commonNumber(a: SqlType, b: SqlType): SqlType {
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (a.kind === 'real' || b.kind === 'real') return { kind: 'real' };
  if (isInteger(a) && isInteger(b)) return INTEGER_RANK[a.kind] >= INTEGER_RANK[b.kind] ? a : b;
  const [left, right] = [asDecimal(a) as { precision: number; scale: number }, asDecimal(b) as { precision: number; scale: number }];
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return decimalType(Math.min(38, whole + scale), scale);
}

function commonRow(a: readonly RowField[], b: readonly RowField[]): SqlType | undefined {
  if (a.length !== b.length) return undefined;
  const fields: RowField[] = [];
  for (const [at, field] of a.entries()) {
    const other = b[at] as RowField;
    const type = commonType(field.type, other.type);
    if (type === undefined) return undefined;
    // Where the names differ, the field has none.
    const same = field.name?.toLowerCase() === other.name?.toLowerCase();
    fields.push({
      type,
      ...(same && field.name !== undefined && { name: field.name }),
      ...(field.filled && other.filled && { filled: true }),
    });
  }
  return { kind: 'row', fields };
}

/** Whether a value of one type stands where another is wanted, without a cast. */
export function canBecome(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'unknown') return true;
  if (from.kind === 'row' && to.kind === 'row') {
    return (
      from.fields.length === to.fields.length && from.fields.every((field, at) => canBecome(field.type, (to.fields[at] as RowField).type))
    );
  }
  if (from.kind === 'array' && to.kind === 'array') return canBecome(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return canBecome(from.key, to.key) && canBecome(from.value, to.value);
  const common = commonType(from, to);
  return common !== undefined && sameType(common, to);
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%';

/** The type of arithmetic over two numbers. */
export function arithmeticType(op: ArithmeticOp, a: SqlType, b: SqlType): SqlType | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (a.kind !== 'decimal' && b.kind !== 'decimal') return commonType(a, b);
  if (['double', 'real'].includes(a.kind) || ['double', 'real'].includes(b.kind)) return commonType(a, b);
  const left = asDecimal(a) as { precision: number; scale: number };
  const right = asDecimal(b) as { precision: number; scale: number };
  const scale = Math.max(left.scale, right.scale);
  switch (op) {
    case '+':
    case '-':
      return decimalType(Math.min(38, Math.max(left.precision - left.scale, right.precision - right.scale) + scale + 1), scale);
    case '*':
      return left.scale + right.scale > 38
        ? undefined
        : decimalType(Math.min(38, left.precision + right.precision), left.scale + right.scale);
    case '/':
      return decimalType(Math.min(38, left.precision + right.scale + Math.max(right.scale - left.scale, 0)), scale);
    case '%':
      return decimalType(Math.min(left.precision - left.scale, right.precision - right.scale) + scale, scale);
  }
}

/** Whether a cast between the types is on the list; false values of it are errors or NULL at run time. */
export function canCast(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'unknown' || sameType(from, to) || canBecome(from, to)) return true;
  if (isNumeric(from) && (isNumeric(to) || to.kind === 'boolean')) return true;
  if (to.kind === 'json') return !['varbinary', 'interval'].includes(from.kind);
  if (from.kind === 'boolean') return isInteger(to) || to.kind === 'varchar';
  if (to.kind === 'varchar') return isInteger(from) || from.kind === 'decimal' || from.kind === 'date' || from.kind === 'timestamp';
  if (from.kind === 'varchar') return isNumeric(to) || ['boolean', 'date', 'timestamp', 'varbinary'].includes(to.kind);
  if (from.kind === 'timestamp') return to.kind === 'date' || to.kind === 'timestamp';
  if (from.kind === 'array' && to.kind === 'array') return canCast(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return canCast(from.key, to.key) && canCast(from.value, to.value);
  if (from.kind === 'row' && to.kind === 'row') {
    return (
      from.fields.length === to.fields.length && from.fields.every((field, at) => canCast(field.type, (to.fields[at] as RowField).type))
    );
  }
  return false;
}
