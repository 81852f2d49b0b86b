import { type CatalogTable, catalogTable } from '../../lib/sql/types/catalog.js';
import { BIGINT, INTEGER } from '../../lib/sql/types/sql-type.js';

/** Repeatable chance. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  yes(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const NUMBERS = ['a', 'b', 'c', 'd'] as const;

/** Two tables of small whole numbers, a list and a row each. */
export const RANDOM_TABLES: readonly CatalogTable[] = ['t', 'u'].map((name) =>
  catalogTable({
    database: 'x',
    name,
    columns: [
      { name: 'id', type: INTEGER, nullable: false },
      ...NUMBERS.map((column) => ({ name: column, type: INTEGER, nullable: true })),
      { name: 'l', type: { kind: 'array' as const, element: INTEGER }, nullable: true },
      {
        name: 'r',
        type: {
          kind: 'row' as const,
          fields: [
            { name: 'p', type: INTEGER },
            { name: 'q', type: BIGINT },
          ],
        },
        nullable: true,
      },
    ],
  }),
);

/** Columns that an expression may use, all of whole numbers, and one that no two rows share. */
interface Source {
  readonly from: string;
  readonly columns: readonly string[];
}

/** Writes a random query of the subset. Its columns are `o0`, `o1`, … */
export function randomQuery(chance: Chance): string {
  return new Writer(chance).query(3);
}

class Writer {
  private readonly chance: Chance;
  private names = 0;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  query(depth: number): string {
    const { chance } = this;
    if (depth > 0 && chance.yes(15)) return this.setOperation(depth);
    const ctes = depth > 1 && chance.yes(20) ? this.cte(depth) : undefined;
    const source = ctes?.source ?? this.source(depth);
    const body = chance.yes(35) ? this.grouped(source, depth) : this.plain(source, depth);
    const text = `${ctes === undefined ? '' : `with ${ctes.text} `}${body.text}`;
    if (!chance.yes(15)) return text;
    const order = Array.from({ length: body.count }, (_, at) => `${at + 1}${chance.yes(50) ? ' desc' : ''}`);
    return `select * from (${text} order by ${order.join(', ')} limit ${1 + chance.below(4)}) as ${this.name('lim')}`;
  }

  private name(stem: string): string {
    return `${stem}${this.names++}`;
  }

  private setOperation(depth: number): string {
    const operator = this.chance.of(['union', 'union all', 'intersect', 'except']);
    const side = () => {
      const source = this.source(depth - 1);
      return `select ${[0, 1].map((at) => `${this.number(source, depth - 1)} as o${at}`).join(', ')} from ${source.from}${this.where(source, depth - 1)}`;
    };
    return `${side()} ${operator} ${side()}`;
  }

  private cte(depth: number): { text: string; source: Source } {
    const name = this.name('cte');
    const inner = this.source(depth - 1);
    const text = `${name} as (select ${this.number(inner, 1)} as o0, ${this.number(inner, 1)} as o1 from ${inner.from}${this.where(inner, 1)})`;
    return { text, source: { from: name, columns: [`${name}.o0`, `${name}.o1`] } };
  }

  private source(depth: number): Source {
    const { chance } = this;
    const choice = depth > 0 ? chance.below(10) : 0;
    if (choice < 4) return this.table();
    if (choice < 7) return this.join(depth);
    if (choice < 8) {
      const alias = this.name('s');
      return { from: `(${this.query(depth - 1)}) as ${alias}`, columns: [`${alias}.o0`] };
    }
    const base = this.table();
    const alias = this.name('e');
    const owner = base.columns[0]?.split('.')[0] as string;
    const kind = chance.yes(50) ? `cross join unnest(${owner}.l) as ${alias} (v)` : `left join unnest(${owner}.l) as ${alias} (v) on true`;
    return { from: `${base.from} ${kind}`, columns: [...base.columns, `${alias}.v`] };
  }

  private table(): Source {
    const alias = this.name('t');
    return {
      from: `x.${this.chance.of(['t', 'u'])} as ${alias}`,
      columns: [...NUMBERS.map((column) => `${alias}.${column}`), `${alias}.r.p`],
    };
  }

  private join(depth: number): Source {
    const left = this.source(0);
    const right = depth > 1 && this.chance.yes(40) ? this.source(depth - 1) : this.table();
    const both = { from: '', columns: [...left.columns, ...right.columns] };
    const type = this.chance.of(['join', 'left join', 'right join', 'full join', 'cross join']);
    const simple = !right.from.includes(' join ');
    const on = `${this.chance.of(left.columns)} = ${this.chance.of(right.columns)}`;
    if (type === 'cross join' || !simple)
      return {
        ...both,
        from: `${left.from} cross join ${simple ? right.from : this.table().from}`,
        columns: simple ? both.columns : left.columns,
      };
    return { ...both, from: `${left.from} ${type} ${right.from} on ${on}` };
  }

