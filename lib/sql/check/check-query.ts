import { LakeError } from '../../contract/lake-error.js';
import type { ContractSpec } from '../../contract/spec.js';
import type { ITableRef } from '../../model/table.js';
import { type ColumnLineage, lineageOf } from '../analyze/lineage.js';
import { type Analyzed, analyze } from '../analyze/statement-analyzer.js';
import type { Query } from '../ast/query.js';
import { type BindError, bind, prepareToBind } from '../bind/bind.js';
import { deepGuard, type Parsed, parseQueryText } from '../parse/parse.js';
import { duckDbType, printAnalyzedDuckDb } from '../print/duckdb.js';
import { rewriteTables } from '../rewrite.js';
import { displayed, type Sql } from '../sql.js';
import { reported, SqlProblem } from '../sql-error.js';
import { type CatalogColumn, catalogOf, catalogTableOf } from '../types/catalog.js';
import type { SqlType } from '../types/sql-type.js';
import { checkOutput } from './output.js';

/** A column of a query's result. */
export interface QueryOutput {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

/** A query that passed every check, and what became known about it. */
export interface CheckedQuery {
  /** Athena's text with tables by name, parameters as samples. */
  readonly text: string;
  readonly ast: Query;
  /** DuckDB's text of the same query. */
  readonly duckdb: string;
  readonly tables: readonly ITableRef[];
  readonly output: readonly QueryOutput[];
  readonly lineage: readonly ColumnLineage[];
  /** The user's own text with each table replaced (see `rewriteTables`); parameters stay parameters. */
  rewrite(replace: (table: ITableRef) => string | Sql): Sql;
}

export interface CheckQueryProps {
  readonly query: Sql;
  readonly contract: ContractSpec;
  /** The transform's path, for messages: `Orders/DailyRevenue`. */
  readonly path: string;
  /** Columns of a table that queries may read beside its contract's. @default none */
  readonly technicalColumns?: (table: ITableRef) => readonly CatalogColumn[];
  /** Ask DuckDB for a second opinion. @default true */
  readonly bind?: boolean;
}

/**
 * Checks a user's query: grammar, names, types, nullability, lineage, the contract, and a second opinion by DuckDB.
 * @throws LakeError with the place, the reason and the line; `sql-syntax`, `sql-column`, `sql-type`, `sql-output` and others as code
 */
export function checkQuery(props: CheckQueryProps): CheckedQuery {
  const layout = props.query.layout();
  const { text, spans } = layout;
  return reported(displayed(layout), props.query.file ?? `${props.path}/query`, () => {
    const { tables } = props.query;
    const catalog = catalogOf(tables.map((table) => catalogTableOf(table, props.technicalColumns?.(table))));
    if (props.bind ?? true) prepareToBind(catalog.tables);
    const parsed = parseQueryText(text);
    const { analyzed, duckdb } = deepGuard(() => read(parsed, catalog));
    checkOutput(parsed.ast, analyzed.output, props.contract);
    if (props.bind ?? true) secondOpinion(analyzed, duckdb, parsed.ast);
    // The query may write a name in other letters than its contract.
    const declared = props.contract.columns.map((column) => column.name);
    return {
      text,
      ast: parsed.ast,
      duckdb,
      tables,
      output: analyzed.output.map(({ type, nullable }, at) => ({ name: declared[at] as string, type, nullable })),
      lineage: analyzed.output.map((column, at) => lineageOf(declared[at] as string, column.lineage)),
      rewrite: (replace) =>
        rewriteTables(text, analyzed, (table) => replace(refOf(tables, table.database, table.name)), { comments: parsed.comments, spans }),
    };
  });
}

function read(parsed: Parsed<Query>, catalog: ReturnType<typeof catalogOf>): { analyzed: Analyzed; duckdb: string } {
  const analyzed = analyze(parsed.ast, catalog);
  const untyped = analyzed.output.find((column) => column.type.kind === 'unknown');
  if (untyped !== undefined)
    throw new SqlProblem(
      'sql-type',
      `column '${untyped.name ?? untyped.printName}' is always null and has no type: write cast(null as …)`,
      parsed.ast,
    );
  for (const [call, { entry }] of analyzed.analysis.calls) {
    if (entry.internal === true) throw new SqlProblem('sql-function', `function '${entry.name}' is not in the portable list`, call.name);
  }
  for (const [expression, { type }] of analyzed.analysis.typed) {
    if (type.kind === 'json')
      throw new SqlProblem(
        'sql-type',
        "values of type json differ between engines: read text with json_extract_scalar(x, '$.a')",
        expression,
      );
  }
  return { analyzed, duckdb: printAnalyzedDuckDb(analyzed) };
}

function refOf(tables: readonly ITableRef[], database: string, name: string): ITableRef {
  const found = tables.find((table) => table.database === database && table.tableName === name);
  if (found === undefined) throw new Error(`table ${database}.${name} is not among the query's`);
  return found;
}

/** DuckDB must see the same columns with the same types. Where it does not, one of the two is wrong, and nothing is deployed. */
function secondOpinion(analyzed: Analyzed, duckdb: string, query: Query): void {
  const bound = boundColumns(analyzed, duckdb, query);
  for (const [at, column] of analyzed.output.entries()) {
    const found = bound[at];
    const wanted = normal(duckDbType(column.type));
    if (found !== undefined && normal(found.type) === wanted) continue;
    throw new SqlProblem(
      'sql-bind',
      `column '${column.name}' was read as ${wanted}, and duckdb reads it as ${found?.type ?? 'nothing'}: write a cast around it, and report this`,
      query,
    );
  }
}

function boundColumns(analyzed: Analyzed, duckdb: string, query: Query) {
  try {
    return bind(duckdb, analyzed.analysis.catalog.tables);
  } catch (error) {
    if (error instanceof LakeError && (error as BindError).cause !== undefined) throw new SqlProblem('sql-bind', error.message, query);
    throw error;
  }
}

function normal(type: string): string {
  return type.toLowerCase().replaceAll(/[\s"]/g, '').replace('timestampwithtimezone', 'timestamptz');
}
