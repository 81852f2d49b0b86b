import type { Analyzed } from './analyze/statement-analyzer.js';
import type { Span } from './ast/expression.js';
import { quoteIdentifier } from './literal.js';
import { isSql, type PartSpan, Sql, type SqlPart } from './sql.js';
import type { CatalogTable } from './types/catalog.js';

/** What a table reference becomes: SQL text of a table or of a query in brackets. */
export type TableReplacement = (table: CatalogTable) => string | Sql;

interface Edit extends Span {
  readonly parts: readonly SqlPart[];
}

/**
 * The user's own text with each table reference replaced at its place. A reference without an alias gets its table's name as alias,
 * `*` over a table becomes its columns (tables have technical columns that queries do not see), comments are left out:
 * so the text can be wrapped without anything in it reaching out.
 */
export function rewriteTables(
  text: string,
  analyzed: Analyzed,
  replace: TableReplacement,
  more: { readonly comments?: readonly Span[]; readonly spans?: readonly PartSpan[] } = {},
): Sql {
  const edits: Edit[] = analyzed.analysis.tables.map((use) => {
    const replacement = replace(use.table);
    const parts: SqlPart[] = isSql(replacement) ? [...replacement.parts] : [replacement];
    if (!use.aliased) parts.push(` AS ${quoteIdentifier(use.name.name.text)}`);
    return { start: use.name.start, end: use.name.end, parts };
  });
  for (const comment of more.comments ?? []) edits.push({ start: comment.start, end: comment.end, parts: [' '] });
  for (const [star, columns] of analyzed.analysis.stars) {
    const names = columns.map(
      ({ relation, field }) =>
        (relation.name === undefined ? '' : `${quoteIdentifier(relation.name)}.`) + quoteIdentifier(field.name as string),
    );
    edits.push({ start: star.start, end: star.end, parts: [names.join(', ')] });
  }
  for (const { start, end, part } of more.spans ?? []) if (part.kind === 'parameter') edits.push({ start, end, parts: [part] });
  return apply(text, edits);
}

function apply(text: string, edits: readonly Edit[]): Sql {
  const parts: SqlPart[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, edit.start), ...edit.parts);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return new Sql(parts.filter((part) => part !== ''));
}
