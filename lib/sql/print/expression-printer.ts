import type { Analysis } from '../analyze/analysis.js';
import { constantOf } from '../analyze/call-analyzer.js';
import type { Field, RelationInstance, Resolution } from '../analyze/scope.js';
import type {
  Arithmetic,
  Call,
  Case,
  ColumnPath,
  Expression,
  Frame,
  FrameBound,
  IntervalField,
  Lambda,
  Name,
  SortItem,
  Window,
} from '../ast/expression.js';
import type { Query } from '../ast/query.js';
import {
  type AggregateFunction,
  type RenderedCall,
  type Rendering,
  render,
  type ScalarFunction,
  type WindowFunction,
} from '../functions/sql-function.js';
import { type SqlType, sameType } from '../types/sql-type.js';

/** Writes expressions for an engine. Everything is in brackets and every name is qualified, so that no engine's own rules decide. */
export abstract class ExpressionPrinter {
  protected readonly analysis: Analysis;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  abstract query(query: Query): string;
  protected abstract typeText(type: SqlType): string;
  protected abstract string(value: string): string;
  protected abstract quote(name: string): string;
  /** A typed literal, a decimal, a double: where the engines read numbers differently. */
  protected abstract literal(type: SqlType, text: string): string;
  protected abstract interval(amount: bigint, field: IntervalField): string;
  protected abstract arithmeticText(e: Arithmetic, left: string, right: string, result: SqlType): string;
  protected abstract castText(text: string, from: SqlType, to: SqlType, safe: boolean): string;
  protected abstract subscriptText(base: string, index: string, type: SqlType): string;
  protected abstract lambdaText(parameters: readonly string[], body: string): string;
  protected abstract arrayText(items: readonly string[], type: SqlType): string;
  protected abstract rowText(items: readonly string[], type: SqlType): string;
  protected abstract atTimeZoneText(moment: string, zone: string): string;
  protected abstract likeText(operand: string, pattern: string, escaped: string | undefined, pattern0: string | undefined): string;
  protected abstract concatText(left: string, right: string, type: SqlType): string;
  protected abstract fieldText(base: string, field: string, type: SqlType): string;
  protected abstract scalarRendering(entry: ScalarFunction): Rendering;
  protected abstract aggregateText(call: Call, entry: AggregateFunction, rendered: RenderedCall): string;
  protected abstract windowText(call: Call, entry: WindowFunction, rendered: RenderedCall): string;
  protected abstract groupingText(columns: readonly string[]): string;

  /** An expression as its surroundings need it: with the cast that Trino makes without saying so. */
  expression(e: Expression): string {
    const text = this.raw(e);
    const target = this.analysis.casts.get(e);
    return target === undefined ? text : this.converted(e, text, target);
  }

  private converted(e: Expression, text: string, target: SqlType): string {
    if (e.kind === 'lambda') return text;
    const from = this.analysis.typeOf(e);
    return sameType(from, target) ? text : this.castText(text, from, target, false);
  }

