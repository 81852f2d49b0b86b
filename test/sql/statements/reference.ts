import type { ContractSpec } from '../../../lib/contract/spec.js';
import type { WriteMode } from '../../../lib/model/write-mode.js';
import type { Row } from './engine.js';

/**
 * What each write mode means, in the plainest code there is. Rows are compared by their columns in declaration order after the
 * sequence; NULL is the least.
 */
export class ReferenceTable {
  rows: readonly Row[] = [];

  constructor(
    private readonly spec: ContractSpec,
    private readonly write: WriteMode,
    private readonly isRefused: (row: Row) => boolean,
  ) {}

  run(batch: readonly Row[]): { readonly published: number; readonly quarantined: number; readonly rowsIn: number } {
    const valid = batch.filter((row) => !this.isRefused(row));
    const winners = this.hasKey ? this.winnersOf(valid) : valid;
    const before = this.rows;
    this.rows = this.after(winners, batch);
    const published =
      this.write.kind === 'full' || this.write.kind === 'replaceWindows'
        ? winners.length
        : this.rows.filter((row) => !before.includes(row)).length;
    return { rowsIn: batch.length, published, quarantined: batch.length - valid.length };
  }

  private after(winners: readonly Row[], batch: readonly Row[]): readonly Row[] {
    switch (this.write.kind) {
      case 'append':
        return [...this.rows, ...winners.filter((row) => !this.rows.some((old) => this.key(old) === this.key(row)))];
      case 'upsert': {
        const beaten = (a: Row, others: readonly Row[]) => others.some((b) => this.key(a) === this.key(b) && this.compare(b, a) > 0);
        const same = (a: Row) => this.rows.some((b) => this.key(a) === this.key(b) && this.compare(b, a) === 0);
        return [...this.rows.filter((row) => !beaten(row, winners)), ...winners.filter((row) => !beaten(row, this.rows) && !same(row))];
      }
      case 'full':
        return winners;
      case 'replaceWindows': {
        const touched = new Set<string | null>(batch.map((row) => this.window(row)).filter((window) => window !== null));
        const stays = (row: Row) =>
          !touched.has(this.window(row)) && !(this.hasKey && winners.some((winner) => this.key(winner) === this.key(row)));
        return [...this.rows.filter(stays), ...winners];
      }
    }
  }

  private winnersOf(rows: readonly Row[]): readonly Row[] {
    const winners = new Map<string, Row>();
    for (const row of rows) {
      const other = winners.get(this.key(row));
      if (other === undefined || this.compare(row, other) > 0) winners.set(this.key(row), row);
    }
    return [...winners.values()];
  }

  private get hasKey(): boolean {
    return this.spec.columns.some(({ key }) => key);
  }

  private key(row: Row): string {
    return JSON.stringify(this.spec.columns.filter(({ key }) => key).map(({ name }) => row[name] ?? null));
  }

  private window(row: Row): string | null {
    const value = this.write.kind === 'replaceWindows' ? row[this.write.column] : null;
    return typeof value === 'string' ? value.slice(0, 10) : null;
  }

  private compare(a: Row, b: Row): number {
    const others = this.spec.columns.filter(({ key }) => !key);
    for (const { name, type } of [...others.filter(({ sequence }) => sequence), ...others.filter(({ sequence }) => !sequence)]) {
      const [x, y] = [a[name] ?? null, b[name] ?? null];
      if (x === y) continue;
      if (x === null || y === null) return x === null ? -1 : 1;
      const order = type.kind === 'decimal' || typeof x === 'number' ? Number(x) - Number(y) : x < y ? -1 : 1;
      if (order !== 0) return order;
    }
    return 0;
  }
}
