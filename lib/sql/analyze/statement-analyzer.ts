import type { Name } from '../ast/expression.js';
import type { TableName } from '../ast/query.js';
import type { Merge, Statement } from '../ast/statement.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import type { Catalog, CatalogColumn, CatalogTable } from '../types/catalog.js';
import { canBecome } from '../types/coercion.js';
import { BOOLEAN, typeText } from '../types/sql-type.js';
import { Analysis, type Shape } from './analysis.js';
import { expectType, type Place } from './expression-analyzer.js';
import { QueryAnalyzer } from './query-analyzer.js';
import { analyzeRelation, findTable, tableFields } from './relation-analyzer.js';
import { relationInstance, Scope, same } from './scope.js';

/** A statement that was read against a catalog. `output` are a query's columns. */
export interface Analyzed {
  readonly statement: Statement;
  readonly analysis: Analysis;
  readonly output: Shape['columns'];
}

/** Reads a statement: resolves names, types every expression, traces every column. Throws `SqlProblem`. */
export function analyze(statement: Statement, catalog: Catalog): Analyzed {
  const analysis = new Analysis(catalog);
  const queries = new QueryAnalyzer(analysis);
  switch (statement.kind) {
    case 'query':
      return { statement, analysis, output: queries.query(statement).columns };
    case 'createTableAs': {
      return { statement, analysis, output: queries.query(statement.query).columns };
    }
    case 'insert': {
      const table = target(statement.table, analysis);
      const { columns } = queries.query(statement.query);
      const names = statement.columns?.map((name) => columnOf(name, table)) ?? table.columns;
      if (names.length !== columns.length)
        throw new SqlProblem(
          'sql-columns',
          `insert into ${table.name} takes ${names.length} columns, got ${columns.length}`,
          statement.query,
        );
      for (const [at, column] of columns.entries()) fitColumn(names[at] as CatalogColumn, column, table, statement.table);
      return { statement, analysis, output: columns };
    }
    case 'delete': {
      const scope = targetScope(target(statement.table, analysis), statement.table.name.text);
      if (statement.where !== undefined)
        expectType(statement.where, BOOLEAN, 'a where clause', queries.place(scope, 'a where clause'), analysis);
      return { statement, analysis, output: [] };
    }
    case 'dropTable':
      return { statement, analysis, output: [] };
    case 'merge':
      merge(statement, queries, analysis);
      return { statement, analysis, output: [] };
  }
}

function target(name: TableName, analysis: Analysis): CatalogTable {
  const table = findTable(name, analysis);
  analysis.tables.push({ table, name, aliased: true });
  return table;
}

function targetScope(table: CatalogTable, name: string): Scope {
  const scope = new Scope();
  scope.relations.push(relationInstance({ name, printName: name, fields: tableFields(table) }));
  return scope;
}

function columnOf(name: Name, table: CatalogTable): CatalogColumn {
  const column = table.columns.find((one) => same(one.name, name.text));
  if (column !== undefined) return column;
  const names = table.columns.map((one) => one.name);
  throw new SqlProblem('sql-column', `unknown column '${name.text}' in ${table.name}${didYouMean(name.text, names)}`, name);
}

function fitColumn(column: CatalogColumn, given: Shape['columns'][number], table: CatalogTable, at: TableName): void {
  if (canBecome(given.type, column.type)) return;
  throw new SqlProblem('sql-type', `column '${column.name}' of ${table.name} is ${typeText(column.type)}, got ${typeText(given.type)}`, at);
}

function merge(statement: Merge, queries: QueryAnalyzer, analysis: Analysis): void {
  const table = target(statement.table, analysis);
  const scope = targetScope(table, statement.alias?.text ?? statement.table.name.text);
  analyzeRelation(statement.source, {
    analysis,
    scope,
    decides: [],
    place: (name) => queries.place(scope, name),
    cte: () => undefined,
    query: (query) => queries.query(query),
  });
  expectType(statement.on, BOOLEAN, 'the on of a merge', queries.place(scope, 'the on of a merge'), analysis);
  const source = new Scope();
  source.relations.push(...scope.relations.slice(1));
  for (const one of statement.cases) {
    const place = queries.place(one.kind === 'insert' ? source : scope, 'a merge case');
    if (one.condition !== undefined) expectType(one.condition, BOOLEAN, 'a condition of a merge', place, analysis);
    if (one.kind === 'update') for (const set of one.set) value(set.value, columnOf(set.column, table), place, analysis);
    if (one.kind === 'insert') {
      for (const [at, expression] of one.values.entries()) {
        const name = one.columns[at];
        value(expression, name === undefined ? (table.columns[at] as CatalogColumn) : columnOf(name, table), place, analysis);
      }
    }
  }
}

function value(expression: Parameters<typeof expectType>[0], column: CatalogColumn, place: Place, analysis: Analysis): void {
  expectType(expression, column.type, `column '${column.name}'`, place, analysis);
}
