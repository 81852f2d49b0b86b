import {
  AndNode,
  type BinaryOperationNode,
  CommonTableExpressionNameNode,
  type CompiledQuery,
  DefaultQueryCompiler,
  FromNode,
  type FunctionNode,
  JoinNode,
  type LimitNode,
  type OffsetNode,
  type OperationNode,
  type PrimitiveValueListNode,
  PrimitiveValueListNode as PrimitiveValueLists,
  type QueryId,
  ReferenceNode,
  type RootOperationNode,
  SelectQueryNode,
  type TableNode,
  ValueListNode,
  type ValueNode,
  ValueNode as ValueNodes,
} from 'kysely';
import { LakeError } from '../../contract/lake-error.js';
import type { TypeSpec } from '../../contract/spec.js';
import { COMPILED, type NamedTables, refuseUnread, valuePart, written } from '../compiled.js';
import { literalOf, quoteIdentifier, type TypedValue } from '../literal.js';
import { type LexicalState, PLACES, Sql, type SqlPart, scan } from '../sql.js';
import { ColumnTypes, findCte, SAME_TYPE } from './column-types.js';

/** A value that is written as a column's type says. */
export class TypedLiteral {
  constructor(
    readonly type: TypeSpec,
    readonly value: TypedValue,
  ) {}
}

const WHERE = 'a value of a kysely query';

/** Kinds whose values look in TypeScript like values of other kinds, and so need to be told what they are. */
const TOLD: readonly TypeSpec['kind'][] = ['decimal', 'date', 'timestamp', 'double', 'array', 'struct', 'map'];

/**
 * Prints Kysely's tree as Athena's text: tables as objects, values as literals, no parameters left. What else Kysely can say that Athena
 * does not know is printed as it is, and refused by the gate.
 */
export class AthenaCompiler extends DefaultQueryCompiler {
  private readonly types: ColumnTypes;
  private parts: SqlPart[] = [];
  private readonly read = new Set<string>();
  private readonly told = new Map<OperationNode, TypeSpec>();
  /** The text since the last place that is known to be code. */
  private tail = '';

  constructor(private readonly tables: NamedTables) {
    super();
    this.types = new ColumnTypes(tables);
  }

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.parts = [];
    this.tail = '';
    this.read.clear();
    this.told.clear();
    const result = super.compileQuery(node, queryId);
    const query = new Sql(this.parts);
    return Object.freeze({ ...result, sql: query.sample(), parameters: [], [COMPILED]: query });
  }

  /** Refuses tables that the query compiled last does not read. */
  refuseUnread(): void {
    refuseUnread(this.tables, [...this.read]);
  }

  protected override append(text: string): void {
    this.tail += text;
    this.push(text);
  }

  protected override appendValue(value: unknown): void {
    this.appendPart(value instanceof TypedLiteral ? written(WHERE, () => literalOf(value.type, value.value)) : valuePart(value, WHERE));
  }

  protected override appendImmediateValue(value: unknown): void {
    this.appendValue(value);
  }

  protected override sanitizeIdentifier(name: string): string {
    return written('a name of a kysely query', () => quoteIdentifier(name)).slice(1, -1);
  }

  protected override visitValue(node: ValueNode): void {
    this.appendTold(node.value, this.told.get(node));
  }

  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    this.append('(');
    node.values.forEach((value, at) => {
      if (at > 0) this.append(', ');
      this.appendTold(value, this.told.get(node));
    });
    this.append(')');
  }

  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    this.tell(node.rightOperand, this.types.of(node.leftOperand, this.nodeStack));
    this.tell(node.leftOperand, this.types.of(node.rightOperand, this.nodeStack));
    super.visitBinaryOperation(node);
  }

  protected override visitFunction(node: FunctionNode): void {
    if (SAME_TYPE.includes(node.func)) {
      const type = this.types.of(node, this.nodeStack);
      for (const argument of node.arguments) this.tell(argument, type);
    }
    super.visitFunction(node);
  }

  protected override visitTable(node: TableNode): void {
    const { schema, identifier } = node.table;
    const { name } = identifier;
    const parent = this.parentNode as OperationNode;
    const names = ReferenceNode.is(parent) || CommonTableExpressionNameNode.is(parent);
    const table = Object.hasOwn(this.tables, name) ? this.tables[name] : undefined;
    if (names || schema !== undefined || table === undefined || findCte(name, this.nodeStack) !== undefined) {
      super.visitTable(node);
      return;
    }
    this.read.add(name);
    this.appendPart({ kind: 'table', table });
    if (FromNode.is(parent) || JoinNode.is(parent)) this.append(` as ${quoteIdentifier(name)}`);
  }

  /** Athena takes the offset first. */
  protected override visitLimit(node: LimitNode): void {
    const select = this.parentNode;
    if (select !== undefined && SelectQueryNode.is(select) && select.offset !== undefined) {
      super.visitOffset(select.offset);
      this.append(' ');
    }
    super.visitLimit(node);
  }

  protected override visitOffset(node: OffsetNode): void {
    const select = this.parentNode;
    if (select !== undefined && SelectQueryNode.is(select) && select.limit !== undefined) return;
    super.visitOffset(node);
  }

  private tell(node: OperationNode, type: TypeSpec | undefined): void {
    if (type === undefined) return;
    if (ValueNodes.is(node) || PrimitiveValueLists.is(node)) this.told.set(node, type);
    else if (ValueListNode.is(node)) for (const value of node.values) this.tell(value, type);
    else if (AndNode.is(node)) for (const side of [node.left, node.right]) this.tell(side, type);
  }

  private appendTold(value: unknown, type: TypeSpec | undefined): void {
    const plain = typeof value !== 'object' || value === null || value instanceof Date;
    this.appendValue(type !== undefined && plain && TOLD.includes(type.kind) ? new TypedLiteral(type, value as TypedValue) : value);
  }

  /** A value or a table: may stand in code only, else the quotes of a raw fragment would end within it. */
  private appendPart(part: SqlPart): void {
    const state: LexicalState = scan(this.tail, 'code');
    if (state !== 'code') {
      throw new LakeError(
        'sql-value',
        `a value or table of a raw fragment stands inside ${PLACES[state]}; write it without quotes around it`,
      );
    }
    this.tail = '';
    // A word directly before would otherwise become one word with the value.
    const last = this.parts.at(-1);
    if (typeof last === 'string' && /\w$/.test(last)) this.push(' ');
    this.push(part);
  }

  private push(part: SqlPart): void {
    const last = this.parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') this.parts[this.parts.length - 1] = last + part;
    else this.parts.push(part);
  }
}