  private raw(e: Expression): string {
    const text = (child: Expression) => this.expression(child);
    switch (e.kind) {
      case 'null':
        return 'null';
      case 'boolean':
        return String(e.value);
      case 'number':
        return this.literal(this.analysis.typeOf(e), e.text);
      case 'string':
        return this.string(e.value);
      case 'typed':
        return this.literal(e.type, e.value);
      case 'interval':
        return this.interval(e.amount, e.field);
      case 'column':
        return this.column(e);
      case 'field':
        return this.fieldText(text(e.base), fieldName(this.analysis.typeOf(e.base), e.name), this.analysis.typeOf(e.base));
      case 'subscript':
        return this.subscriptText(text(e.base), text(e.index), this.analysis.typeOf(e.base));
      case 'negate':
        return `(- ${text(e.operand)})`;
      case 'not':
        return `(not ${text(e.operand)})`;
      case 'logical':
        return `(${e.operands.map(text).join(` ${e.op} `)})`;
      case 'arithmetic':
        return this.arithmeticText(e, text(e.left), text(e.right), this.analysis.typeOf(e));
      case 'concat':
        return this.concatText(text(e.left), text(e.right), this.analysis.typeOf(e));
      case 'compare':
        return `(${text(e.left)} ${e.op} ${text(e.right)})`;
      case 'distinctFrom':
        return this.distinctFromText(text(e.left), text(e.right), e.negated);
      case 'between':
        return `(${text(e.operand)} ${e.negated ? 'not ' : ''}between ${text(e.low)} and ${text(e.high)})`;
      case 'inList':
        return `(${text(e.operand)} ${e.negated ? 'not ' : ''}in (${e.items.map(text).join(', ')}))`;
      case 'inQuery':
        return `(${text(e.operand)} ${e.negated ? 'not ' : ''}in (${this.query(e.query)}))`;
      case 'like': {
        const like = this.likeText(
          text(e.operand),
          text(e.pattern),
          e.escape?.kind === 'string' ? e.escape.value : undefined,
          constantOf(e.pattern),
        );
        return e.negated ? `(not ${like})` : like;
      }
      case 'isNull':
        return `(${text(e.operand)} is ${e.negated ? 'not ' : ''}null)`;
      case 'case':
        return this.caseText(e);
      case 'cast':
        return this.castOf(e);
      case 'call':
        return this.call(e);
      case 'lambda':
        return this.lambda(e);
      case 'array':
        return this.arrayText(e.items.map(text), this.analysis.typeOf(e));
      case 'row':
        return this.rowText(e.items.map(text), this.analysis.typeOf(e));
      case 'subquery':
        return `(${this.query(e.query)})`;
      case 'exists':
        return `exists (${this.query(e.query)})`;
      case 'atTimeZone':
        return this.expression(e.operand);
      case 'grouping':
        return this.groupingText(e.columns.map(text));
    }
  }

  protected distinctFromText(left: string, right: string, negated: boolean): string {
    return `(${left} is ${negated ? 'not ' : ''}distinct from ${right})`;
  }

  private castOf(e: Expression & { kind: 'cast' }): string {
    const from = this.analysis.typeOf(e.operand);
    if (from.kind === 'timestamp' && from.zone) {
      const zone =
        e.operand.kind === 'atTimeZone'
          ? e.operand.zone
          : e.operand.kind === 'call'
            ? (constantOf(e.operand.args[1] as Expression) ?? 'UTC')
            : 'UTC';
      const local = this.atTimeZoneText(this.expression(e.operand), this.string(zone));
      return e.type.kind === 'timestamp' ? local : this.castText(local, { kind: 'timestamp', precision: 6, zone: false }, e.type, e.safe);
    }
    if (e.operand.kind === 'row' && e.type.kind === 'row') return this.rowCast(e.operand.items, e.type, e.safe);
    if (sameType(from, e.type)) return this.expression(e.operand);
    const text = this.expression(e.operand);
    return this.analysis.isCanonical(e.operand)
      ? this.plainCastText(text, from, e.type, e.safe)
      : this.castText(text, from, e.type, e.safe);
  }

  /** A cast of text that is known to be in the one form of its type. */
  protected plainCastText(text: string, from: SqlType, to: SqlType, safe: boolean): string {
    return this.castText(text, from, to, safe);
  }

  /** `cast(row(…) as row(a integer))` names the fields: their values are cast one by one. */
  private rowCast(items: readonly Expression[], type: SqlType & { kind: 'row' }, safe: boolean): string {
    const cast = items.map((item, at) => {
      const to = (type.fields[at] as { type: SqlType }).type;
      if (item.kind === 'row' && to.kind === 'row') return this.rowCast(item.items, to, safe);
      const from = this.analysis.typeOf(item);
      return sameType(from, to) ? this.expression(item) : this.castText(this.expression(item), from, to, safe);
    });
    return this.rowText(cast, type);
  }

  private column(e: ColumnPath): string {
    const found = this.analysis.columns.get(e);
    if (found === undefined) throw new Error(`column was not resolved: ${e.path.map((name) => name.text).join('.')}`);
    let text = this.resolved(found);
    let type = typeOfResolution(found);
    for (const name of found.rest) {
      text = this.fieldText(text, fieldName(type, name), type);
      type = fieldType(type, name);
    }
    return text;
  }

