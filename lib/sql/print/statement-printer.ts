import type { OutputColumn, Shape } from '../analyze/analysis.js';
import type { SortItem } from '../ast/expression.js';
import type { GroupingElement, Join, Query, QueryBody, Relation, Select, TableName, Values } from '../ast/query.js';
import type { Merge, MergeCase, Statement } from '../ast/statement.js';
import { SqlProblem } from '../sql-error.js';
import { commonType } from '../types/coercion.js';
import { type SqlType, sameType } from '../types/sql-type.js';
import { direction, ExpressionPrinter } from './expression-printer.js';

/** Writes statements and queries for an engine; what differs between engines is in its subclasses. */
export abstract class StatementPrinter extends ExpressionPrinter {
  protected abstract unnest(relation: Relation & { kind: 'unnest' }): string;

  statement(statement: Statement): string {
    switch (statement.kind) {
      case 'query':
        return this.query(statement);
      case 'createTableAs':
        return `create table ${statement.ifNotExists ? 'if not exists ' : ''}${this.table(statement.table)} as ${this.query(statement.query)}`;
      case 'insert': {
        const columns = statement.columns === undefined ? '' : ` (${statement.columns.map((name) => this.quote(name.text)).join(', ')})`;
        return `insert into ${this.table(statement.table)}${columns} ${this.query(statement.query)}`;
      }
      case 'delete':
        return `delete from ${this.table(statement.table)}${statement.where === undefined ? '' : ` where ${this.expression(statement.where)}`}`;
      case 'dropTable':
        return `drop table ${statement.ifExists ? 'if exists ' : ''}${this.table(statement.table)}`;
      case 'merge':
        return this.merge(statement);
    }
  }

  protected table(name: TableName): string {
    const found = this.analysis.catalog.find(name.database?.text, name.name.text);
    const database = found?.database ?? name.database?.text;
    return `${database === undefined ? '' : `${this.quote(database)}.`}${this.quote(found?.name ?? name.name.text)}`;
  }

  private merge(merge: Merge): string {
    const alias = merge.alias?.text ?? merge.table.name.text;
    const cases = merge.cases.map((one) => this.mergeCase(one)).join(' ');
    return `merge into ${this.table(merge.table)} as ${this.quote(alias)} using ${this.relation(merge.source)} on ${this.expression(merge.on)} ${cases}`;
  }

  private mergeCase(one: MergeCase): string {
    const condition = one.condition === undefined ? '' : ` and ${this.expression(one.condition)}`;
    switch (one.kind) {
      case 'delete':
        return `when matched${condition} then delete`;
      case 'update':
        return `when matched${condition} then update set ${one.set.map((set) => `${this.quote(set.column.text)} = ${this.expression(set.value)}`).join(', ')}`;
      case 'insert': {
        const columns = one.columns.length === 0 ? '' : ` (${one.columns.map((name) => this.quote(name.text)).join(', ')})`;
        return `when not matched${condition} then insert${columns} values (${one.values.map((value) => this.expression(value)).join(', ')})`;
      }
    }
  }

  query(query: Query): string {
    const ctes = query.ctes.map((cte) => {
      const names = cte.columns.length === 0 ? '' : `(${cte.columns.map((name) => this.quote(name.text)).join(', ')})`;
      return `${this.quote(cte.name.text)}${names} as (${this.query(cte.query)})`;
    });
    const parts = [ctes.length === 0 ? '' : `with ${ctes.join(', ')}`, this.body(query.body)];
    if (query.orderBy.length > 0) parts.push(`order by ${query.orderBy.map((item) => this.querySortItem(item)).join(', ')}`);
    if (query.limit !== undefined) parts.push(`limit ${query.limit}`);
    if (query.offset !== undefined) parts.push(`offset ${query.offset}`);
    return parts.filter((part) => part !== '').join(' ');
  }

  /** Columns of the result are ordered by position: a name could mean a column of a table to another engine. */
  private querySortItem(item: SortItem): string {
    const at = this.analysis.sortColumns.get(item.expression);
    return `${at === undefined ? this.expression(item.expression) : at + 1} ${direction(item)}`;
  }

  private body(body: QueryBody): string {
    switch (body.kind) {
      case 'select':
        return this.select(body);
      case 'set': {
        const [left, right] = [this.side(body.left, body.right), this.side(body.right, body.left)];
        return `${left} ${body.op}${body.all ? ' all' : ''} ${right}`;
      }
      case 'values':
        return this.values(body);
      case 'query':
        return `(${this.query(body)})`;
    }
  }

  /** A side of a set operation, its columns cast to what both sides become. */
  private side(body: QueryBody, other: QueryBody): string {
    const text = `(${this.body(body)})`;
    const mine = this.shapeOf(body);
    const theirs = this.shapeOf(other);
    const common = mine.columns.map((column, at) => setType(column.type, (theirs.columns[at] as OutputColumn).type));
    if (mine.columns.every((column, at) => sameType(column.type, common[at] as SqlType))) return text;
    const columns = mine.columns.map((column, at) => {
      const name = `${this.quote('_s')}.${this.quote(column.printName)}`;
      const to = common[at] as SqlType;
      return `${sameType(column.type, to) ? name : this.castText(name, column.type, to, false)} as ${this.quote(column.printName)}`;
    });
    return `(select ${columns.join(', ')} from ${text} as ${this.quote('_s')})`;
  }

