/**
 * The Trino grammar behind one function. `build-grammar.ts` bundles this file to dist/grammar/trino.mjs, so that dt-sql-parser
 * (ANTLR, MIT; its grammar is Trino's own, Apache-2.0) is needed at build time only.
 */

import * as antlr from 'antlr4ng';
import type { GrammarResult, Leaf, Problem, Span, Tree } from '../lib/sql/grammar/trino-grammar.js';
// Deep imports: the package's index would bring its seven other dialects.
import { TrinoSqlLexer } from '../node_modules/dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import * as grammar from '../node_modules/dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';

/** Thrown out of the parser at its first error: recovery would only guess. */
class Stop extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.problem = problem;
  }
}

const RULE_NAMES = new Map<unknown, string>(
  Object.entries(grammar)
    .filter(([name]) => name.endsWith('Context'))
    .map(([name, type]) => [type, name.charAt(0).toLowerCase() + name.slice(1, -'Context'.length)]),
);

/** Rules that say nothing when they hold one part only. */
const PASS_THROUGH = new Set([
  'expression',
  'predicated',
  'valueExpressionDefault',
  'relationDefault',
  'sampledRelation',
  'patternRecognition',
  'queryTermDefault',
  'queryPrimaryDefault',
  'rootQuery',
  'statementDefault',
  'functionName',
  'columnName',
  'columnNameCreate',
  'columnRef',
  'selectLiteralColumnName',
  'selectExpressionColumnName',
  'tableOrViewName',
  'limitRowCount',
]);

/** Parses one statement, to a tree or to the first thing that is wrong. `entry` is a statement or a single expression. */
export function parseTrino(text: string, entry: 'statement' | 'expression'): GrammarResult {
  const offsets = offsetsOf(text);
  const lexer = new TrinoSqlLexer(antlr.CharStreams.fromString(text));
  lexer.removeErrorListeners();
  const tokens = new antlr.CommonTokenStream(lexer);
  tokens.fill();
  const all = tokens.getTokens();
  const spanOf = (token: antlr.Token): Span => ({ start: offsets(token.start), end: offsets(token.stop + 1) });
  const problemOf = (token: antlr.Token): Problem => ({
    kind: token.type === antlr.Token.EOF ? 'end' : token.type === TrinoSqlLexer.UNRECOGNIZED ? 'character' : 'token',
    ...(token.type === antlr.Token.EOF ? { start: text.length, end: text.length } : spanOf(token)),
    token: token.type === antlr.Token.EOF ? '' : (token.text ?? ''),
    tokenKind: kindOf(token.type),
  });
  const comments = all
    .filter((token) => token.type === TrinoSqlLexer.LINE_COMMENT || token.type === TrinoSqlLexer.BRACKETED_COMMENT)
    .map(spanOf);
  const unknown = all.find((token) => token.type === TrinoSqlLexer.UNRECOGNIZED);
  if (unknown !== undefined) return { problem: problemOf(unknown), comments };
  const tree = parseTwice(tokens, entry, problemOf);
  if (tree instanceof Stop) return { problem: tree.problem, comments };
  return { tree: convert(tree, spanOf), comments };
}

/** SLL is several times faster; what it refuses is tried again in full before it is called wrong. */
function parseTwice(tokens: antlr.CommonTokenStream, entry: 'statement' | 'expression', problemOf: (token: antlr.Token) => Problem) {
  for (const mode of [antlr.PredictionMode.SLL, antlr.PredictionMode.LL]) {
    tokens.seek(0);
    const parser = new grammar.TrinoSqlParser(tokens);
    parser.interpreter.predictionMode = mode;
    parser.removeErrorListeners();
    parser.addErrorListener({
      syntaxError: (_recognizer: unknown, token: antlr.Token | null) => {
        throw new Stop(problemOf(token as antlr.Token));
      },
      reportAmbiguity: () => {},
      reportAttemptingFullContext: () => {},
      reportContextSensitivity: () => {},
    } as unknown as antlr.ANTLRErrorListener);
    try {
      const tree = entry === 'statement' ? parser.statement() : parser.expression();
      const next = tokens.LT(1) as antlr.Token;
      if (next.type === antlr.Token.EOF) return tree;
      throw new Stop(problemOf(next));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (mode === antlr.PredictionMode.LL) return error;
    }
  }
  throw new Error('unreachable');
}

function convert(node: antlr.ParserRuleContext, spanOf: (token: antlr.Token) => Span): Tree {
  const children: (Tree | Leaf)[] = [];
  for (const child of node.children ?? []) {
    if (child instanceof antlr.TerminalNode) {
      const token = child.getSymbol();
      if (token.type !== antlr.Token.EOF) children.push({ token: kindOf(token.type), text: token.text ?? '', ...spanOf(token) });
    } else {
      children.push(convert(child as antlr.ParserRuleContext, spanOf));
    }
  }
  const rule = RULE_NAMES.get(node.constructor) ?? 'unknown';
  const [only] = children;
  if (children.length === 1 && only !== undefined && 'rule' in only && PASS_THROUGH.has(rule)) return only;
  return { rule, start: children[0]?.start ?? 0, end: children.at(-1)?.end ?? 0, children };
}

function kindOf(type: number): string {
  return TrinoSqlLexer.symbolicNames[type] ?? TrinoSqlLexer.literalNames[type] ?? '';
}

/** ANTLR counts code points, everything else here counts UTF-16 units. */
function offsetsOf(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoint) => codePoint;
  const at: number[] = [];
  let offset = 0;
  for (const char of text) {
    at.push(offset);
    offset += char.length;
  }
  at.push(offset);
  return (codePoint) => at[codePoint] ?? text.length;
}
