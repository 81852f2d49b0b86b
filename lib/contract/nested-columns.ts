import { Column, type ColumnState, type ElementColumn, type Flag, type Parts, plain, type Slot, type slot, stateOf } from './column.js';
import { aliasProblems, nameProblem } from './names.js';
import type { NestedRef } from './ref.js';
import type { Flatten } from './row.js';
import type { FieldSpec, TypeSpec } from './spec.js';
import type { OneOfColumn, TextColumn } from './text-columns.js';

/** What is read from, and written to, the fields of a struct. */
export type ReadFields<P extends Parts> = { readonly [N in keyof P]: P[N][typeof slot]['read'] };
export type WriteFields<P extends Parts> = {
  readonly [N in keyof P as null extends P[N][typeof slot]['write'] ? never : N]: P[N][typeof slot]['write'];
} & {
  readonly [N in keyof P as null extends P[N][typeof slot]['write'] ? N : never]?: P[N][typeof slot]['write'];
};

export class ArrayColumn<E extends ElementColumn, F extends Flag = never> extends Column<'array', F, NestedRef, E> {
  declare readonly [slot]: Slot<'array', NestedRef, readonly E[typeof slot]['read'][], readonly E[typeof slot]['write'][], F>;
}

export class StructColumn<P extends Parts, F extends Flag = never> extends Column<'struct', F, NestedRef, P> {
  declare readonly [slot]: Slot<'struct', NestedRef, Flatten<ReadFields<P>>, Flatten<WriteFields<P>>, F>;
}

export class MapColumn<E extends ElementColumn, F extends Flag = never> extends Column<'map', F, NestedRef, E> {
  declare readonly [slot]: Slot<
    'map',
    NestedRef,
    { readonly [key: string]: E[typeof slot]['read'] },
    { readonly [key: string]: E[typeof slot]['write'] },
    F
  >;
}

/** A list of values, none of them null. */
export function array<E extends ElementColumn>(element: E): ArrayColumn<E> {
  const data = stateOf(element);
  return new ArrayColumn(plain({ kind: 'array', element: data.type }, partProblems('the element of array()', data, false)));
}

/**
 * A group of named values.
 * @example struct({ street: text(), zip: text().nullable() })
 */
export function struct<P extends Parts>(fields: P): StructColumn<P> {
  const names = Object.keys(fields);
  const problems = names.length === 0 ? ['struct() needs at least one field'] : [];
  const specs = names.map((name): FieldSpec => {
    const data = stateOf(fields[name]);
    const problem = nameProblem('column', name);
    if (problem !== undefined) problems.push(`field ${problem}`);
    problems.push(...partProblems(`field '${name}' of struct()`, data, true));
    return fieldSpec(name, data);
  });
  problems.push(...aliasProblems(specs));
  return new StructColumn(plain({ kind: 'struct', fields: specs }, problems));
}

/** Values under names that are not known beforehand; none of them null. */
export function map<E extends ElementColumn>(key: TextColumn | OneOfColumn<string>, value: E): MapColumn<E> {
  const [keyData, valueData] = [stateOf(key), stateOf(value)];
  const type: TypeSpec = { kind: 'map', key: keyData.type, value: valueData.type };
  const problems = [...partProblems('the key of map()', keyData, false), ...partProblems('the value of map()', valueData, false)];
  if (type.key.kind !== 'text' && type.key.kind !== 'oneOf') problems.push(`the key of map() is ${type.key.kind}: use text() or oneOf()`);
  return new MapColumn(plain(type, problems));
}

/** A field as data. */
export function fieldSpec(name: string, { type, nullable, description, unit, from }: ColumnState): FieldSpec {
  return {
    name,
    type,
    nullable: nullable ?? false,
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
    ...(from !== undefined && { from }),
  };
}

/** Parts carry a type and perhaps null; all else belongs to the whole column, where grants, keys and rules look for it. */
function partProblems(part: string, data: ColumnState, mayBeNull: boolean): string[] {
  const marks = (['key', 'sequence', 'eventTime', 'subject', 'pii'] as const).filter((mark) => data[mark] !== undefined);
  return [
    ...data.problems.map((problem) => `${part}: ${problem}`),
    ...marks.map((mark) => `${part} has ${mark}(): put it on the column`),
    ...(data.checks.length > 0
      ? [`${part} has a check: rules are about whole columns; write it as condition\`…\` among the contract's rules`]
      : []),
    ...(data.from !== undefined && !mayBeNull ? [`${part} has from(): it has no name`] : []),
    ...(data.nullable && !mayBeNull ? [`${part} is nullable: leave nulls out, or put the value in a struct`] : []),
  ];
}
