import { describe, expect, it } from 'vitest';
import { check } from './compiler.js';
import { completionsAt } from './completions.js';

const PROLOGUE = `import {
    append, contract, date, decimal, directly, full, int, KinesisSource, Pipeline, replaceWindows, sql, SqlTransform, text, timestamp, upsert,
    Partition, type ITable, type ITableRef, type PipelineScope,
  } from 'cdk-medallion';
  const Event = contract('order_events', { order_id: text().key(), version: int().sequence(), day: date(), at: timestamp() });
  const Note = contract('notes', { note: text(), size: int() });
  const Daily = contract('daily', { day: date().key(), revenue: decimal(38, 2) });
  declare const scope: PipelineScope;
  const events = new KinesisSource(scope, 'Events', { contract: Event });
  const silver = new SqlTransform(scope, 'Silver', { zone: 'silver', contract: Event, write: upsert(), query: sql\`select 1 from \${events}\` });
  const gold = new SqlTransform(scope, 'Gold', { zone: 'gold', contract: Daily, write: replaceWindows('day'), query: sql\`select 1 from \${silver}\` });
`;

/** A mistake, and what the editor must say of it. */
const MISTAKES: readonly (readonly [mistake: string, sentence: string])[] = [
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Event, write: full(), partition: Partition.month('order_id'), query: sql`q` });",
    "partition on 'order_id' needs a date or timestamp column of contract 'order_events'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Daily, write: upsert(), query: sql`q` });",
    "upsert() needs a sequence() column in contract 'daily'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Note, write: upsert(), query: sql`q` });",
    "upsert() needs a key() column in contract 'notes'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Note, write: append(), query: sql`q` });",
    "append() needs a key() column in contract 'notes'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Event, write: replaceWindows('order_id'), query: sql`q` });",
    "replaceWindows('order_id') needs a date or timestamp column of contract 'order_events'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Event, write: replaceWindows('att'), query: sql`q` });",
    "replaceWindows('att') needs a date or timestamp column of contract 'order_events'",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'gold', contract: Daily, write: full(), query: sql`select 1 from ${events}` });",
    "a gold table is made from silver or gold; to skip silver write directly(table, 'why')",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'gold', contract: Daily, write: full(), query: sql`select 1 from ${silver} join ${events} on true` });",
    "a gold table is made from silver or gold; to skip silver write directly(table, 'why')",
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Daily, write: full(), query: sql`select 1 from ${gold}` });",
    'a silver table is made from bronze or silver: data flows bronze → silver → gold',
  ],
  [
    "new SqlTransform(scope, 'X', { zone: 'bronze', contract: Daily, write: full(), query: sql`q` });",
    `Type '"bronze"' is not assignable to type '"silver" | "gold"'`,
  ],
  ["new SqlTransform(scope, 'X', { zone: 'silver', contract: Daily, write: 'full', query: sql`q` });", `Type 'string' is not assignable`],
  [
    "new SqlTransform(scope, 'X', { zone: 'silver', contract: Daily, write: full(), query: 'select 1' });",
    `Type 'string' is not assignable`,
  ],
  ["new SqlTransform(scope, 'X', { zone: 'silver', contract: Daily, write: full(), query: sql`q`, wirte: 1 });", "'wirte' does not exist"],
  ['silver.c.ordr_id;', "Property 'ordr_id' does not exist"],
];

describe('what the editor says of transforms', () => {
  it('says nothing where all is right', () => {
    const right = `
      new SqlTransform(scope, 'A', { zone: 'silver', contract: Event, write: append(), query: sql\`select \${events.spec.name} from \${events}\` });
      new SqlTransform(scope, 'B', { zone: 'silver', contract: Event, write: replaceWindows('at'), query: sql\`q\` });
      new SqlTransform(scope, 'C', { zone: 'silver', contract: Note, write: full(), query: sql\`select \${silver.c.order_id} from \${silver}\` });
      new SqlTransform(scope, 'D', { zone: 'gold', contract: Daily, write: full(), query: sql\`select 1 from \${directly(events, 'why')} join \${gold} on true\` });
      const table: ITable<'silver', typeof Event> = silver;
      const reference: ITableRef = gold;
      const zone: 'gold' = gold.zone;
      sql\`select 1 from \${table} join \${reference} on true\`;
    `;
    expect(check(PROLOGUE + right).errors).toEqual([]);
  });

  it.each(MISTAKES)('of %s', (mistake, sentence) => {
    const { errors } = check(PROLOGUE + mistake);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(sentence);
  });
});

describe('what the editor offers', () => {
  it('is exactly the columns that can be windows', () => {
    const text = `${PROLOGUE} new SqlTransform(scope, 'X', { zone: 'silver', contract: Event, write: replaceWindows('/*?*/'), query: sql\`q\` });`;
    expect(completionsAt(text)).toEqual(['day', 'at']);
  });
});

describe('what transforms cost the compiler', () => {
  it('makes fewer than 40,000 types for a pipeline of 50', () => {
    const columns = Array.from({ length: 20 }, (_, n) => `c${n}: text().nullable(),`).join(' ');
    const one = (n: number) => `
      const T${n} = contract('t${n}', { id: text().key(), version: int().sequence(), day: date(), ${columns} });
      const t${n} = new SqlTransform(scope, 'T${n}', { zone: 'silver', contract: T${n}, write: ${n % 2 === 0 ? 'upsert()' : "replaceWindows('day')"},
        query: sql\`select \${${n === 0 ? 'silver.c.day' : `t${n - 1}.c.c7`}} from \${${n === 0 ? 'silver' : `t${n - 1}`}}\` });`;
    const none = check(PROLOGUE);
    const many = check(PROLOGUE + Array.from({ length: 50 }, (_, n) => one(n)).join(''));
    expect(many.errors).toEqual([]);
    console.info(`${many.instantiations - none.instantiations} types for 50 transforms of 23 columns`);
    expect(many.instantiations - none.instantiations).toBeLessThan(40_000);
  });
});
