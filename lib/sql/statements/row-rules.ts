import type { TypeSpec } from '../../contract/spec.js';
import type { ITableRef } from '../../model/table.js';
import { quoteIdentifier as q, stringLiteral } from '../literal.js';
import type { StatementTable } from './table-shape.js';

/** A rule on one row, as SQL over the contract's columns. */
export interface RowRule {
  readonly id: string;
  readonly severity: 'warn' | 'quarantine' | 'fail';
  /** A boolean expression: true holds, false is broken, NULL is unknown (QR-2). */
  readonly condition: string;
  readonly nulls: 'pass' | 'fail';
  /** The same, said the other way round where that is shorter. @default the condition, negated */
  readonly broken?: string;
  /** The column of another table that the row's value must stand in; the condition asks `<alias>."_value"`. */
  readonly partner?: { readonly alias: string; readonly column: string; readonly table: ITableRef; readonly target: string };
}

/** A rule that every value of a column stands in a column of another table. A value that is NULL has no partner and needs none. */
export function referenceRule(
  rule: Pick<RowRule, 'id' | 'severity' | 'nulls'>,
  {
    column,
    table,
    target,
    number,
  }: { readonly column: string; readonly table: ITableRef; readonly target: string; readonly number: number },
): RowRule {
  const alias = `p${number}`;
  const condition = `CASE WHEN i.${q(column)} IS NOT NULL THEN ${alias}."_value" IS NOT NULL END`;
  return { ...rule, condition, partner: { alias, column, table, target } };
}

/** A rule that of rows with equal values in some columns only one, the greatest of all, is published. */
export interface RepeatRule {
  readonly id: string;
  readonly columns: readonly string[];
}

/**
 * What the contract's columns say beyond their SQL types: required values (keys, sequence and windows always, IM-6), values of a
 * `oneOf`, finite doubles. A colon cannot stand in a rule's own id, so these ids are free.
 */
export function declaredRules({ table, write }: StatementTable): readonly RowRule[] {
  return table.spec.columns.flatMap((column) => {
    const window = write.kind === 'replaceWindows' && write.column === column.name;
    const required = column.key || column.sequence || window || !column.nullable;
    const name = q(column.name);
    const rule = (kind: string, condition: string) =>
      ({ id: `${kind}:${column.name}`, severity: 'quarantine', condition, nulls: 'pass' }) as const;
    const present = required ? [{ ...rule('required', `${name} IS NOT NULL`), broken: `${name} IS NULL` }] : [];
    return [...present, ...valueConditions(column.type, name).map(([kind, condition]) => rule(kind, condition))];
  });
}

function valueConditions(type: TypeSpec, column: string): readonly (readonly [string, string])[] {
  if (type.kind === 'oneOf') return [['one_of', `${column} IN (${type.values.map(stringLiteral).join(', ')})`]];
  // NaN and the infinities have no order and no sum that engines agree on.
  if (type.kind === 'double') return [['finite', `${column} BETWEEN -1.7976931348623157E308 AND 1.7976931348623157E308`]];
  return [];
}
