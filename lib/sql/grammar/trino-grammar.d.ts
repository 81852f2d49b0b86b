/** A place in the text: UTF-16 offsets, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A rule of the grammar that matched. Rules that only pass one part through are left out. */
export interface Tree extends Span {
  readonly rule: string;
  readonly children: readonly (Tree | Leaf)[];
}

/** A token: its kind (`KW_SELECT`, `IDENTIFIER`, `'('`) and its text. */
export interface Leaf extends Span {
  readonly token: string;
  readonly text: string;
}

/** The first thing that the grammar refuses. */
export interface Problem extends Span {
  readonly kind: 'token' | 'character' | 'end';
  readonly token: string;
  readonly tokenKind: string;
}

export type GrammarResult =
  | { readonly tree: Tree; readonly comments: readonly Span[] }
  | { readonly problem: Problem; readonly comments: readonly Span[] };

/** Parses one statement or expression with Trino's grammar. Nothing may follow it. */
export declare function parseTrino(text: string, entry: 'statement' | 'expression'): GrammarResult;
