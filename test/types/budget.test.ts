import { describe, expect, it } from 'vitest';
import { check, IMPORTS } from './compiler.js';

const KINDS = [
  'text().pii("name").nullable()',
  'decimal(10, 2).min(0).unit("EUR")',
  'timestamp().nullable()',
  'int().between(0, 10)',
  'oneOf("a", "b").nullable()',
  'array(text())',
  'struct({ a: text(), b: int().nullable() })',
  'boolean()',
  'map(text(), double())',
  'bigint().describe("a count")',
];

/** A contract of `count` columns of all kinds, with what users do with it: rules, both row types, the names of its key. */
function wide(count: number): string {
  const columns = Array.from({ length: count }, (_, index) => `  c${index}: ${KINDS[index % KINDS.length]},`);
  return `${IMPORTS}
    const Wide = contract('wide', { id: text().key(), at: timestamp().sequence(),\n${columns.join('\n')}\n }, { rules: (t) => [t.at.isNotNull(), unique(t.id)] });
    export function copy(row: Row<typeof Wide>): NewRow<typeof Wide> { return { ...row, id: row.id.trim() }; }
    export const key: FlaggedName<typeof Wide, 'key'> = 'id';
  `;
}

describe('what contracts cost the compiler', () => {
  it('makes fewer than 20,000 types for a contract of 200 columns', () => {
    const none = check(wide(0));
    const many = check(wide(200));
    expect([...none.errors, ...many.errors]).toEqual([]);
    console.info(`${many.instantiations} types for 200 columns, ${none.instantiations} for none`);
    expect(many.instantiations).toBeLessThan(20_000);
  });

  it('costs each further column the same', () => {
    const [few, some, many] = [50, 100, 200].map((count) => check(wide(count)).instantiations) as [number, number, number];
    expect((many - some) / 100).toBeLessThan(((some - few) / 50) * 1.2);
  });
});
