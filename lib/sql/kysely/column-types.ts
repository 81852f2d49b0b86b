import {
  AggregateFunctionNode,
  AliasNode,
  ColumnNode,
  FunctionNode,
  IdentifierNode,
  type OperationNode,
  ParensNode,
  ReferenceNode,
  SelectAllNode,
  SelectQueryNode,
  TableNode,
  WithNode,
} from 'kysely';
import type { TypeSpec } from '../../contract/spec.js';
import type { NamedTables } from '../compiled.js';

/**
 * What type a column has, found by its name in Kysely's tree: a text beside a date column is then written as a date. What cannot be found
 * has no type here, and its values are written by their own: the gate refuses where that does not fit.
 */
export class ColumnTypes {
  constructor(private readonly tables: NamedTables) {}

  /** The type of an expression that stands below `path`, the nodes from the root down. */
  of(expression: OperationNode, path: readonly OperationNode[]): TypeSpec | undefined {
    if (ParensNode.is(expression)) return this.of(expression.node, path);
    if (ReferenceNode.is(expression) && ColumnNode.is(expression.column)) {
      return this.column(expression.column.column.name, expression.table?.table.identifier.name, path);
    }
    if (ColumnNode.is(expression)) return this.column(expression.column.name, undefined, path);
    if (AggregateFunctionNode.is(expression) && ['min', 'max', 'sum'].includes(expression.func)) {
      return this.first(expression.aggregated, path);
    }
    if (FunctionNode.is(expression) && SAME_TYPE.includes(expression.func)) return this.first(expression.arguments, path);
    return undefined;
  }

  private first(expressions: readonly OperationNode[], path: readonly OperationNode[]): TypeSpec | undefined {
    for (const expression of expressions) {
      const type = this.of(expression, path);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  private column(name: string, relation: string | undefined, path: readonly OperationNode[]): TypeSpec | undefined {
    for (let depth = path.length; depth > 0; depth--) {
      const select = path[depth - 1] as OperationNode;
      if (!SelectQueryNode.is(select)) continue;
      const sources = sourcesOf(select).filter((source) => relation === undefined || nameOf(source) === relation);
      const types = sources.flatMap((source) => this.inSource(source, name, path.slice(0, depth)) ?? []);
      if (types.length > 0) return types.length === 1 ? types[0] : undefined;
    }
    return undefined;
  }

  private inSource(source: OperationNode, name: string, path: readonly OperationNode[]): TypeSpec | undefined {
    if (AliasNode.is(source)) return this.inSource(source.node, name, path);
    if (ParensNode.is(source)) return this.inSource(source.node, name, path);
    if (SelectQueryNode.is(source)) return this.inSelect(source, name, path);
    if (!TableNode.is(source) || source.table.schema !== undefined) return undefined;
    const cte = findCte(source.table.identifier.name, path);
    if (cte !== undefined) return SelectQueryNode.is(cte.query) ? this.inSelect(cte.query, name, cte.path) : undefined;
    const table = Object.hasOwn(this.tables, source.table.identifier.name) ? this.tables[source.table.identifier.name] : undefined;
    return table?.spec.columns.find((column) => column.name === name)?.type;
  }

  /** The type of a column that a subquery gives. */
  private inSelect(select: SelectQueryNode, name: string, path: readonly OperationNode[]): TypeSpec | undefined {
    const inside = [...path, select];
    for (const { selection } of select.selections ?? []) {
      if (AliasNode.is(selection)) {
        if (IdentifierNode.is(selection.alias) && selection.alias.name === name) return this.of(selection.node, inside);
      } else if (SelectAllNode.is(selection)) {
        return this.column(name, undefined, inside);
      } else if (ReferenceNode.is(selection)) {
        const relation = selection.table?.table.identifier.name;
        const given = ColumnNode.is(selection.column) ? selection.column.column.name === name : true;
        const type = given ? this.column(name, relation, inside) : undefined;
        if (type !== undefined) return type;
      }
    }
    return undefined;
  }
}

/** Functions whose result and arguments are of one type. */
export const SAME_TYPE = ['coalesce', 'nullif', 'greatest', 'least'];

/** A common table expression that a name stands for at a place, and the path to its query. */
export function findCte(
  name: string,
  path: readonly OperationNode[],
): { readonly query: OperationNode; readonly path: readonly OperationNode[] } | undefined {
  for (let at = path.length - 1; at >= 0; at--) {
    const node = path[at] as OperationNode & { readonly with?: WithNode };
    if (node.with === undefined || !WithNode.is(node.with)) continue;
    const { expressions } = node.with;
    // From within one of them only those before it are seen.
    const inside = path[at + 1] === node.with ? expressions.indexOf(path[at + 2] as (typeof expressions)[number]) : expressions.length;
    const found = expressions.slice(0, Math.max(0, inside)).findLast((each) => each.name.table.table.identifier.name === name);
    if (found !== undefined) return { query: found.expression, path: [...path.slice(0, at + 1), node.with, found] };
  }
  return undefined;
}

function sourcesOf(select: SelectQueryNode): readonly OperationNode[] {
  return [...(select.from?.froms ?? []), ...(select.joins ?? []).map((join) => join.table)];
}

function nameOf(source: OperationNode): string | undefined {
  if (AliasNode.is(source)) return IdentifierNode.is(source.alias) ? source.alias.name : undefined;
  return TableNode.is(source) ? source.table.identifier.name : undefined;
}