  private plain(source: Source, depth: number): { text: string; count: number } {
    const { chance } = this;
    const count = 1 + chance.below(3);
    const distinct = chance.yes(15) ? 'distinct ' : '';
    const items = Array.from(
      { length: count },
      (_, at) => `${chance.yes(15) ? this.window(source, depth) : this.number(source, depth)} as o${at}`,
    );
    return { text: `select ${distinct}${items.join(', ')} from ${source.from}${this.where(source, depth)}`, count };
  }

  private grouped(source: Source, depth: number): { text: string; count: number } {
    const { chance } = this;
    const keys = Array.from({ length: chance.below(3) }, () => this.number(source, 0));
    const aggregates = Array.from({ length: 1 + chance.below(2) }, () => this.aggregate(source));
    const items = [...keys, ...aggregates].map((text, at) => `${text} as o${at}`);
    const group = keys.length === 0 ? '' : ` group by ${this.groupBy(keys)}`;
    const having = chance.yes(20) ? ` having ${this.aggregate(source)} ${this.comparison()} ${chance.below(5)}` : '';
    return { text: `select ${items.join(', ')} from ${source.from}${this.where(source, depth)}${group}${having}`, count: items.length };
  }

  private groupBy(keys: readonly string[]): string {
    const choice = this.chance.below(4);
    if (choice === 0) return `rollup (${keys.join(', ')})`;
    if (choice === 1) return keys.map((_, at) => at + 1).join(', ');
    return keys.join(', ');
  }

  private aggregate(source: Source): string {
    const { chance } = this;
    const value = this.number(source, 0);
    const filter = chance.yes(20) ? ` filter (where ${this.condition(source, 0)})` : '';
    const call = chance.of([
      `sum(${value})`,
      `count(${value})`,
      `max(${value})`,
      `min(${value})`,
      `count(distinct ${value})`,
      'count(*)',
      `count_if(${this.condition(source, 0)})`,
    ]);
    return `${call}${filter}`;
  }

  private window(source: Source, depth: number): string {
    const partition = this.chance.yes(50) ? `partition by ${this.number(source, 0)} ` : '';
    const order = source.columns.map((column) => column).join(', ');
    const call = this.chance.of(['row_number()', `lag(${this.number(source, 0)})`, `sum(${this.number(source, 0)})`, 'rank()']);
    return `${call} over (${partition}order by ${this.number(source, Math.min(depth, 1))}, ${order})`;
  }

  private where(source: Source, depth: number): string {
    return this.chance.yes(50) ? ` where ${this.condition(source, depth)}` : '';
  }

  private comparison(): string {
    return this.chance.of(['=', '<>', '<', '<=', '>', '>=']);
  }

  private condition(source: Source, depth: number): string {
    const { chance } = this;
    const number = () => this.number(source, 0);
    switch (chance.below(depth > 1 ? 9 : 6)) {
      case 0:
        return `${number()} is not null`;
      case 1:
        return `(${number()} > 1 or ${number()} is null)`;
      case 2:
        return `${number()} in (1, 2, ${number()})`;
      case 3:
        return `${number()} is distinct from ${number()}`;
      case 6: {
        const inner = this.table();
        return `exists (select 1 from ${inner.from} where ${chance.of(inner.columns)} = ${chance.of(source.columns)})`;
      }
      case 7: {
        const inner = this.table();
        return `${number()} in (select ${chance.of(inner.columns)} from ${inner.from}${this.where(inner, 0)})`;
      }
      case 8: {
        const inner = this.table();
        return `${number()} > (select ${this.aggregate(inner)} from ${inner.from})`;
      }
      default:
        return `${number()} ${this.comparison()} ${number()}`;
    }
  }

  private number(source: Source, depth: number): string {
    const { chance } = this;
    if (depth <= 0) return chance.of(source.columns);
    const part = () => this.number(source, depth - 1);
    switch (chance.below(9)) {
      case 0:
        return `${part()} + ${part()}`;
      case 1:
        return `coalesce(${part()}, ${part()})`;
      case 2:
        return `case when ${this.condition(source, 0)} then ${part()} else ${part()} end`;
      case 3:
        return `nullif(${part()}, ${chance.below(3)})`;
      case 4:
        return `cardinality(filter(array[${part()}, ${part()}], e -> e > ${chance.of(source.columns)}))`;
      case 5:
        return `abs(${part()}) - ${chance.below(3)}`;
      default:
        return chance.of(source.columns);
    }
  }
}
