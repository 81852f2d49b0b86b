import type { Query } from '../ast/query.js';
import type { Statement } from '../ast/statement.js';
import { reported } from '../sql-error.js';
import { parseQueryText, parseStatementText } from './parse.js';

/** Parses a statement of those that the library uses: queries, CREATE TABLE AS, MERGE, INSERT, DELETE, DROP TABLE. @throws LakeError */
export function parseStatement(text: string, origin = 'statement'): Statement {
  return reported(text, origin, () => parseStatementText(text).ast);
}

/** Parses a query; any other statement is refused. @throws LakeError */
export function parseQuery(text: string, origin = 'query'): Query {
  return reported(text, origin, () => parseQueryText(text).ast);
}