  private shapeOf(body: QueryBody): Shape {
    if (body.kind === 'set') {
      const left = this.shapeOf(body.left);
      const right = this.shapeOf(body.right);
      return {
        ...left,
        columns: left.columns.map((column, at) => ({ ...column, type: setType(column.type, (right.columns[at] as OutputColumn).type) })),
      };
    }
    if (body.kind === 'values') {
      const [first = []] = body.rows;
      const columns = first.map((_, at): OutputColumn => {
        const type = body.rows.map((row) => this.castedType(row, at)).reduce(setType);
        return { printName: `_col${at}`, type, nullable: true, lineage: { direct: new Map(), deciding: new Map() }, source: undefined };
      });
      return { columns, rows: new Map(), single: false };
    }
    return this.analysis.shapes.get(body) as Shape;
  }

  private castedType(row: Values['rows'][number], at: number): SqlType {
    const expression = row[at] as (typeof row)[number];
    return this.analysis.casts.get(expression) ?? this.analysis.typeOf(expression);
  }

  protected values(values: Values): string {
    const rows = values.rows.map((row) => `(${row.map((item) => this.expression(item)).join(', ')})`);
    const names = (values.rows[0] ?? []).map((_, at) => this.quote(`_col${at}`));
    return `select * from (values ${rows.join(', ')}) as ${this.quote('_v')}(${names.join(', ')})`;
  }

  private select(select: Select): string {
    const shape = this.analysis.shapes.get(select) as Shape;
    const items = shape.columns.map((column) => `${this.output(column)} as ${this.quote(column.printName)}`);
    const parts = [`select ${select.distinct ? 'distinct ' : ''}${items.join(', ')}`];
    if (select.from.length > 0) parts.push(`from ${select.from.map((relation) => this.relation(relation)).join(' cross join ')}`);
    if (select.where !== undefined) parts.push(`where ${this.expression(select.where)}`);
    if (select.groupBy !== undefined)
      parts.push(`group by ${select.groupBy.elements.map((element) => this.grouping(element, select)).join(', ')}`);
    if (select.having !== undefined) parts.push(`having ${this.expression(select.having)}`);
    return parts.join(' ');
  }

  private output(column: OutputColumn): string {
    const { source } = column;
    if (source === undefined) throw new Error('an output column without a source');
    return 'expression' in source ? this.expression(source.expression) : this.qualified(source.relation, source.field);
  }

  private grouping(element: GroupingElement, select: Select): string {
    const keys = this.analysis.groupKeys.get(select);
    const set = (expressions: readonly SortItem['expression'][]) => `(${expressions.map((one) => this.expression(one)).join(', ')})`;
    if (element.kind === 'plain') {
      if (element.expressions.length === 0) return '()';
      return element.expressions
        .map((one) => {
          const key = keys?.get(one);
          return key?.ordinal === undefined ? this.expression(one) : String(key.ordinal);
        })
        .join(', ');
    }
    const sets = element.sets.map((one) =>
      one.length === 1 && element.kind !== 'sets' ? this.expression(one[0] as SortItem['expression']) : set(one),
    );
    return `${element.kind === 'sets' ? 'grouping sets' : element.kind} (${sets.join(', ')})`;
  }

  protected relation(relation: Relation): string {
    switch (relation.kind) {
      case 'table': {
        if (relation.version !== undefined) throw new SqlProblem('sql-engine', "'for version as of' runs on athena only", relation);
        const instance = this.instance(relation);
        const names = relation.columns.length === 0 ? '' : `(${relation.columns.map((name) => this.quote(name.text)).join(', ')})`;
        const isTable = this.analysis.tables.some((use) => use.name === relation.table);
        return `${isTable ? this.table(relation.table) : this.quote(relation.table.name.text)} as ${this.quote(instance.printName)}${names}`;
      }
      case 'derived': {
        const instance = this.instance(relation);
        const names = relation.columns.length === 0 ? '' : `(${instance.fields.map((field) => this.quote(field.printName)).join(', ')})`;
        return `(${this.query(relation.query)}) as ${this.quote(instance.printName)}${names}`;
      }
      case 'unnest':
        return this.unnest(relation);
      case 'join':
        return this.join(relation);
    }
  }

  protected instance(relation: Relation) {
    const instance = this.analysis.relations.get(relation);
    if (instance === undefined) throw new Error('a relation was not analyzed');
    return instance;
  }

  private join(join: Join): string {
    const right = join.right.kind === 'join' ? `(${this.relation(join.right)})` : this.relation(join.right);
    const left = this.relation(join.left);
    if (join.type === 'cross') return `${left} cross join ${right}`;
    const on = join.using === undefined ? this.expression(join.on as SortItem['expression']) : this.usingCondition(join);
    return `${left} ${join.type} join ${right} on ${on}`;
  }

  private usingCondition(join: Join): string {
    const side = (relation: Relation, name: string): { text: string; type: SqlType } => {
      for (const one of leaves(relation)) {
        const instance = this.instance(one);
        const field = instance.fields.find((of) => of.name?.toLowerCase() === name.toLowerCase());
        if (field !== undefined) return { text: this.qualified(instance, field), type: field.type };
      }
      throw new Error(`column ${name} of using was not found`);
    };
    const conditions = (join.using ?? []).map((name) => {
      const [left, right] = [side(join.left, name.text), side(join.right, name.text)];
      const type = setType(left.type, right.type);
      const text = (one: typeof left) => (sameType(one.type, type) ? one.text : this.castText(one.text, one.type, type, false));
      return `${text(left)} = ${text(right)}`;
    });
    return `(${conditions.join(' and ')})`;
  }
}

function leaves(relation: Relation): Relation[] {
  return relation.kind === 'join' ? [...leaves(relation.left), ...leaves(relation.right)] : [relation];
}

function setType(a: SqlType, b: SqlType): SqlType {
  return commonType(a, b) ?? a;
}
