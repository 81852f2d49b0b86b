import type { Expression } from '../ast/expression.js';
import type { Query, QueryBody, Relation, Select } from '../ast/query.js';
import { childrenOf } from '../ast/walk.js';
import { FUNCTIONS } from '../functions/table.js';

/** What a part of a query does with tables whose rows may be repeated. */
interface Reading {
  /** Whether rows of such a table come through. */
  readonly repeats: boolean;
  /** Whether repeated rows give only repetitions of the rows that the first gave. */
  readonly harmless: boolean;
}

const NOTHING: Reading = { repeats: false, harmless: true };

/**
 * Whether repeating rows of some tables can do no more to a query's result than repeat rows of it. Then a table with a key needs no
 * protection from records that were delivered twice: its own rule of one row a key removes the repetitions, and counts them.
 *
 * @param mayRepeat whether a table, by database and name, may hold a row more than once
 */
export function onlyRepeatsRows(query: Query, mayRepeat: (database: string, name: string) => boolean): boolean {
  return new Repeats(mayRepeat).query(query, new Map()).harmless;
}

type Named = ReadonlyMap<string, Reading>;

class Repeats {
  constructor(private readonly mayRepeat: (database: string, name: string) => boolean) {}

  query({ ctes, body, limit, offset }: Query, outer: Named): Reading {
    const named = new Map(outer);
    for (const { name, query } of ctes) named.set(name.text.toLowerCase(), this.query(query, named));
    const reading = this.body(body, named);
    return limit === undefined && offset === undefined ? reading : counted(reading);
  }

  private body(body: QueryBody, named: Named): Reading {
    switch (body.kind) {
      case 'query':
        return this.query(body, named);
      case 'values':
        return NOTHING;
      case 'set': {
        const both = together([this.body(body.left, named), this.body(body.right, named)]);
        return body.op !== 'union' && body.all ? counted(both) : both;
      }
      case 'select':
        return this.select(body, named);
    }
  }

  private select(select: Select, named: Named): Reading {
    const from = together(select.from.map((relation) => this.relation(relation, named)));
    const expressions = [
      ...select.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : [])),
      ...[select.where, select.having].flatMap((expression) => expression ?? []),
    ];
    const rows = select.groupBy !== undefined || expressions.some(countsRows) ? counted(from) : from;
    return together([rows, ...expressions.map((expression) => this.inside(expression, named))]);
  }

  private relation(relation: Relation, named: Named): Reading {
    switch (relation.kind) {
      case 'table': {
        const { database, name } = relation.table;
        if (database === undefined) return named.get(name.text.toLowerCase()) ?? NOTHING;
        return { repeats: this.mayRepeat(database.text, name.text), harmless: true };
      }
      case 'derived':
        return this.query(relation.query, named);
      case 'unnest':
        return together(relation.expressions.map((expression) => this.inside(expression, named)));
      case 'join': {
        const sides = [this.relation(relation.left, named), this.relation(relation.right, named)];
        return together([...sides, ...(relation.on === undefined ? [] : [this.inside(relation.on, named)])]);
      }
    }
  }

  /** Queries inside an expression. Whether a value is among repeated rows is the same question; a single value may become two. */
  private inside(expression: Expression, named: Named): Reading {
    const below = childrenOf(expression).map((child) => this.inside(child, named));
    switch (expression.kind) {
      case 'subquery':
        return together([counted(this.query(expression.query, named)), ...below]);
      case 'exists':
      case 'inQuery':
        return together([this.query(expression.query, named), ...below]);
      default:
        return together(below);
    }
  }
}

function together(readings: readonly Reading[]): Reading {
  return { repeats: readings.some(({ repeats }) => repeats), harmless: readings.every(({ harmless }) => harmless) };
}

/** A result that depends on how many rows there are. */
function counted({ repeats, harmless }: Reading): Reading {
  return { repeats, harmless: harmless && !repeats };
}

/** Whether an expression holds an aggregate or a window function. */
function countsRows(expression: Expression): boolean {
  if (expression.kind === 'call') {
    const kind = FUNCTIONS.get(expression.name.text.toLowerCase())?.kind;
    if (kind !== 'scalar' || expression.over !== undefined) return true;
  }
  return childrenOf(expression).some(countsRows);
}
