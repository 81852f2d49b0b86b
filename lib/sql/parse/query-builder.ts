import type { Expression, Name, Window } from '../ast/expression.js';
import type {
  Cte,
  GroupBy,
  GroupingElement,
  Join,
  Query,
  QueryBody,
  Relation,
  Select,
  SelectItem,
  TableName,
  Values,
} from '../ast/query.js';
import type { Tree } from '../grammar/trino-grammar.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import { type BuildContext, expressionOf, sortItemOf } from './expression-builder.js';
import { has, identifiers, isIdentifier, kid, kids, leaf, nameOf, namesOf, outside, rules, spanOf } from './tree.js';
import { windowSpecificationOf } from './window-builder.js';

/** Builds queries from the grammar's tree. One instance reads one statement. */
export class QueryBuilder implements BuildContext {
  readonly text: string;
  private windows = new Map<string, Window>();

  constructor(text: string) {
    this.text = text;
  }

  query(tree: Tree): Query {
    if (tree.rule === 'rootQuery') throw outside(rules(tree)[0] ?? tree, 'a function declared in a query');
    if (tree.rule !== 'queryStatement') return this.queryNoWith(tree, []);
    const clause = kid(tree, 'with');
    if (clause !== undefined && has(clause, 'KW_RECURSIVE')) throw outside(clause, 'with recursive');
    const ctes = clause === undefined ? [] : kids(clause, 'namedQuery').map((cte) => this.cte(cte));
    return this.queryNoWith(kid(tree, 'queryNoWith') ?? tree, ctes);
  }

  window(name: Name): Window {
    const window = this.windows.get(name.text.toLowerCase());
    if (window !== undefined) return window;
    throw new SqlProblem('sql-name', `unknown window '${name.text}'${didYouMean(name.text, this.windows.keys())}`, name);
  }

  expression(tree: Tree): Expression {
    return expressionOf(tree, this);
  }

  private cte(tree: Tree): Cte {
    const aliases = kid(tree, 'columnAliases');
    return {
      name: identifiers(tree)[0] as Name,
      columns: aliases === undefined ? [] : identifiers(aliases),
      query: this.query(rules(tree).at(-1) as Tree),
      ...spanOf(tree),
    };
  }

  private queryNoWith(tree: Tree, ctes: readonly Cte[]): Query {
    if (tree.rule !== 'queryNoWith') throw outside(tree, 'this kind of query');
    if (has(tree, 'KW_FETCH')) throw new SqlProblem('sql-subset', "'fetch first' is not in the portable subset: use limit", tree);
    const [term] = rules(tree) as [Tree];
    const counts = kids(tree, 'rowCount').map((count) => {
      const value = leaf(count, 'INTEGER_VALUE');
      if (value === undefined) throw outside(count, "'?'");
      return BigInt(value.text.replaceAll('_', ''));
    });
    const offset = has(tree, 'KW_OFFSET') ? counts.shift() : undefined;
    const [limit] = counts;
    return {
      kind: 'query',
      ctes,
      body: this.body(term),
      orderBy: kids(tree, 'sortItem').map((item) => sortItemOf(item, this)),
      ...(offset === undefined ? {} : { offset }),
      ...(limit === undefined ? {} : { limit }),
      ...spanOf(tree),
    };
  }

  private body(tree: Tree): QueryBody {
    switch (tree.rule) {
      case 'querySpecification':
        return this.select(tree);
      case 'setOperation':
        return this.setOperation(tree);
      case 'inlineTable':
        return this.values(tree);
      case 'subquery':
        return this.query(rules(tree)[0] as Tree);
      default:
        throw outside(tree, tree.rule === 'table' ? "'table t' as a query (write select * from t)" : 'this kind of query');
    }
  }

