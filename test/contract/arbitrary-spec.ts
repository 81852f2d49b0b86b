import fc from 'fast-check';
import type { FieldSpec, TypeSpec } from '../../lib/contract/index.js';

/** Names from a small set, so that fields come, go and come back. */
const name = fc.constantFrom('alpha', 'beta', 'gamma', 'element', 'key_part', 'element_value');

const leaf: fc.Arbitrary<TypeSpec> = fc.oneof(
  fc.constantFrom('text', 'boolean', 'int', 'bigint', 'double', 'date', 'timestamp', 'json').map((kind) => ({ kind }) as TypeSpec),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 3 }))
    .map(([precision, scale]) => ({ kind: 'decimal', precision: Math.max(precision, scale), scale }) as const),
  fc.constant({ kind: 'oneOf', values: ['a', 'b'] } as const),
);

function fieldsOf(type: fc.Arbitrary<TypeSpec>, minLength: number): fc.Arbitrary<readonly FieldSpec[]> {
  const field = fc.record({ name, type, nullable: fc.boolean() });
  return fc.uniqueArray(field, { selector: (each) => each.name, minLength, maxLength: 5 });
}

/** A type up to three levels deep. */
export const typeSpec: fc.Arbitrary<TypeSpec> = fc.letrec<{ type: TypeSpec }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    tie('type').map((element) => ({ kind: 'array', element }) as const),
    tie('type').map((value) => ({ kind: 'map', key: { kind: 'text' }, value }) as const),
    fieldsOf(tie('type'), 1).map((fields) => ({ kind: 'struct', fields }) as const),
  ),
})).type;

/** The columns of a table. */
export const tableColumns = fieldsOf(typeSpec, 1).map((columns) => ({ columns }));
