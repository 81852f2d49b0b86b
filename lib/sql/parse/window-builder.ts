import type { Frame, FrameBound, Window } from '../ast/expression.js';
import type { Tree } from '../grammar/trino-grammar.js';
import { SqlProblem } from '../sql-error.js';
import { type BuildContext, expressionOf, sortItemOf } from './expression-builder.js';
import { has, isIdentifier, kid, kids, nameOf, outside, rules, spanOf } from './tree.js';

/** `OVER (…)` or `OVER name`. */
export function windowOf(over: Tree, context: BuildContext): Window {
  const specification = kid(over, 'windowSpecification');
  if (specification !== undefined) return windowSpecificationOf(specification, context);
  const name = rules(over).find(isIdentifier);
  if (name !== undefined) return context.window(nameOf(name));
  return { partitionBy: [], orderBy: [], ...spanOf(over) };
}

export function windowSpecificationOf(tree: Tree, context: BuildContext): Window {
  const base = rules(tree).find(isIdentifier);
  const inherited = base === undefined ? undefined : context.window(nameOf(base));
  const partition = kid(tree, 'partitionBy');
  const orderBy = kids(tree, 'sortItem').map((item) => sortItemOf(item, context));
  const frame = kid(tree, 'windowFrame');
  if (inherited !== undefined && partition !== undefined) {
    throw new SqlProblem('sql-syntax', 'a window that extends a named one cannot have its own partition by', tree);
  }
  return {
    partitionBy: inherited?.partitionBy ?? (partition === undefined ? [] : rules(partition).map((part) => expressionOf(part, context))),
    orderBy: orderBy.length > 0 ? orderBy : (inherited?.orderBy ?? []),
    ...(frame === undefined ? (inherited?.frame === undefined ? {} : { frame: inherited.frame }) : { frame: frameOf(frame, context) }),
    ...spanOf(tree),
  };
}

function frameOf(tree: Tree, context: BuildContext): Frame {
  const extent = kid(tree, 'frameExtent');
  if (extent === undefined || rules(tree).length !== 1) throw outside(tree, 'row pattern matching');
  const bounds = rules(extent).map((bound) => boundOf(bound, context)) as [FrameBound, FrameBound | undefined];
  const unit = has(extent, 'KW_ROWS') ? 'rows' : has(extent, 'KW_GROUPS') ? 'groups' : 'range';
  return { unit, start: bounds[0], ...(bounds[1] === undefined ? {} : { end: bounds[1] }) };
}

function boundOf(tree: Tree, context: BuildContext): FrameBound {
  const preceding = has(tree, 'KW_PRECEDING');
  if (tree.rule === 'currentRowBound') return { kind: 'currentRow' };
  if (tree.rule === 'unboundedFrame') return { kind: preceding ? 'unboundedPreceding' : 'unboundedFollowing' };
  return { kind: preceding ? 'preceding' : 'following', offset: expressionOf(rules(tree)[0] as Tree, context) };
}
