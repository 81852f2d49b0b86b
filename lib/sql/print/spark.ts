import { type Analyzed, analyze } from '../analyze/statement-analyzer.js';
import type { Arithmetic, Call, IntervalField } from '../ast/expression.js';
import type { Relation, Values } from '../ast/query.js';
import type { Statement } from '../ast/statement.js';
import {
  type AggregateFunction,
  type RenderedCall,
  type Rendering,
  render,
  type ScalarFunction,
  type WindowFunction,
} from '../functions/sql-function.js';
import type { Catalog } from '../types/catalog.js';
import type { SqlType } from '../types/sql-type.js';
import { orderedList } from './spark-aggregate.js';
import { sparkCast } from './spark-cast.js';
import { sparkName, sparkString, sparkType } from './spark-text.js';
import { StatementPrinter } from './statement-printer.js';

/** A statement as Spark 3.5 SQL that gives the same rows in a session in UTC, ANSI mode on or off. Throws `SqlProblem`. */
export function printSpark(statement: Statement, catalog: Catalog): string {
  return printAnalyzedSpark(analyze(statement, catalog));
}

export function printAnalyzedSpark({ statement, analysis }: Analyzed): string {
  return new SparkPrinter(analysis).statement(statement);
}

class SparkPrinter extends StatementPrinter {
  protected typeText(type: SqlType): string {
    return sparkType(type);
  }

  protected string(value: string): string {
    return sparkString(value);
  }

  protected quote(name: string): string {
    return sparkName(name);
  }

  protected literal(type: SqlType, text: string): string {
    switch (type.kind) {
      case 'date':
        return `date'${text}'`;
      case 'timestamp':
        return `timestamp_ntz'${text}'`;
      case 'integer':
        return text.startsWith('-') ? `(${text})` : text;
      default:
        return `cast('${text}' as ${sparkType(type)})`;
    }
  }

  protected interval(amount: bigint, field: IntervalField): string {
    return `interval '${amount}' ${field}`;
  }

  protected arithmeticText(e: Arithmetic, left: string, right: string, result: SqlType): string {
    if (result.kind === 'date' || result.kind === 'timestamp') return `cast(${left} ${e.op} ${right} as ${sparkType(result)})`;
    const exact = result.kind === 'decimal' || !['double', 'real'].includes(result.kind);
    if (e.op === '/' || e.op === '%') return this.quotient(e, left, right, result, exact);
    return result.kind === 'decimal' ? `cast(${left} ${e.op} ${right} as ${sparkType(result)})` : `(${left} ${e.op} ${right})`;
  }

  private quotient(e: Arithmetic, left: string, right: string, result: SqlType, exact: boolean): string {
    const operator = e.op === '%' || result.kind === 'decimal' || !exact ? e.op : 'div';
    const divided = `cast(${left} ${operator} ${right} as ${sparkType(result)})`;
    if (e.right.kind === 'number' && /[1-9]/.test(e.right.text)) return divided;
    if (exact) return `case when ${right} = 0 and ${left} is not null then raise_error('division by zero') else ${divided} end`;
    // Spark gives NULL where a double divided by zero is an infinity or no number.
    if (e.op === '%') return `case when ${right} = 0 and ${left} is not null then double('NaN') else ${divided} end`;
    const infinity = `case when ${left} > 0 then double('Infinity') when ${left} < 0 then double('-Infinity') else double('NaN') end`;
    return `case when ${right} = 0 and ${left} is not null then ${infinity} else ${divided} end`;
  }

  protected castText(text: string, from: SqlType, to: SqlType, safe: boolean): string {
    return sparkCast(text, from, to, safe);
  }

  protected subscriptText(base: string, index: string, type: SqlType): string {
    if (type.kind === 'map') {
      return `case when map_contains_key(${base}, ${index}) or ${base} is null then try_element_at(${base}, ${index}) else raise_error('key not present in map') end`;
    }
    const within = `${index} between 1 and size(${base}) or ${base} is null`;
    return `case when ${within} then try_element_at(${base}, cast(${index} as int)) else raise_error('array subscript out of bounds') end`;
  }

  protected lambdaText(parameters: readonly string[], body: string): string {
    return `${parameters.length === 1 ? parameters[0] : `(${parameters.join(', ')})`} -> ${body}`;
  }

  protected arrayText(items: readonly string[], type: SqlType): string {
    return items.length === 0 ? `cast(array() as ${sparkType(type)})` : `array(${items.join(', ')})`;
  }

  protected rowText(items: readonly string[], type: SqlType): string {
    const fields = type.kind === 'row' ? type.fields : [];
    return `named_struct(${items.map((item, at) => `${sparkString(fields[at]?.name ?? `field${at}`)}, ${item}`).join(', ')})`;
  }

  protected atTimeZoneText(moment: string, zone: string): string {
    return `cast(from_utc_timestamp(${moment}, ${zone}) as timestamp_ntz)`;
  }

