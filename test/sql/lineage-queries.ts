import fc from 'fast-check';
import { type CatalogTable, catalogTable } from '../../lib/sql/types/catalog.js';
import { INTEGER, type SqlType, VARCHAR } from '../../lib/sql/types/sql-type.js';

const ROW: SqlType = {
  kind: 'row',
  fields: [
    { name: 'p', type: INTEGER },
    { name: 'q', type: VARCHAR },
  ],
};

/** The columns of both tables, with values to draw from, as DuckDB writes them. */
export const COLUMNS: Readonly<Record<string, { readonly type: SqlType; readonly value: fc.Arbitrary<string> }>> = (() => {
  const orNull = (value: fc.Arbitrary<string>) => fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant('null') });
  const number = orNull(fc.nat(3).map(String));
  const text = orNull(fc.constantFrom("'x'", "'y'", "'xy'"));
  const row = fc.tuple(number, text).map(([p, q]) => `{p: ${p}, q: ${q}}`);
  const list = (item: fc.Arbitrary<string>) => orNull(fc.array(item, { maxLength: 2 }).map((items) => `[${items.join(', ')}]`));
  return {
    a: { type: INTEGER, value: number },
    b: { type: INTEGER, value: number },
    c: { type: INTEGER, value: number },
    s: { type: VARCHAR, value: text },
    l: { type: { kind: 'array', element: INTEGER }, value: list(number) },
    r: { type: ROW, value: row },
    k: { type: { kind: 'array', element: ROW }, value: list(row) },
  };
})();

export const TABLES: readonly CatalogTable[] = ['t', 'u'].map((name) =>
  catalogTable({
    database: 'x',
    name,
    columns: Object.entries(COLUMNS).map(([column, { type }]) => ({ name: column, type, nullable: true })),
  }),
);

/** Queries of the subset whose result does not depend on the order of rows: ties decide nothing in them. */
export const lineageQuery: fc.Arbitrary<string> = fc.gen().map((draw) => new Writer((below) => draw(fc.nat, below - 1)).query(2));

/** Expressions that can be used over a `from`, by type. */
interface Source {
  readonly from: string;
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** Lists of numbers, and lists of rows. */
  readonly lists: readonly string[];
  readonly rows: readonly string[];
}

type Written = { readonly text: string; readonly numbers: readonly string[]; readonly texts: readonly string[] };

class Writer {
  private readonly below: (limit: number) => number;
  private names = 0;

  constructor(below: (limit: number) => number) {
    this.below = below;
  }

  query(depth: number): string {
    return this.written(depth).text;
  }

  private of<T>(...items: readonly (() => T)[]): T {
    return (items[this.below(items.length)] as () => T)();
  }

  private one(items: readonly string[]): string {
    return items[this.below(items.length)] as string;
  }

  private name(stem: string): string {
    return `${stem}${this.names++}`;
  }

  private some(): boolean {
    return this.below(2) === 1;
  }

  private written(depth: number): Written {
    const choices = [() => this.plain(depth), () => this.plain(depth), () => this.grouped(depth)];
    if (depth > 0)
      choices.push(
        () => this.limited(depth - 1),
        () => this.setOperation(depth - 1),
        () => this.common(depth - 1),
      );
    return this.of(...choices);
  }

  private plain(depth: number): Written {
    const source = this.source(depth);
    const numbers = Array.from({ length: 1 + this.below(2) }, () => this.item(source, depth));
    const texts = Array.from({ length: this.below(2) }, () => this.text(source, 1));
    return this.select(numbers, texts, `${source.from}${this.where(source, depth)}`, this.below(5) === 4);
  }

  private select(numbers: readonly string[], texts: readonly string[], rest: string, distinct = false): Written {
    const names = numbers.map((_, at) => `n${at}`);
    const words = texts.map((_, at) => `w${at}`);
    const items = [...numbers.map((text, at) => `${text} as n${at}`), ...texts.map((text, at) => `${text} as w${at}`)];
    return { text: `select ${distinct ? 'distinct ' : ''}${items.join(', ')} from ${rest}`, numbers: names, texts: words };
  }

  private item(source: Source, depth: number): string {
    return this.of(
      () => this.number(source, 2),
      () => this.number(source, 2),
      () => this.window(source),
      () => (depth > 0 ? this.scalar(source) : this.number(source, 1)),
    );
  }

  private grouped(depth: number): Written {
    const source = this.source(depth);
    const keys = Array.from({ length: this.below(3) }, () => this.number(source, 0));
    const aggregates = Array.from({ length: 1 + this.below(2) }, () => this.aggregate(source));
    const key = keys.join(', ');
    const group =
      keys.length === 0
        ? ''
        : ` group by ${this.of(
            () => key,
            () => key,
            () => `rollup (${key})`,
            () => `grouping sets ((${key}), ())`,
          )}`;
    const having = this.below(4) === 3 ? ` having ${this.aggregate(source)} > ${this.below(3)}` : '';
    return this.select([...keys, ...aggregates], [], `${source.from}${this.where(source, depth)}${group}${having}`);
  }

