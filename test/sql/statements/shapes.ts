import type { ColumnSpec, ContractSpec, TypeSpec } from '../../../lib/contract/spec.js';
import type { RunParameters } from '../../../lib/model/run.js';
import type { ITableRef } from '../../../lib/model/table.js';
import type { WriteMode } from '../../../lib/model/write-mode.js';
import type { TableZone } from '../../../lib/model/zone.js';
import type { RowRule, StatementTable } from '../../../lib/sql/statements/index.js';

/** One column, not null unless said. */
export function column(name: string, type: TypeSpec, more: Partial<ColumnSpec> = {}): ColumnSpec {
  return { name, type, nullable: false, ...more };
}

const VALUES = [
  column('seq', { kind: 'bigint' }, { sequence: true }),
  column('day', { kind: 'date' }),
  column('at', { kind: 'timestamp' }, { nullable: true }),
  column('amount', { kind: 'decimal', precision: 10, scale: 2 }, { nullable: true }),
  column('note', { kind: 'text' }, { nullable: true }),
];

export function specOf(name: string, columns: readonly ColumnSpec[]): ContractSpec {
  return { name, version: '0123456789ab', columns, rules: [] };
}

export const KEYED = specOf('orders', [
  column('k', { kind: 'text' }, { key: true }),
  column('part', { kind: 'int' }, { key: true }),
  ...VALUES,
]);
export const KEYLESS = specOf('orders', [
  column('k', { kind: 'text' }),
  column('part', { kind: 'int' }),
  ...VALUES.map(({ sequence: _, ...rest }) => rest),
]);

/** A table with every kind of column, nested ones too. */
export const WIDE = specOf('orders', [
  column('k', { kind: 'text' }, { key: true }),
  column('seq', { kind: 'int' }, { sequence: true }),
  column('flag', { kind: 'boolean' }, { nullable: true }),
  column('size', { kind: 'double' }, { nullable: true }),
  column('state', { kind: 'oneOf', values: ['open', "it's"] }),
  column('body', { kind: 'json' }, { nullable: true }),
  column('tags', { kind: 'array', element: { kind: 'text' } }, { nullable: true }),
  column(
    'items',
    {
      kind: 'array',
      element: {
        kind: 'struct',
        fields: [
          { name: 'sku', type: { kind: 'text' }, nullable: false },
          { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true },
          { name: 'at', type: { kind: 'timestamp' }, nullable: true },
        ],
      },
    },
    { nullable: true },
  ),
  column('labels', { kind: 'map', key: { kind: 'text' }, value: { kind: 'bigint' } }, { nullable: true }),
]);

export function tableRef(zone: TableZone, spec: ContractSpec): ITableRef {
  return { zone, database: `shop_dev_${zone}`, tableName: spec.name, spec };
}

export function statementTable(write: WriteMode, spec: ContractSpec = KEYED): StatementTable {
  return {
    table: tableRef('silver', spec),
    write,
    operations: 'shop_dev_operations',
    quarantine: { database: 'shop_dev_quarantine', tableName: `silver_${spec.name}` },
  };
}

export const AMOUNT_RULE: RowRule = { id: 'amount_not_negative', severity: 'quarantine', condition: '"amount" >= 0', nulls: 'pass' };

export function runParameters(name: string): RunParameters {
  return {
    id: `'${name}'`,
    name,
    asOf: "TIMESTAMP '2026-02-01 00:00:00.000000'",
    from: "'2026-01-01-00'",
    to: "'2026-02-01-00'",
    backslash: '\\',
  };
}
