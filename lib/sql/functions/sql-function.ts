import type { SqlType } from '../types/sql-type.js';
import { type Signature, signature } from './signature.js';

/** A call about to be printed: arguments are finished text of the engine. */
export interface RenderedCall {
  readonly args: readonly string[];
  readonly types: readonly SqlType[];
  readonly result: SqlType;
  /** Values of arguments that are literals, by place. */
  readonly constants: readonly (string | undefined)[];
  /** The engine's text for a type. */
  typeText(type: SqlType): string;
}

/** How an engine writes a call: a template with `$1`, `$2` and `$*` for the arguments, or a function. */
export type Rendering = string | ((call: RenderedCall) => string);

/**
 * When a call is NULL: `strict` if an argument is, `never`, `sometimes` (also when no argument is), `first` if the first argument is,
 * `empty` (aggregates) if no row has a value.
 */
export type NullBehaviour = 'strict' | 'never' | 'sometimes' | 'first' | 'empty';

interface Common {
  readonly name: string;
  readonly signatures: readonly Signature[];
  /** The result's type where a signature cannot say it. */
  readonly resultType?: (types: readonly SqlType[]) => SqlType;
  readonly nulls: NullBehaviour;
  /** Argument lists that the conformance suite runs on all engines, as Trino SQL. */
  readonly examples: readonly (readonly string[])[];
  /** What a reader should know, one line. */
  readonly note?: string;
  /** Only the library's own statements may call it: its values are close, not equal, on the engines. */
  readonly internal?: true;
}

export interface ScalarFunction extends Common {
  readonly kind: 'scalar';
  readonly duckdb: Rendering;
  readonly spark: Rendering;
  /** Places of arguments that must be literals, because a rendering reads their value. */
  readonly constants: readonly number[];
  /** Allowed values of a literal argument. */
  readonly options?: Readonly<Record<number, readonly string[]>>;
  /** What is wrong with the value of a literal argument, after the function's name: `takes …`. */
  readonly checkConstant?: (value: string, at: number, types: readonly SqlType[]) => string | undefined;
}

/** An aggregate, which may also stand over a window. `$call` in a rendering is the engine's finished call. */
export interface AggregateFunction extends Common {
  readonly kind: 'aggregate';
  readonly duckdb: AggregateRendering;
  readonly spark: AggregateRendering;
  /** Whether the order of its rows can change the result: it then needs `order by`. */
  readonly ordered: boolean;
  readonly allowsDistinct: boolean;
  readonly allowsWindow: boolean;
}

export interface AggregateRendering {
  readonly name: string;
  /** Around the finished call: `cast($call as bigint)`. */
  readonly wrap?: Rendering;
}

/** A function that needs a window. */
export interface WindowFunction extends Common {
  readonly kind: 'window';
  readonly duckdb: string;
  readonly spark: string;
  readonly ignoreNulls: boolean;
  /** Whether it accepts a frame. */
  readonly frame: boolean;
}

export type SqlFunction = ScalarFunction | AggregateFunction | WindowFunction;

type Examples = readonly (readonly string[])[];

/** An entry of the table for a scalar function. Where the engines agree on a call, one rendering is enough. */
export function scalar(
  name: string,
  signatures: string | readonly string[],
  entry: {
    readonly duckdb?: Rendering;
    readonly spark?: Rendering;
    readonly nulls?: NullBehaviour;
    readonly resultType?: (types: readonly SqlType[]) => SqlType;
    readonly constants?: readonly number[];
    readonly options?: Readonly<Record<number, readonly string[]>>;
    readonly checkConstant?: ScalarFunction['checkConstant'];
    readonly examples: Examples;
    readonly note?: string;
    readonly internal?: true;
  },
): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    signatures: [signatures].flat().map(signature),
    nulls: entry.nulls ?? 'strict',
    duckdb: entry.duckdb ?? `${name}($*)`,
    spark: entry.spark ?? `${name}($*)`,
    constants: entry.constants ?? [],
    examples: entry.examples,
    ...(entry.internal === undefined ? {} : { internal: entry.internal }),
    ...(entry.options === undefined ? {} : { options: entry.options }),
    ...(entry.checkConstant === undefined ? {} : { checkConstant: entry.checkConstant }),
    ...(entry.resultType === undefined ? {} : { resultType: entry.resultType }),
    ...(entry.note === undefined ? {} : { note: entry.note }),
  };
}

/** An entry for an aggregate. Each example is a column of values. */
export function aggregate(
  name: string,
  signatures: string | readonly string[],
  entry: {
    readonly duckdb?: string | AggregateRendering;
    readonly spark?: string | AggregateRendering;
    readonly nulls?: NullBehaviour;
    readonly resultType?: (types: readonly SqlType[]) => SqlType;
    readonly ordered?: boolean;
    readonly distinct?: boolean;
    readonly window?: boolean;
    readonly examples: Examples;
    readonly note?: string;
  },
): AggregateFunction {
  const rendering = (given: string | AggregateRendering | undefined): AggregateRendering =>
    typeof given === 'object' ? given : { name: given ?? name };
  return {
    kind: 'aggregate',
    name,
    signatures: [signatures].flat().map(signature),
    nulls: entry.nulls ?? 'empty',
    duckdb: rendering(entry.duckdb),
    spark: rendering(entry.spark),
    ordered: entry.ordered ?? false,
    allowsDistinct: entry.distinct ?? true,
    allowsWindow: entry.window ?? true,
    examples: entry.examples,
    ...(entry.resultType === undefined ? {} : { resultType: entry.resultType }),
    ...(entry.note === undefined ? {} : { note: entry.note }),
  };
}

/** An entry for a window function. */
export function windowFunction(
  name: string,
  signatures: string | readonly string[],
  entry: {
    readonly nulls: NullBehaviour;
    readonly ignoreNulls?: boolean;
    readonly frame?: boolean;
    readonly examples: Examples;
    readonly note?: string;
  },
): WindowFunction {
  return {
    kind: 'window',
    name,
    signatures: [signatures].flat().map(signature),
    nulls: entry.nulls,
    duckdb: name,
    spark: name,
    ignoreNulls: entry.ignoreNulls ?? false,
    frame: entry.frame ?? false,
    examples: entry.examples,
    ...(entry.note === undefined ? {} : { note: entry.note }),
  };
}

/** Puts a call's arguments into a rendering. */
export function render(rendering: Rendering, call: RenderedCall): string {
  if (typeof rendering === 'function') return rendering(call);
  return rendering.replaceAll(/\$(\*|\d)/g, (_, at) => (at === '*' ? call.args.join(', ') : (call.args[Number(at) - 1] ?? 'NULL')));
}