  private resolved(found: Resolution): string {
    switch (found.kind) {
      case 'field':
        return this.qualified(found.relation, found.field);
      case 'parameter':
        return parameterName(found.parameter.name);
      case 'merged': {
        const parts = found.column.parts.map(({ relation, field }) => {
          const text = this.qualified(relation, field);
          return sameType(field.type, found.column.type) ? text : this.castText(text, field.type, found.column.type, false);
        });
        if (found.column.take === 'coalesce') return `coalesce(${parts.join(', ')})`;
        return (found.column.take === 'first' ? parts[0] : parts.at(-1)) as string;
      }
      case 'output':
        return String(found.index + 1);
    }
  }

  protected qualified(relation: RelationInstance, field: Field): string {
    return `${this.quote(relation.printName)}.${this.quote(field.printName)}`;
  }

  private caseText(e: Case): string {
    const whens = e.whens.map((when) => `when ${this.expression(when.condition)} then ${this.expression(when.result)}`).join(' ');
    const operand = e.operand === undefined ? '' : ` ${this.expression(e.operand)}`;
    return `case${operand} ${whens}${e.otherwise === undefined ? '' : ` else ${this.expression(e.otherwise)}`} end`;
  }

  private lambda(e: Lambda): string {
    return this.lambdaText(
      e.parameters.map((name) => parameterName(name.text)),
      this.expression(e.body),
    );
  }

  private call(e: Call): string {
    const resolved = this.analysis.calls.get(e);
    if (resolved === undefined) throw new Error(`call was not resolved: ${e.name.text}`);
    const { entry, types, result } = resolved;
    const rendered: RenderedCall = {
      args: e.args.map((arg) => this.expression(arg)),
      types,
      result,
      constants: e.args.map(constantOf),
      typeText: (type) => this.typeText(type),
    };
    switch (entry.kind) {
      case 'scalar':
        return `(${render(this.scalarRendering(entry), rendered)})`;
      case 'aggregate':
        return this.aggregateText(e, entry, rendered);
      case 'window':
        return this.windowText(e, entry, rendered);
    }
  }

  protected filter(e: Call): string {
    return e.filter === undefined ? '' : ` filter (where ${this.expression(e.filter)})`;
  }

  protected over(window: Window | undefined): string {
    if (window === undefined) return '';
    const parts = [
      window.partitionBy.length === 0 ? '' : `partition by ${window.partitionBy.map((one) => this.expression(one)).join(', ')}`,
      window.orderBy.length === 0 ? '' : `order by ${this.sortItems(window.orderBy)}`,
      window.frame === undefined ? '' : this.frame(window.frame),
    ];
    return `over (${parts.filter((part) => part !== '').join(' ')})`;
  }

  /** NULLs are put last unless the text says first: the engines' defaults differ. */
  protected sortItems(items: readonly SortItem[]): string {
    return items.map((item) => `${this.expression(item.expression)} ${direction(item)}`).join(', ');
  }

  private frame(frame: Frame): string {
    const bound = (of: FrameBound): string => {
      switch (of.kind) {
        case 'unboundedPreceding':
          return 'unbounded preceding';
        case 'unboundedFollowing':
          return 'unbounded following';
        case 'currentRow':
          return 'current row';
        case 'preceding':
        case 'following':
          return `${this.expression(of.offset)} ${of.kind}`;
      }
    };
    return `${frame.unit} between ${bound(frame.start)} and ${bound(frame.end ?? { kind: 'currentRow' })}`;
  }
}

export function direction(item: SortItem): string {
  return `${item.descending ? 'desc' : 'asc'} nulls ${item.nullsFirst ? 'first' : 'last'}`;
}

/** A lambda's parameter in printed text: never a keyword, never a column. */
function parameterName(name: string): string {
  return `_p_${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`;
}

function typeOfResolution(found: Resolution): SqlType {
  switch (found.kind) {
    case 'field':
      return found.field.type;
    case 'merged':
      return found.column.type;
    case 'parameter':
      return found.parameter.type;
    case 'output':
      return { kind: 'unknown' };
  }
}

function fieldName(type: SqlType, name: Name): string {
  const field = type.kind === 'row' ? type.fields.find((one) => one.name?.toLowerCase() === name.text.toLowerCase()) : undefined;
  return field?.name ?? name.text;
}

function fieldType(type: SqlType, name: Name): SqlType {
  const field = type.kind === 'row' ? type.fields.find((one) => one.name?.toLowerCase() === name.text.toLowerCase()) : undefined;
  return field?.type ?? { kind: 'unknown' };
}
