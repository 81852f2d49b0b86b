import type { Arrival, Outcome, Rule } from '../../lib/model/conform/index.js';

/** A record of a file: what it is by the contract, and what came. */
export interface FileRecord {
  outcome(arrival: Arrival): Outcome;
  payload(): Uint8Array;
}

/** Records in the order of the file, some at a time. Ends with a FileFault where the file cannot be read further. */
export type FileRecords = AsyncGenerator<readonly FileRecord[], void>;

/** The rest of a file cannot be read; what came before it stays. */
export class FileFault extends Error {
  override readonly name = 'FileFault';

  constructor(
    readonly rule: Rule,
    /** The record that was being read. */
    readonly partial: Uint8Array = new Uint8Array(),
  ) {
    super(`the file cannot be read further: ${rule}`);
  }
}
