import type { Analyzed } from '../analyze/statement-analyzer.js';
import { analyze } from '../analyze/statement-analyzer.js';
import type { Arithmetic, Call, IntervalField } from '../ast/expression.js';
import type { Relation } from '../ast/query.js';
import type { Statement } from '../ast/statement.js';
import {
  type AggregateFunction,
  type RenderedCall,
  type Rendering,
  render,
  type ScalarFunction,
  type WindowFunction,
} from '../functions/sql-function.js';
import { quoteIdentifier, stringLiteral } from '../literal.js';
import type { Catalog } from '../types/catalog.js';
import { BIGINT, type SqlType } from '../types/sql-type.js';
import { duckDbCast, readsText } from './duckdb-cast.js';
import { duckDbDivide } from './duckdb-divide.js';
import { StatementPrinter } from './statement-printer.js';

/** A statement as DuckDB SQL that gives the same rows. Throws `SqlProblem` for what is wrong in it. */
export function printDuckDb(statement: Statement, catalog: Catalog): string {
  return printAnalyzedDuckDb(analyze(statement, catalog));
}

export function printAnalyzedDuckDb({ statement, analysis }: Analyzed): string {
  return new DuckDbPrinter(analysis).statement(statement);
}

/** The type as DuckDB writes it. */
export function duckDbType(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'timestamp':
      return type.zone ? 'timestamptz' : 'timestamp';
    case 'varbinary':
      return 'blob';
    case 'real':
      return 'float';
    case 'array':
      return `${duckDbType(type.element)}[]`;
    case 'map':
      return `map(${duckDbType(type.key)}, ${duckDbType(type.value)})`;
    case 'row':
      return `struct(${type.fields.map((field, at) => `${quoteIdentifier(field.name ?? `field${at}`)} ${duckDbType(field.type)}`).join(', ')})`;
    case 'unknown':
      return 'integer';
    default:
      return type.kind;
  }
}

class DuckDbPrinter extends StatementPrinter {
  protected typeText(type: SqlType): string {
    return duckDbType(type);
  }

  protected string(value: string): string {
    return stringLiteral(value);
  }

  protected quote(name: string): string {
    return quoteIdentifier(name);
  }

  protected literal(type: SqlType, text: string): string {
    switch (type.kind) {
      case 'date':
        return `date '${text}'`;
      case 'timestamp':
        return `timestamp '${text}'`;
      case 'double':
        return `cast('${text}' as double)`;
      case 'integer':
        return text.startsWith('-') ? `(${text})` : text;
      default:
        return `cast('${text}' as ${duckDbType(type)})`;
    }
  }

  protected interval(amount: bigint, field: IntervalField): string {
    return `to_${field}s(${amount})`;
  }

  protected arithmeticText(e: Arithmetic, left: string, right: string, result: SqlType): string {
    if (result.kind === 'date') return `cast(${left} ${e.op} ${right} as date)`;
    if (e.op === '/' || e.op === '%') return this.quotient(e, left, right, result);
    const text = `(${left} ${e.op} ${right})`;
    return result.kind === 'decimal' ? `cast(${text} as ${duckDbType(result)})` : text;
  }

  private quotient(e: Arithmetic, left: string, right: string, result: SqlType): string {
    const real = result.kind === 'double' || result.kind === 'real';
    if (real) return `(${left} ${e.op} ${right})`;
    const divided = this.divided(e, left, right, result);
    // DuckDB gives NULL where Trino stops with an error; NULL over zero is NULL to both.
    if (e.right.kind === 'number' && /[1-9]/.test(e.right.text)) return divided;
    return `case when ${right} = 0 and ${left} is not null then error('division by zero') else ${divided} end`;
  }

  private divided(e: Arithmetic, left: string, right: string, result: SqlType): string {
    if (e.op === '%') return result.kind === 'decimal' ? `cast(${left} % ${right} as ${duckDbType(result)})` : `(${left} % ${right})`;
    if (result.kind !== 'decimal') return `(${left} // ${right})`;
    const type = (of: Arithmetic['left']) => this.analysis.casts.get(of) ?? this.analysis.typeOf(of);
    return duckDbDivide({ text: left, type: type(e.left) }, { text: right, type: type(e.right) }, result);
  }

  protected castText(text: string, from: SqlType, to: SqlType, safe: boolean): string {
    return duckDbCast(text, from, to, safe);
  }

  /** DuckDB's own cast takes more texts than Trino's: where they need no look first, it is several times faster. */
  protected override plainCastText(text: string, from: SqlType, to: SqlType, safe: boolean): string {
    return readsText(from, to) ? `${safe ? 'try_cast' : 'cast'}(${text} as ${duckDbType(to)})` : this.castText(text, from, to, safe);
  }

  protected subscriptText(base: string, index: string, type: SqlType): string {
    if (type.kind === 'map')
      return `case when map_contains(${base}, ${index}) or ${base} is null then ${base}[${index}] else error('key not present in map') end`;
    return `case when ${index} between 1 and len(${base}) or ${base} is null then list_extract(${base}, ${index}) else error('array subscript out of bounds') end`;
  }

