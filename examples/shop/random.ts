/** A small seeded generator of numbers (sfc32): the same seed gives the same sequence on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = 0x9e3779b9 | 0;
    this.c = 0x243f6a88 | 0;
    for (let i = 0; i < 12; i += 1) this.bits();
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return from + (this.bits() % (to - from + 1));
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.bits() % 10_000 < percent * 100;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.bits() % values.length]!;
  }

  private bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }
}
