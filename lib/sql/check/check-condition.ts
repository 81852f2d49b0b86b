import { LakeError } from '../../contract/lake-error.js';
import type { ContractSpec } from '../../contract/spec.js';
import { Analysis } from '../analyze/analysis.js';
import { expectType } from '../analyze/expression-analyzer.js';
import { QueryAnalyzer } from '../analyze/query-analyzer.js';
import { tableFields } from '../analyze/relation-analyzer.js';
import { relationInstance, Scope } from '../analyze/scope.js';
import type { Expression } from '../ast/expression.js';
import { some } from '../ast/walk.js';
import { ruleCondition } from '../condition.js';
import { LiteralError } from '../literal.js';
import { deepGuard, parseExpressionText } from '../parse/parse.js';
import { reported, SqlProblem } from '../sql-error.js';
import { catalogOf, catalogTableOf } from '../types/catalog.js';
import { BOOLEAN } from '../types/sql-type.js';

/**
 * Checks a condition over one row of a contract: one boolean expression of the subset, of the contract's own columns, without
 * subqueries, aggregates and windows.
 * @throws LakeError with the place and the reason
 */
export function checkCondition(text: string, contract: ContractSpec, origin: string): void {
  reported(text, origin, () => {
    const { ast, comments } = parseExpressionText(text);
    const [comment] = comments;
    // The text is put into statements of one line.
    if (comment !== undefined) throw new SqlProblem('sql-condition', 'a condition takes no comments', comment);
    const query = [ast].find((expression) => some(expression, isQuery));
    if (query !== undefined)
      throw new SqlProblem('sql-condition', 'a condition on a row cannot hold a query: use references() or a transform', ast);
    deepGuard(() => judge(ast, contract));
  });
}

function isQuery(expression: Expression): boolean {
  return expression.kind === 'subquery' || expression.kind === 'exists' || expression.kind === 'inQuery';
}

function judge(ast: Expression, contract: ContractSpec): void {
  const table = catalogTableOf({ zone: 'silver', database: '', tableName: contract.name, spec: contract });
  const scope = new Scope();
  scope.relations.push(relationInstance({ name: contract.name, printName: contract.name, fields: tableFields(table) }));
  const analysis = new Analysis(catalogOf([table]));
  expectType(ast, BOOLEAN, 'a condition', new QueryAnalyzer(analysis).place(scope, 'a condition on a row'), analysis);
}

/** What is wrong with the conditions of a contract's rules, in sentences. */
export function ruleProblems(contract: ContractSpec, path: string): readonly string[] {
  return contract.rules.flatMap(({ id, check }) => {
    if (check.kind !== 'row') return [];
    const conditions = check.when === undefined ? [check.condition] : [check.when, check.condition];
    try {
      for (const condition of conditions) checkCondition(ruleCondition(condition, contract), contract, `${path}/rule ${id}`);
      return [];
    } catch (error) {
      if (error instanceof LakeError) return [error.message];
      if (error instanceof LiteralError) return [`${path}/rule ${id}: ${error.message}`];
      throw error;
    }
  });
}