  private setOperation(tree: Tree): QueryBody {
    const quantifier = kid(tree, 'setQuantifier');
    const [left, right] = rules(tree).filter((child) => child !== quantifier) as [Tree, Tree];
    const op = has(tree, 'KW_UNION') ? 'union' : has(tree, 'KW_INTERSECT') ? 'intersect' : 'except';
    const all = quantifier !== undefined && has(quantifier, 'KW_ALL');
    return { kind: 'set', op, all, left: this.body(left), right: this.body(right), ...spanOf(tree) };
  }

  private values(tree: Tree): Values {
    const rows = rules(tree).map((row) => {
      const expression = this.expression(row);
      return expression.kind === 'row' ? expression.items : [expression];
    });
    return { kind: 'values', rows, ...spanOf(tree) };
  }

  private select(tree: Tree): Select {
    const outer = this.windows;
    this.windows = new Map();
    for (const definition of kids(tree, 'windowDefinition')) {
      const name = identifiers(definition)[0] as Name;
      this.windows.set(name.text.toLowerCase(), windowSpecificationOf(kid(definition, 'windowSpecification') as Tree, this));
    }
    const quantifier = kid(tree, 'setQuantifier');
    const list = kid(tree, 'selectList') as Tree;
    const clause = (rule: string) => {
      const found = kid(tree, rule);
      return found === undefined ? undefined : this.expression(rules(found)[0] as Tree);
    };
    const skip = new Set(['setQuantifier', 'selectList', 'whereClause', 'havingClause', 'groupBy', 'windowDefinition']);
    const where = clause('whereClause');
    const having = clause('havingClause');
    const groupBy = kid(tree, 'groupBy');
    const select: Select = {
      kind: 'select',
      distinct: quantifier !== undefined && has(quantifier, 'KW_DISTINCT'),
      items: kids(list, 'selectItem').map((item) => this.selectItem(item)),
      from: rules(tree)
        .filter((child) => !skip.has(child.rule))
        .map((relation) => this.relation(relation)),
      ...(where === undefined ? {} : { where }),
      ...(groupBy === undefined ? {} : { groupBy: this.groupBy(groupBy) }),
      ...(having === undefined ? {} : { having }),
      ...spanOf(tree),
    };
    this.windows = outer;
    return select;
  }

  private selectItem(tree: Tree): SelectItem {
    const [first] = rules(tree) as [Tree];
    if (kid(tree, 'columnAliases') !== undefined) throw outside(tree, "'.* as (…)'");
    if (first.rule === 'selectAllWithoutTable') return { kind: 'all', ...spanOf(tree) };
    if (first.rule === 'tableAllColumns') {
      const of = this.expression(rules(first)[0] as Tree);
      if (of.kind !== 'column' || of.path.length !== 1) throw outside(first, "'.*' of anything but a table's name or alias");
      return { kind: 'all', of: of.path[0] as Name, ...spanOf(tree) };
    }
    const alias = rules(tree).slice(1).find(isIdentifier);
    return {
      kind: 'expression',
      expression: this.expression(first),
      ...(alias === undefined ? {} : { alias: nameOf(alias) }),
      ...spanOf(tree),
    };
  }

  private groupBy(tree: Tree): GroupBy {
    if (kid(tree, 'setQuantifier') !== undefined) throw outside(tree, "'group by all' or 'group by distinct'");
    return { elements: rules(tree).map((element) => this.groupingElement(element)), ...spanOf(tree) };
  }

  private groupingElement(tree: Tree): GroupingElement {
    const sets = kids(tree, 'groupingSet').map((set) =>
      kids(set, 'groupingTerm').flatMap((term) => {
        const expression = this.expression(rules(term)[0] as Tree);
        return expression.kind === 'row' ? expression.items : [expression];
      }),
    );
    if (tree.rule === 'singleGroupingSet') return { kind: 'plain', expressions: sets[0] ?? [] };
    return { kind: tree.rule === 'rollup' ? 'rollup' : tree.rule === 'cube' ? 'cube' : 'sets', sets };
  }