  protected lambdaText(parameters: readonly string[], body: string): string {
    return `lambda ${parameters.join(', ')}: ${body}`;
  }

  protected arrayText(items: readonly string[], type: SqlType): string {
    const text = `[${items.join(', ')}]`;
    return items.length === 0 && type.kind === 'array' && type.element.kind !== 'unknown' ? `cast(${text} as ${duckDbType(type)})` : text;
  }

  protected rowText(items: readonly string[], type: SqlType): string {
    const fields = type.kind === 'row' ? type.fields : [];
    // Nameless fields get the names that they have in `duckDbType`: a row of `row(…)` and one of a cast would be two types.
    return `struct_pack(${items.map((item, at) => `${quoteIdentifier(fields[at]?.name ?? `field${at}`)} := ${item}`).join(', ')})`;
  }

  protected atTimeZoneText(moment: string, zone: string): string {
    return `timezone(${zone}, ${moment})`;
  }

  protected likeText(operand: string, pattern: string, escaped: string | undefined): string {
    return `(${operand} like ${pattern}${escaped === undefined ? '' : ` escape ${stringLiteral(escaped)}`})`;
  }

  protected concatText(left: string, right: string, type: SqlType): string {
    if (type.kind !== 'array') return `(${left} || ${right})`;
    return `case when ${left} is null or ${right} is null then null else list_concat(${left}, ${right}) end`;
  }

  protected fieldText(base: string, field: string): string {
    return `struct_extract(${base}, ${stringLiteral(field)})`;
  }

  protected scalarRendering(entry: ScalarFunction): Rendering {
    return entry.duckdb;
  }

  protected windowText(call: Call, entry: WindowFunction, rendered: RenderedCall): string {
    return `${entry.duckdb}(${rendered.args.join(', ')}${call.ignoreNulls ? ' ignore nulls' : ''}) ${this.over(call.over)}`;
  }

  protected groupingText(columns: readonly string[]): string {
    return `cast(grouping(${columns.join(', ')}) as integer)`;
  }

  protected aggregateText(call: Call, entry: AggregateFunction, rendered: RenderedCall): string {
    const args = entry.name === 'listagg' && rendered.args.length === 1 ? [...rendered.args, "''"] : rendered.args;
    const order = call.orderBy.length === 0 ? '' : ` order by ${this.sortItems(call.orderBy)}`;
    const inner = call.star ? '*' : `${call.distinct ? 'distinct ' : ''}${args.join(', ')}${order}`;
    const over = call.over === undefined ? '' : ` ${this.over(call.over)}`;
    const after = `${this.filter(call)}${over}`;
    const { result } = rendered;
    if (entry.name === 'avg' && result.kind === 'decimal') {
      const sum = { text: `sum(${inner})${after}`, type: { ...result, precision: 38 } };
      return duckDbDivide(sum, { text: `count(${inner})${after}`, type: BIGINT }, result);
    }
    const core = `${entry.duckdb.name}(${inner})${after}`;
    return entry.duckdb.wrap === undefined ? core : render(entry.duckdb.wrap, { ...rendered, args: [core] });
  }

  /** DuckDB's unnest keeps a row as one value and pads nothing with a row of NULLs for an empty list: a lateral select does what Trino does. */
  protected unnest(relation: Relation & { kind: 'unnest' }): string {
    const instance = this.instance(relation);
    const lists = relation.expressions.map((expression, at) => {
      const type = this.analysis.typeOf(expression);
      const text = this.expression(expression);
      return `unnest(${type.kind === 'map' ? `map_entries(${text})` : text}) as _c${at}`;
    });
    if (relation.ordinality)
      lists.push(`unnest(range(1, 1 + greatest(${relation.expressions.map((one) => this.lengthOf(one)).join(', ')}))) as _ordinality`);
    const columns = relation.expressions.flatMap((expression, at) => elementColumns(this.analysis.typeOf(expression), `_z._c${at}`));
    if (relation.ordinality) columns.push('_z._ordinality');
    const names = instance.fields.map((field, at) => `${columns[at]} as ${this.quote(field.printName)}`);
    return `lateral (select ${names.join(', ')} from (select ${lists.join(', ')}) as _z) as ${this.quote(instance.printName)}`;
  }

  private lengthOf(expression: Parameters<StatementPrinter['expression']>[0]): string {
    const text = this.expression(expression);
    return `coalesce(${this.analysis.typeOf(expression).kind === 'map' ? `cardinality(${text})` : `len(${text})`}, 0)`;
  }
}

function elementColumns(type: SqlType, element: string): string[] {
  if (type.kind === 'map') return [`struct_extract(${element}, 'key')`, `struct_extract(${element}, 'value')`];
  if (type.kind === 'array' && type.element.kind === 'row') {
    return type.element.fields.map((field, at) => `struct_extract(${element}, ${stringLiteral(field.name ?? `field${at}`)})`);
  }
  return [element];
}
