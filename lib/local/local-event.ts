/** What the runtime tells while it works. Never holds data of a record. */
export type LocalEvent =
  /** So many records of a delivery are done. `total` is known for in-memory lists only. */
  | { readonly kind: 'delivery'; readonly source: string; readonly records: number; readonly total?: number }
  | {
      readonly kind: 'state';
      readonly pipeline: string;
      readonly state: string;
      /** The table whose chain the state belongs to. */
      readonly table?: string;
      readonly status: 'started' | 'succeeded' | 'failed' | 'retried';
      readonly ms?: number;
      /** Name of the error. */
      readonly error?: string;
    }
  /** A line that a function wrote to its log. */
  | { readonly kind: 'log'; readonly function: string; readonly line: string }
  /** Something the assembly asks for that this machine does not do. */
  | { readonly kind: 'note'; readonly message: string };