  /** Sorted by all columns, so that a limit cuts equal rows only. */
  private limited(depth: number): Written {
    const inner = this.written(depth);
    const name = this.name('cut');
    const order = [...inner.numbers, ...inner.texts].map((column) => `${column}${this.some() ? ' desc' : ''}`);
    return { ...inner, text: `select * from (${inner.text} order by ${order.join(', ')} limit ${1 + this.below(4)}) as ${name}` };
  }

  private setOperation(depth: number): Written {
    const half = () => {
      const source = this.source(depth);
      return this.select([this.number(source, 1), this.number(source, 1)], [], `${source.from}${this.where(source, 0)}`);
    };
    const operator = this.one(['union', 'union all', 'intersect', 'except']);
    const left = half();
    return { ...left, text: `${left.text} ${operator} ${half().text}` };
  }

  private common(depth: number): Written {
    const name = this.name('cte');
    const inner = this.written(depth);
    const columns = (alias: string) => ({
      numbers: inner.numbers.map((column) => `${alias}.${column}`),
      texts: inner.texts.map((column) => `${alias}.${column}`),
      lists: [],
      rows: [],
    });
    const twice = this.some();
    const [one, two] = [this.name('c'), this.name('c')];
    const source: Source = twice
      ? {
          from: `${name} as ${one} join ${name} as ${two} on ${one}.n0 = ${two}.${this.one(inner.numbers)}`,
          ...columns(this.some() ? one : two),
        }
      : { from: `${name} as ${one}`, ...columns(one) };
    const outer = this.select([this.number(source, 1), this.window(source)], [], `${source.from}${this.where(source, 0)}`);
    return { ...outer, text: `with ${name} as (${inner.text}) ${outer.text}` };
  }

  private source(depth: number): Source {
    if (depth <= 0) return this.table();
    return this.of(
      () => this.table(),
      () => this.joined(depth),
      () => this.joined(depth),
      () => this.unnested(),
      () => this.using(),
      () => this.derived(depth - 1),
      () => this.starred(depth - 1),
      () => this.values(),
    );
  }

  private table(): Source {
    const name = this.name('t');
    return {
      from: `x.${this.one(['t', 'u'])} as ${name}`,
      numbers: ['a', 'b', 'c', 'r.p'].map((column) => `${name}.${column}`),
      texts: ['s', 'r.q'].map((column) => `${name}.${column}`),
      lists: [`${name}.l`],
      rows: [`${name}.k`],
    };
  }

  private both(left: Source, right: Source, from: string): Source {
    return {
      from,
      numbers: [...left.numbers, ...right.numbers],
      texts: [...left.texts, ...right.texts],
      lists: [...left.lists, ...right.lists],
      rows: [...left.rows, ...right.rows],
    };
  }

  private joined(depth: number): Source {
    const left = this.table();
    const right = this.some() ? this.table() : this.derived(depth - 1);
    const type = this.one(['join', 'left join', 'right join', 'full join', 'cross join']);
    const on = type === 'cross join' ? '' : ` on ${this.one(left.numbers)} = ${this.one(right.numbers)}`;
    return this.both(left, right, `${left.from} ${type} ${right.from}${on}`);
  }

  private using(): Source {
    const [left, right] = [this.table(), this.table()];
    const key = this.one(['a', 'b']);
    const source = this.both(
      left,
      right,
      `${left.from} ${this.one(['join', 'left join', 'right join', 'full join'])} ${right.from} using (${key})`,
    );
    const qualified = source.numbers.filter((column) => !column.endsWith(`.${key}`));
    return { ...source, numbers: [key, key, ...qualified] };
  }

  private unnested(): Source {
    const base = this.table();
    const name = this.name('e');
    const list = this.one(base.lists);
    const rows = this.one(base.rows);
    const [text, numbers, texts] = this.of<readonly [string, readonly string[], readonly string[]]>(
      () => [`unnest(${list}) as ${name} (v)`, ['v'], []],
      () => [`unnest(${list}) with ordinality as ${name} (v, o)`, ['v', 'o'], []],
      () => [`unnest(${rows}) as ${name} (p, q)`, ['p'], ['q']],
      () => [`unnest(${list}, ${rows}) as ${name} (v, p, q)`, ['v', 'p'], ['q']],
    );
    const of = (columns: readonly string[]) => columns.map((column) => `${name}.${column}`);
    const from = this.some() ? `${base.from} cross join ${text}` : `${base.from} left join ${text} on true`;
    return { ...base, from, numbers: [...base.numbers, ...of(numbers), ...of(numbers)], texts: [...base.texts, ...of(texts)] };
  }

  private derived(depth: number): Source {
    const inner = this.written(Math.max(0, depth));
    const name = this.name('d');
    const of = (columns: readonly string[]) => columns.map((column) => `${name}.${column}`);
    return { from: `(${inner.text}) as ${name}`, numbers: of(inner.numbers), texts: of(inner.texts), lists: [], rows: [] };
  }

