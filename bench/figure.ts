/** One measured figure. `ratio` is against a floor or a peer measured in the same run, or the value itself where the budget is absolute. */
export interface Figure {
  readonly name: string;
  readonly ratio: number;
  readonly budget: number;
  readonly detail: string;
}

/** The middle of several timings: robust against the noise of a shared machine. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
