import type { Name, Span } from '../ast/expression.js';
import type { Leaf, Tree } from '../grammar/trino-grammar.js';
import { SqlProblem } from '../sql-error.js';

/** Reading the grammar's tree. */

export function isTree(child: Tree | Leaf): child is Tree {
  return 'rule' in child;
}

export function spanOf(node: Span): Span {
  return { start: node.start, end: node.end };
}

/** Children that are rules, without tokens. */
export function rules(tree: Tree): Tree[] {
  return tree.children.filter(isTree);
}

export function kids(tree: Tree, rule: string): Tree[] {
  return rules(tree).filter((child) => child.rule === rule);
}

export function kid(tree: Tree, rule: string): Tree | undefined {
  return rules(tree).find((child) => child.rule === rule);
}

export function has(tree: Tree, token: string): boolean {
  return tree.children.some((child) => !isTree(child) && child.token === token);
}

export function leaf(tree: Tree, token: string): Leaf | undefined {
  return tree.children.find((child): child is Leaf => !isTree(child) && child.token === token);
}

/** A node that the subset has no place for. */
export function outside(node: Span, what: string): SqlProblem {
  return new SqlProblem('sql-subset', `${what} is not in the portable subset`, node);
}

const IDENTIFIERS = new Set(['unquotedIdentifier', 'quotedIdentifier', 'backQuotedIdentifier', 'digitIdentifier']);

export function isIdentifier(tree: Tree): boolean {
  return IDENTIFIERS.has(tree.rule);
}

/** An identifier, unquoted. */
export function nameOf(tree: Tree): Name {
  const text = textOf(tree);
  if (tree.rule === 'backQuotedIdentifier') {
    throw new SqlProblem(
      'sql-syntax',
      `names are quoted with "…" in athena's sql, not with back-ticks: write "${text.slice(1, -1)}"`,
      tree,
    );
  }
  if (tree.rule === 'digitIdentifier') {
    throw new SqlProblem('sql-syntax', `a name that begins with a digit must be quoted: write "${text}"`, tree);
  }
  if (tree.rule !== 'quotedIdentifier') return { text, ...spanOf(tree) };
  const inner = text.slice(1, -1).replaceAll('""', '"');
  if (inner === '') throw new SqlProblem('sql-syntax', 'a quoted name cannot be empty', tree);
  return { text: inner, ...spanOf(tree) };
}

/** Every identifier below a node, in order: `a.b.c`. */
export function namesOf(tree: Tree): Name[] {
  if (isIdentifier(tree)) return [nameOf(tree)];
  return rules(tree).flatMap(namesOf);
}

export function identifiers(tree: Tree): Name[] {
  return rules(tree).filter(isIdentifier).map(nameOf);
}

/** The tokens below a node, joined. */
export function textOf(tree: Tree): string {
  return tree.children.map((child) => (isTree(child) ? textOf(child) : child.text)).join('');
}

/** The value of a string token. */
export function stringOf(tree: Tree): string {
  const token = leaf(tree, 'STRING');
  if (tree.rule !== 'basicStringLiteral' || token === undefined) throw outside(tree, "a string written U&'…'");
  return token.text.slice(1, -1).replaceAll("''", "'");
}
