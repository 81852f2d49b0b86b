/** How much a rule may refuse before the rows are taken for a fault of their source, and nothing is published. */
export interface QuarantineLimit {
  /** Share of a run's rows, 0 to 100. */
  readonly percent: number;
  /** Fewer rows than this are too few to judge by their share. */
  readonly ofAtLeast: number;
}

/** What is wrong with a limit, in a sentence. */
export function quarantineLimitProblem({ percent, ofAtLeast }: QuarantineLimit, name: string): string | undefined {
  if (Number.isInteger(percent) && percent >= 0 && percent <= 100 && Number.isInteger(ofAtLeast) && ofAtLeast >= 1) return undefined;
  return `maxQuarantine of '${name}' is a whole percent from 0 to 100 of at least 1 row, got ${percent} percent of at least ${ofAtLeast}`;
}