  relation(tree: Tree): Relation {
    switch (tree.rule) {
      case 'joinRelation':
        return this.join(tree);
      case 'aliasedRelation':
        return this.aliased(tree);
      case 'sampledRelation':
        throw outside(tree, 'tablesample, which gives other rows on every run,');
      case 'patternRecognition':
        throw outside(tree, 'match_recognize');
      default:
        throw outside(tree, 'this kind of table');
    }
  }

  private join(tree: Tree): Join {
    if (has(tree, 'KW_NATURAL'))
      throw new SqlProblem('sql-subset', "a natural join changes when a column is added: name the columns with 'using (…)' or 'on'", tree);
    const type = kid(tree, 'joinType');
    const criteria = kid(tree, 'joinCriteria');
    const [left, right] = rules(tree).filter((child) => child !== type && child !== criteria) as [Tree, Tree];
    const join = {
      kind: 'join' as const,
      left: this.relation(left),
      right: this.relation(right),
      ...spanOf(tree),
    };
    if (criteria === undefined || has(tree, 'KW_CROSS')) return { ...join, type: 'cross' };
    const word = type === undefined ? undefined : (['LEFT', 'RIGHT', 'FULL'] as const).find((side) => has(type, `KW_${side}`));
    const kind = word === undefined ? 'inner' : (word.toLowerCase() as 'left' | 'right' | 'full');
    if (has(criteria, 'KW_USING')) return { ...join, type: kind, using: identifiers(criteria) };
    return { ...join, type: kind, on: this.expression(rules(criteria)[0] as Tree) };
  }

  private aliased(tree: Tree): Relation {
    const aliases = kid(tree, 'columnAliases');
    const [primary] = rules(tree) as [Tree];
    const alias = rules(tree).slice(1).find(isIdentifier);
    const more = {
      ...(alias === undefined ? {} : { alias: nameOf(alias) }),
      columns: aliases === undefined ? [] : identifiers(aliases),
      ...spanOf(tree),
    };
    const source = primary.rule === 'expressionSourceTable' ? (rules(primary)[0] as Tree) : primary;
    switch (source.rule) {
      case 'tableName':
        return this.table(source, more);
      case 'subqueryRelation':
        return { kind: 'derived', query: this.query(rules(source)[0] as Tree), lateral: false, ...more };
      case 'lateral':
        return { kind: 'derived', query: this.query(rules(source)[0] as Tree), lateral: true, ...more };
      case 'unnest':
        return {
          kind: 'unnest',
          expressions: rules(source).map((item) => this.expression(item)),
          ordinality: has(source, 'KW_ORDINALITY'),
          ...more,
        };
      case 'parenthesizedRelation': {
        if (alias !== undefined) throw outside(tree, 'an alias on a join in parentheses');
        return this.relation(rules(source)[0] as Tree);
      }
      default:
        throw outside(source, source.rule === 'jsonTable' ? 'json_table' : 'a table function');
    }
  }

  private table(
    tree: Tree,
    more: { readonly alias?: Name; readonly columns: readonly Name[]; readonly start: number; readonly end: number },
  ): Relation {
    const period = kid(tree, 'queryPeriod');
    const version = period === undefined ? undefined : this.version(period);
    return { kind: 'table', table: tableNameOf(rules(tree)[0] as Tree), ...more, ...(version === undefined ? {} : { version }) };
  }

  private version(tree: Tree): bigint {
    const value = this.expression(rules(tree).at(-1) as Tree);
    const range = kid(tree, 'rangeType');
    if (range === undefined || !has(range, 'KW_VERSION') || value.kind !== 'number') throw outside(tree, "'for timestamp as of'");
    return BigInt(value.text);
  }
}

/** `orders`, `"shop_dev_silver"."orders"`. */
export function tableNameOf(tree: Tree): TableName {
  const path = namesOf(tree);
  if (path.length > 2) throw outside(tree, 'a table with a catalog');
  const name = path.at(-1) as Name;
  return { ...(path.length === 2 ? { database: path[0] as Name } : {}), name, ...spanOf(tree) };
}
