import type { Chance } from './random-query.js';

type Kind = 'integer' | 'decimal' | 'varchar' | 'timestamp' | 'date' | 'boolean';

/** Columns of the tables of statements, by type: `e` is events, `c` the left joined customer. */
const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  integer: ['e.id', 'cardinality(e.tags)', 'length(c.name)'],
  decimal: ['e.amount', 'cast(e.id as decimal(10,2))', '12.50', '-0.01'],
  varchar: ['e.customer', 'e.kind', 'c.name', 'c.city', "'x'", "''", "'é😀'", "json_extract_scalar(e.payload, '$.page')"],
  timestamp: ['e.at', 'cast(c.since as timestamp(6))', "timestamp '2026-03-29 01:30:00.000001'"],
  date: ['c.since', 'cast(e.at as date)', "date '2024-02-29'"],
  boolean: ["e.kind = 'buy'", 'c.id is null', 'true'],
};

const KINDS = Object.keys(COLUMNS) as Kind[];

/** A random query of typed expressions, plain or grouped, over the tables of statements. */
export function randomExpressions(chance: Chance): string {
  const write = new ExpressionWriter(chance);
  const from = `from events as e left join customers as c on c.id = e.customer${chance.yes(40) ? ` where ${write.of('boolean', 2)}` : ''}`;
  const kinds = Array.from({ length: 1 + chance.below(3) }, () => chance.of(KINDS));
  if (chance.yes(30)) {
    const keys = kinds.map((kind) => write.of(kind, 1));
    const items = [...keys, write.aggregate()].map((text, n) => `${text} as o${n}`);
    return `select ${items.join(', ')} ${from} group by ${keys.map((_, n) => n + 1).join(', ')}`;
  }
  return `select ${chance.yes(10) ? 'distinct ' : ''}${kinds.map((kind, n) => `${write.of(kind, 3)} as o${n}`).join(', ')} ${from}`;
}

class ExpressionWriter {
  constructor(private readonly chance: Chance) {}

  of(kind: Kind, depth: number): string {
    const { chance } = this;
    if (depth <= 0 || chance.yes(15)) return chance.of(COLUMNS[kind]);
    const next = (other: Kind = kind) => this.of(other, depth - 1);
    switch (chance.below(8)) {
      case 0:
        return `coalesce(${next()}, ${next()})`;
      case 1:
        return `case when ${next('boolean')} then ${next()} else ${next()} end`;
      case 2:
        return kind === 'boolean' ? `not (${next()})` : `nullif(${next()}, ${next()})`;
      case 3:
        return kind === 'boolean' ? this.own(kind, next) : `${chance.of(['greatest', 'least'])}(${next()}, ${next()})`;
      default:
        return this.own(kind, next);
    }
  }

  aggregate(): string {
    const { chance } = this;
    return chance.of([
      'count(*)',
      `count(distinct ${this.of(chance.of(KINDS), 1)})`,
      `${chance.of(['sum', 'avg', 'min', 'max'])}(${this.of('decimal', 1)})`,
      `${chance.of(['sum', 'min', 'max'])}(${this.of('integer', 1)})`,
      `${chance.of(['min', 'max'])}(${this.of(chance.of(['varchar', 'timestamp', 'date']), 1)})`,
      `count_if(${this.of('boolean', 1)})`,
      `${chance.of(['bool_and', 'bool_or'])}(${this.of('boolean', 1)})`,
    ]);
  }

  private own(kind: Kind, next: (kind?: Kind) => string): string {
    const { chance } = this;
    const small = () => chance.of(['2', '3', '7', '-2']);
    switch (kind) {
      case 'integer':
        return chance.of([
          `(${next()} ${chance.of(['+', '-'])} ${small()})`,
          `(${next()} / ${small()})`,
          `(${next()} % ${small()})`,
          `abs(${next()})`,
          `length(${next('varchar')})`,
          `strpos(${next('varchar')}, ${next('varchar')})`,
          `date_diff('${chance.of(['day', 'month', 'year'])}', ${next('date')}, ${next('date')})`,
          `${chance.of(['year', 'month', 'day', 'hour', 'second', 'day_of_week', 'week'])}(${next('timestamp')})`,
          `cast(case when abs(${next('decimal')}) < 1000 then 1 end as bigint)`,
        ]);
      case 'decimal':
        return chance.of([
          `cast(${next()} as decimal(12,${chance.below(3)}))`,
          `round(${next()}, 1)`,
          `abs(${next()})`,
          `-(${next()})`,
          `floor(${next()})`,
          `cast(${next('integer')} % 100 as decimal(6,2)) / 3`,
        ]);
      case 'varchar':
        return chance.of([
          `upper(${next()})`,
          `trim(${next()})`,
          `(${next()} || ${next()})`,
          `substr(${next()}, ${chance.of(['1', '2', '-2'])}, 2)`,
          `replace(${next()}, 'e', ${next()})`,
          `split_part(${next()}, ' ', 1)`,
          `cast(${next('integer')} as varchar)`,
          `cast(${next('decimal')} as varchar)`,
          `cast(${next('date')} as varchar)`,
          `regexp_replace(${next()}, '[a-c]+', '_')`,
          `reverse(${next()})`,
        ]);
      case 'timestamp':
        return chance.of([
          `date_trunc('${chance.of(['hour', 'day', 'week', 'month', 'year'])}', ${next()})`,
          `(${next()} + interval '${1 + chance.below(50)}' ${chance.of(['second', 'hour', 'day', 'month'])})`,
          `cast(${next('date')} as timestamp(6))`,
          `cast(with_timezone(${next()}, 'UTC') at time zone 'Europe/Berlin' as timestamp(6))`,
        ]);
      case 'date':
        return chance.of([
          `cast(${next('timestamp')} as date)`,
          `(${next()} + interval '${1 + chance.below(40)}' ${chance.of(['day', 'month', 'year'])})`,
          `last_day_of_month(${next()})`,
          `date_trunc('${chance.of(['week', 'month', 'quarter'])}', ${next()})`,
        ]);
      case 'boolean': {
        const other = chance.of(KINDS.filter((one) => one !== 'boolean'));
        return chance.of([
          `(${next(other)} ${chance.of(['=', '<>', '<', '>='])} ${next(other)})`,
          `(${next(other)} is ${chance.of(['', 'not '])}distinct from ${next(other)})`,
          `(${next(other)} in (${next(other)}, ${next(other)}))`,
          `(${next()} ${chance.of(['and', 'or'])} ${next()})`,
          `(${next(other)} is null)`,
          `coalesce(${next('varchar')} like '%a%', false)`,
          `(${next(other)} between ${next(other)} and ${next(other)})`,
        ]);
      }
    }
  }
}
