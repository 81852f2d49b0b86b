/**
 * What it costs to conform a record (strict parse, validate, type, stamp, write), against the floor of parsing its bytes and
 * writing them again, and against general validators doing the validation only. All in one run, on the same records.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { z } from 'zod';
import type { ColumnSpec, ContractSpec, TypeSpec } from '../lib/contract/spec.js';
import { compileConform } from '../lib/model/conform/index.js';
import type { Figure } from './figure.js';

const CHANNELS = ['web', 'app', 'phone'];
const STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'];

const column = (name: string, type: TypeSpec, nullable = false): ColumnSpec => ({ name, type, nullable });
const text = { kind: 'text' } as const;
const timestamp = { kind: 'timestamp' } as const;

const SPEC: ContractSpec = {
  name: 'order_events',
  version: '0123456789ab',
  rules: [],
  columns: [
    { ...column('event_id', text), key: true },
    column('order_id', text),
    { ...column('customer_id', text), subject: true },
    column('channel', { kind: 'oneOf', values: CHANNELS }),
    column('status', { kind: 'oneOf', values: STATUSES }),
    column('version', { kind: 'int' }),
    column('amount', { kind: 'decimal', precision: 12, scale: 2 }),
    column('currency', text),
    column('item_count', { kind: 'bigint' }),
    column('weight', { kind: 'double' }),
    column('gift', { kind: 'boolean' }),
    column('note', text, true),
    column('ship_on', { kind: 'date' }),
    column('placed_at', timestamp),
    { ...column('occurred_at', timestamp), eventTime: true },
  ],
};

/** Records of about 570 bytes, as a producer writes them. */
function records(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(
      JSON.stringify({
        event_id: `0190c5a2-77b1-7c3e-9d55-${String(i).padStart(12, '0')}`,
        order_id: `0190c5a2-0000-7000-8000-${String(i % 9973).padStart(12, '0')}`,
        customer_id: `0190c5a2-1111-7000-8000-${String((i * 7919) % 100_003).padStart(12, '0')}`,
        channel: CHANNELS[i % 3],
        status: STATUSES[i % 5],
        version: (i % 5) + 1,
        amount: ((i * 37) % 100_000) / 100,
        currency: 'EUR',
        item_count: (i % 12) + 1,
        weight: ((i * 13) % 1000) / 8,
        gift: i % 2 === 0,
        note:
          i % 4 === 0
            ? null
            : 'please leave the parcel with the neighbours on the second floor, they are at home in the afternoon and have a key',
        ship_on: `2026-02-${String((i % 28) + 1).padStart(2, '0')}`,
        placed_at: momentOf(i - 36_000, 6),
        occurred_at: momentOf(i, 3),
      }),
    ),
  );
}

/** A stream's moments follow each other: here twenty a second. */
function momentOf(index: number, digits: number): string {
  const text = new Date(Date.UTC(2026, 0, 15, 12) + index * 50).toISOString();
  return digits === 3 ? text : `${text.slice(0, -1)}417Z`;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

type Row = Record<string, unknown>;

/** Each general validator in its fastest honest use: shape, types and formats; none of them can see duplicate keys or lost digits. */
function peers(): Record<string, (row: Row) => boolean> {
  const zodSchema = z.object({
    event_id: z.string(),
    order_id: z.string(),
    customer_id: z.string(),
    channel: z.enum(CHANNELS),
    status: z.enum(STATUSES),
    version: z.int(),
    amount: z.number(),
    currency: z.string(),
    item_count: z.int(),
    weight: z.number(),
    gift: z.boolean(),
    note: z.string().nullable(),
    ship_on: z.string().regex(DATE),
    placed_at: z.string().regex(MOMENT),
    occurred_at: z.string().regex(MOMENT),
  });
  const valibotSchema = v.object({
    event_id: v.string(),
    order_id: v.string(),
    customer_id: v.string(),
    channel: v.picklist(CHANNELS),
    status: v.picklist(STATUSES),
    version: v.pipe(v.number(), v.integer()),
    amount: v.number(),
    currency: v.string(),
    item_count: v.pipe(v.number(), v.integer()),
    weight: v.number(),
    gift: v.boolean(),
    note: v.nullable(v.string()),
    ship_on: v.pipe(v.string(), v.regex(DATE)),
    placed_at: v.pipe(v.string(), v.regex(MOMENT)),
    occurred_at: v.pipe(v.string(), v.regex(MOMENT)),
  });
  const jsonSchema = Type.Object({
    event_id: Type.String(),
    order_id: Type.String(),
    customer_id: Type.String(),
    channel: oneOf(CHANNELS),
    status: oneOf(STATUSES),
    version: Type.Integer(),
    amount: Type.Number(),
    currency: Type.String(),
    item_count: Type.Integer(),
    weight: Type.Number(),
    gift: Type.Boolean(),
    note: Type.Union([Type.String(), Type.Null()]),
    ship_on: Type.String({ pattern: DATE.source }),
    placed_at: Type.String({ pattern: MOMENT.source }),
    occurred_at: Type.String({ pattern: MOMENT.source }),
  });
  const ajv = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(jsonSchema)) as object);
  const typebox = TypeCompiler.Compile(jsonSchema);
  return {
    zod: (row) => zodSchema.safeParse(row).success,
    valibot: (row) => v.safeParse(valibotSchema, row).success,
    ajv: (row) => ajv(row) === true,
    typebox: (row) => typebox.Check(row),
  };
}