  private starred(depth: number): Source {
    const inner = this.table();
    const name = this.name('d');
    const from = `(select * from ${inner.from}${this.where(inner, depth)}) as ${name}`;
    const of = (columns: readonly string[]) => columns.map((column) => column.replace(/^t\d+/, name));
    return { from, numbers: of(inner.numbers), texts: of(inner.texts), lists: of(inner.lists), rows: of(inner.rows) };
  }

  private values(): Source {
    const inner = this.table();
    const name = this.name('v');
    const from = `(values (1, (select ${this.aggregate(inner)} from ${inner.from})), (2, 2)) as ${name} (p, q)`;
    return { from, numbers: [`${name}.p`, `${name}.q`], texts: [], lists: [], rows: [] };
  }

  private where(source: Source, depth: number): string {
    return this.some() ? ` where ${this.condition(source, depth)}` : '';
  }

  private aggregate(source: Source): string {
    const value = () => this.number(source, 1);
    const filter = this.below(4) === 3 ? ` filter (where ${this.condition(source, 0)})` : '';
    return this.of(
      () => `sum(${value()})${filter}`,
      () => `count(${value()})${filter}`,
      () => `max(${value()})${filter}`,
      () => `count(distinct ${value()})${filter}`,
      () => `count(*)${filter}`,
      () => `count_if(${this.condition(source, 0)})`,
      () => `cardinality(array_agg(${value()} order by ${value()})${filter})`,
    );
  }

  /** Windows in which rows that are equal in the order get equal values. */
  private window(source: Source): string {
    const partition = this.some() ? `partition by ${this.number(source, 0)} ` : '';
    const call = this.of(
      () => 'rank()',
      () => 'dense_rank()',
      () => `sum(${this.number(source, 1)})`,
      () => `max(${this.number(source, 1)})`,
      () => `count(*)`,
    );
    return `${call} over (${partition}order by ${this.number(source, 0)}${this.some() ? ' desc' : ''})`;
  }

  /** A value from another table, tied to the row or not. */
  private scalar(source: Source): string {
    const inner = this.table();
    const tied = this.some() ? ` where ${this.one(inner.numbers)} = ${this.one(source.numbers)}` : this.where(inner, 0);
    return `(select ${this.aggregate(inner)} from ${inner.from}${tied})`;
  }

  private condition(source: Source, depth: number): string {
    const number = () => this.number(source, 0);
    const choices = [
      () => `${number()} ${this.one(['=', '<>', '<', '<=', '>', '>='])} ${number()}`,
      () => `${number()} > ${this.below(3)}`,
      () => `(${number()} > 1 or ${number()} is null)`,
      () => `${number()} in (1, 2, ${number()})`,
      () => `${number()} is distinct from ${number()}`,
      () => `${number()} between ${number()} and ${number()}`,
      () => `${this.text(source, 0)} like 'x%'`,
      () => `not (${number()} = ${number()})`,
    ];
    if (depth > 0) {
      const inner = this.table();
      choices.push(
        () => `exists (select * from ${inner.from} where ${this.one(inner.numbers)} = ${this.one(source.numbers)})`,
        () => `not exists (select 1 from ${inner.from} where ${this.one(inner.numbers)} > ${this.one(source.numbers)})`,
        () => `${number()} in (select ${this.number(inner, 1)} from ${inner.from}${this.where(inner, 0)})`,
        () => `${number()} > ${this.scalar(source)}`,
      );
    }
    return this.of(...choices);
  }

  private number(source: Source, depth: number): string {
    const column = () => this.one(source.numbers);
    if (depth <= 0) return column();
    const part = () => this.number(source, depth - 1);
    const choices = [
      column,
      column,
      () => `(${part()} + ${part()})`,
      () => `coalesce(${part()}, ${part()})`,
      () => `case when ${this.condition(source, 0)} then ${part()} else ${part()} end`,
      () => `case ${part()} when ${part()} then ${part()} end`,
      () => `if(${this.condition(source, 0)}, ${part()}, ${part()})`,
      () => `nullif(${part()}, ${part()})`,
      () => `cardinality(filter(array[${part()}, ${part()}], e -> e > ${column()}))`,
      () => `length(${this.text(source, depth - 1)})`,
    ];
    if (source.lists.length > 0) {
      choices.push(
        () => `reduce(${this.one(source.lists)}, 0, (s, e) -> s + coalesce(e, ${column()}), s -> s)`,
        () => `element_at(${this.one(source.lists)}, 1)`,
        () => `cardinality(transform(${this.one(source.rows)}, e -> e.p))`,
      );
    }
    return this.of(...choices);
  }

  private text(source: Source, depth: number): string {
    const word = () => (source.texts.length === 0 ? `cast(${this.one(source.numbers)} as varchar)` : this.one(source.texts));
    if (depth <= 0) return word();
    return this.of(
      word,
      () => `upper(${word()})`,
      () => `${word()} || ${word()}`,
      () => `case when ${this.condition(source, 0)} then ${word()} end`,
    );
  }
}
