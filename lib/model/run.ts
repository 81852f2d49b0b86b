/** What passes through a pipeline's state machine: the run, its SQL parameters, and each table's counts. */

/** Input of the `Open run` handler. */
export interface OpenRunInput {
  /** Name of the execution: the run's id, stable over retries and redrives. */
  readonly execution: string;
  /** When the execution started, ISO 8601. */
  readonly startedAt: string;
  /** The execution's own input. `asOf` freezes another moment than the start (IM-4). */
  readonly input: { readonly asOf?: string };
}

/** Values that statements take, as finished SQL text: written by the one literal writer, put in by `States.Format`. */
export interface RunParameters {
  /** `'run-id'` */
  readonly id: string;
  /** The run's id as a part of an identifier: `[a-z0-9_]`, at most 60 characters. */
  readonly name: string;
  /** `TIMESTAMP '2026-01-31 12:00:00.000000'` */
  readonly asOf: string;
  /** First and last arrival partition to read, `'2026-01-31-09'`. */
  readonly from: string;
  readonly to: string;
  /** One backslash: interpreters disagree on how to escape it inside `States.Format`, so statements take it as a value. */
  readonly backslash: string;
}

/** Output of `Open run`: stands under `$.run` in every later state. */
export interface Run {
  readonly id: string;
  readonly pipeline: string;
  /** Frozen moment of the run: `2026-01-31T12:00:00.000000Z`. */
  readonly asOf: string;
  readonly startedAt: string;
  readonly sql: RunParameters;
}

/** One table's audit row as Athena returns it: every value is text. */
export interface TableCounts {
  readonly table: string;
  readonly verdict: string;
  readonly reason: string;
  readonly rows_in: string;
  readonly published: string;
  readonly deduplicated: string;
  readonly quarantined: string;
}

/** Input of the `Close run` handler, and of `Record failure` with `error`. */
export interface CloseRunInput {
  readonly run: Run;
  readonly status: 'succeeded' | 'failed';
  /** One list a level, as the machine's Parallel states leave them. */
  readonly levels?: readonly (readonly TableCounts[])[];
  readonly error?: { readonly Error: string; readonly Cause: string };
}

/** The run record that `Close run` writes to the operations bucket, one line of JSON. */
export interface RunRecord {
  readonly run_id: string;
  readonly pipeline: string;
  readonly as_of: string;
  readonly started_at: string;
  readonly status: 'succeeded' | 'failed';
  readonly error?: string;
  readonly tables: readonly {
    readonly table: string;
    readonly rows_in: number;
    readonly published: number;
    readonly deduplicated: number;
    readonly quarantined: number;
  }[];
}
