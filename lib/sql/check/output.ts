import type { ContractSpec } from '../../contract/spec.js';
import type { OutputColumn } from '../analyze/analysis.js';
import type { Query, QueryBody, Select } from '../ast/query.js';
import type { Span } from '../grammar/trino-grammar.js';
import { didYouMean, SqlProblem } from '../sql-error.js';
import { canBecome } from '../types/coercion.js';
import { sqlType, typeText } from '../types/sql-type.js';

/** Compares what a query gives with what its contract declares: names, order, types, nullability. Throws `SqlProblem`. */
export function checkOutput(query: Query, output: readonly OutputColumn[], contract: ContractSpec): void {
  const spans = itemSpans(query, output.length);
  const unnamed = output.findIndex((column) => column.name === undefined);
  if (unnamed !== -1) throw new SqlProblem('sql-output', `column ${unnamed + 1} of the result has no name: add 'as name'`, spans(unnamed));
  const problems = [...membership(output, contract), ...fits(output, contract)];
  const [first] = problems;
  if (first === undefined) return;
  throw new SqlProblem('sql-output', `${first.message}\n${sideBySide(output, contract)}`, spans(first.at));
}

interface Mismatch {
  readonly message: string;
  readonly at: number;
}

function membership(output: readonly OutputColumn[], contract: ContractSpec): Mismatch[] {
  const names = output.map((column) => (column.name as string).toLowerCase());
  const declared = contract.columns.map((column) => column.name);
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
  if (twice !== -1) return [{ message: `column '${names[twice]}' stands twice in the result`, at: twice }];
  const extra = names.findIndex((name) => !declared.includes(name));
  if (extra !== -1) {
    return [
      {
        message: `column '${names[extra]}' is not declared in contract ${contract.name}${didYouMean(names[extra] as string, declared)}`,
        at: extra,
      },
    ];
  }
  const missing = declared.filter((name) => !names.includes(name));
  if (missing.length > 0)
    return [{ message: `the result lacks ${missing.map((name) => `'${name}'`).join(', ')} of contract ${contract.name}`, at: 0 }];
  const moved = names.findIndex((name, at) => name !== declared[at]);
  if (moved === -1) return [];
  return [
    { message: `the columns stand in another order than in contract ${contract.name}: '${declared[moved]}' belongs here`, at: moved },
  ];
}

function fits(output: readonly OutputColumn[], contract: ContractSpec): Mismatch[] {
  return output.flatMap((column, at) => {
    const declared = contract.columns[at];
    if (declared === undefined) return [];
    const type = sqlType(declared.type);
    if (!canBecome(column.type, type)) {
      const cast = canBecome(type, column.type)
        ? `narrowing is said, never silent: cast(… as ${typeText(type)})`
        : `cast it, as cast(… as ${typeText(type)})`;
      return [{ message: `column '${declared.name}' is declared ${typeText(type)} and found ${typeText(column.type)}: ${cast}`, at }];
    }
    if (!declared.nullable && column.nullable) {
      const remedy = `filter with 'where … is not null', use coalesce(…), or declare it nullable()`;
      return [{ message: `column '${declared.name}' is declared not null and can be null here: ${remedy}`, at }];
    }
    return [];
  });
}

/** Declared and found, a line a column. */
function sideBySide(output: readonly OutputColumn[], contract: ContractSpec): string {
  const declared = contract.columns.map(
    (column) => `${column.name} ${typeText(sqlType(column.type))}${column.nullable ? '' : ' not null'}`,
  );
  const found = output.map((column) => `${column.name} ${typeText(column.type)}${column.nullable ? '' : ' not null'}`);
  const width = Math.max('declared'.length, ...declared.map((line) => line.length));
  const lines = Array.from({ length: Math.max(declared.length, found.length) }, (_, at) => {
    const [left = '', right = ''] = [declared[at], found[at]];
    return `    ${left.padEnd(width)}   ${right}`.trimEnd();
  });
  const shown = lines.length > 40 ? [...lines.slice(0, 40), `    … and ${lines.length - 40} more`] : lines;
  return [`    ${'declared'.padEnd(width)}   found`, ...shown].join('\n');
}

/** Where the result's columns are written: items of the first select, or the query itself behind a `*`. */
function itemSpans(query: Query, count: number): (at: number) => Span {
  const select = firstSelect(query.body);
  const items = select?.items ?? [];
  if (select === undefined || items.length !== count) return () => items.find((item) => item.kind === 'all') ?? items[0] ?? query;
  return (at) => items[at] ?? query;
}

function firstSelect(body: QueryBody): Select | undefined {
  switch (body.kind) {
    case 'select':
      return body;
    case 'set':
      return firstSelect(body.left);
    case 'query':
      return firstSelect(body.body);
    case 'values':
      return undefined;
  }
}
