import type { ColumnSpec, ContractSpec, TypeSpec } from '../../lib/contract/spec.js';
import type { ITableRef } from '../../lib/model/table.js';
import type { TableZone } from '../../lib/model/zone.js';

/** A small shop for the tests of the SQL room. A `?` after the type's word makes a column nullable. */
type Shorthand = 'text' | 'boolean' | 'int' | 'bigint' | 'double' | 'date' | 'timestamp' | TypeSpec;

export function column(name: string, type: Shorthand | `${Extract<Shorthand, string>}?`): ColumnSpec {
  if (typeof type !== 'string') return { name, type, nullable: false };
  const kind = type.replace('?', '') as Extract<Shorthand, string>;
  return { name, type: { kind } as TypeSpec, nullable: type.endsWith('?') };
}

export function nullable(of: ColumnSpec): ColumnSpec {
  return { ...of, nullable: true };
}

export function decimal(precision: number, scale: number): TypeSpec {
  return { kind: 'decimal', precision, scale };
}

export function contractOf(name: string, columns: readonly ColumnSpec[]): ContractSpec {
  return { name, version: '000000000000', columns, rules: [] };
}

function table<Z extends TableZone>(zone: Z, name: string, columns: readonly ColumnSpec[]): ITableRef<Z> {
  return { zone, database: `shop_dev_${zone}`, tableName: name, spec: contractOf(name, columns) };
}

const ITEM: TypeSpec = {
  kind: 'struct',
  fields: [
    { name: 'sku', type: { kind: 'text' }, nullable: false },
    { name: 'quantity', type: { kind: 'int' }, nullable: false },
    { name: 'note', type: { kind: 'text' }, nullable: true },
  ],
};

export const orders = table('silver', 'orders', [
  column('order_id', 'text'),
  column('customer_id', 'text?'),
  column('status', 'text'),
  column('amount', decimal(10, 2)),
  column('ordered_at', 'timestamp'),
  nullable(column('discount', decimal(4, 3))),
  column('items', { kind: 'array', element: ITEM }),
  nullable(column('tags', { kind: 'map', key: { kind: 'text' }, value: { kind: 'text' } })),
  nullable(
    column('address', {
      kind: 'struct',
      fields: [
        { name: 'city', type: { kind: 'text' }, nullable: true },
        { name: 'zip', type: { kind: 'text' }, nullable: false },
      ],
    }),
  ),
  column('visits', 'int'),
]);

export const customers = table('silver', 'customers', [
  column('customer_id', 'text'),
  column('email', 'text?'),
  column('region', 'text?'),
  column('born_on', 'date?'),
]);

export const events = table('bronze', 'events', [column('event_id', 'text'), column('payload', 'text?'), column('seen_at', 'timestamp')]);