  protected likeText(operand: string, pattern: string, escaped: string | undefined, constant: string | undefined): string {
    if (escaped !== undefined) return `(${operand} like ${pattern} escape ${sparkString(escaped)})`;
    if (constant !== undefined && !constant.includes('\\')) return `(${operand} like ${pattern})`;
    // A backslash escapes in Spark and is a plain character in Trino.
    return `(${operand} like replace(${pattern}, '\\\\', '\\\\\\\\'))`;
  }

  protected concatText(left: string, right: string): string {
    return `concat(${left}, ${right})`;
  }

  protected fieldText(base: string, field: string): string {
    return `${base}.${sparkName(field)}`;
  }

  protected override distinctFromText(left: string, right: string, negated: boolean): string {
    return negated ? `(${left} <=> ${right})` : `(not (${left} <=> ${right}))`;
  }

  protected scalarRendering(entry: ScalarFunction): Rendering {
    return entry.spark;
  }

  protected groupingText(columns: readonly string[]): string {
    const bits = columns.map((column, at) => `grouping(${column}) * ${2 ** (columns.length - 1 - at)}`);
    return `cast(${bits.join(' + ')} as int)`;
  }

  protected windowText(call: Call, entry: WindowFunction, rendered: RenderedCall): string {
    const args = ['lag', 'lead', 'nth_value', 'ntile'].includes(entry.name)
      ? rendered.args.map((arg, at) => (at === (entry.name === 'ntile' ? 0 : 1) ? `cast(${arg} as int)` : arg))
      : rendered.args;
    const text = `${entry.spark}(${args.join(', ')})${call.ignoreNulls ? ' ignore nulls' : ''} ${this.over(call.over)}`;
    return rendered.result.kind === 'bigint' && args.length <= 1 && entry.nulls === 'never' ? `cast(${text} as bigint)` : text;
  }

  protected aggregateText(call: Call, entry: AggregateFunction, rendered: RenderedCall): string {
    if (entry.ordered) {
      const keys = call.orderBy.map((item) => ({ ...item, text: this.expression(item.expression) }));
      const filter = call.filter === undefined ? undefined : this.expression(call.filter);
      return orderedList(entry.name, rendered, keys, call.distinct, filter);
    }
    const ignoring = entry.spark.name === 'first' ? ', true' : '';
    const inner = call.star ? '*' : `${call.distinct ? 'distinct ' : ''}${rendered.args.join(', ')}${ignoring}`;
    const over = call.over === undefined ? '' : ` ${this.over(call.over)}`;
    const core = `${entry.spark.name}(${inner})${this.filter(call)}${over}`;
    return entry.spark.wrap === undefined ? core : render(entry.spark.wrap, { ...rendered, args: [core] });
  }

  /** Spark's own VALUES takes plain literals only. */
  protected override values(values: Values): string {
    const rows = values.rows.map(
      (row) => `select ${row.map((item, at) => `${this.expression(item)} as ${this.quote(`_col${at}`)}`).join(', ')}`,
    );
    return rows.join(' union all ');
  }

  protected unnest(relation: Relation & { kind: 'unnest' }): string {
    const instance = this.instance(relation);
    const lists = relation.expressions.map((expression) => {
      const type = this.analysis.typeOf(expression);
      const text = this.expression(expression);
      return { type, text: type.kind === 'map' ? `map_entries(${text})` : text };
    });
    const several = lists.length > 1;
    // A transform takes the lists' own names away, so that arrays_zip calls its fields 0, 1, …
    const zipped = lists.map(({ text, type }) => `transform(coalesce(${text}, ${this.emptyList(type)}), _e -> _e)`);
    const source = several ? `arrays_zip(${zipped.join(', ')})` : (lists[0]?.text ?? '');
    const columns = lists.flatMap(({ type }, at) => elementColumns(type, several ? `_z._c.\`${at}\`` : '_z._c'));
    if (relation.ordinality) columns.push('cast(_z._p + 1 as bigint)');
    const names = instance.fields.map((field, at) => `${columns[at]} as ${this.quote(field.printName)}`);
    return `lateral (select ${names.join(', ')} from posexplode(${source}) as _z(_p, _c)) as ${this.quote(instance.printName)}`;
  }

  private emptyList(type: SqlType): string {
    const element: SqlType =
      type.kind === 'map'
        ? {
            kind: 'row',
            fields: [
              { name: 'key', type: type.key },
              { name: 'value', type: type.value },
            ],
          }
        : type.kind === 'array'
          ? type.element
          : type;
    return `cast(array() as ${sparkType({ kind: 'array', element })})`;
  }
}

function elementColumns(type: SqlType, element: string): string[] {
  if (type.kind === 'map') return [`${element}.key`, `${element}.value`];
  if (type.kind === 'array' && type.element.kind === 'row')
    return type.element.fields.map((field, at) => `${element}.${sparkName(field.name ?? `field${at}`)}`);
  return [element];
}