function oneOf(values: readonly string[]): TSchema {
  return Type.Union(values.map((value) => Type.Literal(value)));
}

const ARRIVED = '2026-03-01 09:00:00.000000';

function subjects(): Record<string, (bytes: Buffer, index: number) => number> {
  const conform = compileConform(SPEC);
  const stamped = Object.entries(peers()).map(
    ([name, check]) =>
      [
        name,
        (bytes: Buffer, index: number) => {
          const row = JSON.parse(bytes.toString('utf8')) as Row;
          if (!check(row)) throw new Error(`${name} refused a good record`);
          row['_arrived_at'] = ARRIVED;
          row['_position'] = `shardId-000000000000/${index}`;
          row['_contract'] = SPEC.version;
          row['_extra'] = null;
          return JSON.stringify(row).length;
        },
      ] as const,
  );
  return {
    floor: (bytes) => JSON.stringify(JSON.parse(bytes.toString('utf8'))).length,
    conform: (bytes, index) => {
      const outcome = conform.record(bytes, { arrivedAt: ARRIVED, position: `shardId-000000000000/${index}` });
      if ('reasons' in outcome) throw new Error('conform refused a good record');
      // A line joined from parts is laid out in memory when it is first read: that belongs to the cost.
      return outcome.row.charCodeAt(outcome.row.length - 1) + outcome.row.length;
    },
    ...Object.fromEntries(stamped),
  };
}

const SLICE = 500;

/**
 * Microseconds a record. All subjects take turns over short slices of the records, and of each slice the best round counts:
 * a slice is short enough to get through between two interruptions of a busy machine.
 */
function measure(input: readonly Buffer[], rounds: number): Record<string, number> {
  const all = Object.entries(subjects());
  const best = new Map(all.map(([name]) => [name, new Array<number>(Math.ceil(input.length / SLICE)).fill(Number.POSITIVE_INFINITY)]));
  let sink = 0;
  for (let round = 0; round < rounds; round++) {
    for (let from = 0; from < input.length; from += SLICE) {
      for (const [name, subject] of all) {
        const start = performance.now();
        for (let i = from; i < from + SLICE; i++) sink += subject(input[i] as Buffer, i);
        const times = best.get(name) as number[];
        times[from / SLICE] = Math.min(times[from / SLICE] as number, performance.now() - start);
      }
    }
  }
  if (sink === 0) throw new Error('nothing was measured');
  return Object.fromEntries([...best].map(([name, times]) => [name, (times.reduce((sum, time) => sum + time, 0) * 1000) / input.length]));
}

export async function run(): Promise<Figure[]> {
  const input = records(10_000);
  const best = measure(input, 40);
  const floor = best['floor'] as number;
  const conform = best['conform'] as number;
  const rivals = Object.entries(best).filter(([name]) => name !== 'floor' && name !== 'conform');
  const [fastest, time] = rivals.sort((a, b) => a[1] - b[1])[0] as [string, number];
  const detail = Object.entries(best)
    .map(([name, each]) => `${name} ${each.toFixed(2)} µs`)
    .join(', ');
  const bytes = Math.round(input.reduce((sum, record) => sum + record.length, 0) / input.length);
  return [
    { name: 'conform / (parse + stringify)', ratio: conform / floor, budget: 1.2, detail: `${bytes} B, 15 columns: ${detail}` },
    { name: `conform / fastest validator (${fastest})`, ratio: conform / time, budget: 1, detail: '' },
  ];
}
