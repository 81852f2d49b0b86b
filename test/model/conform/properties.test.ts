import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileConform } from '../../../lib/model/conform/index.js';
import { anySpec, objectOf, spaced } from './arbitrary-record.js';
import { ARRIVAL, column, specOf } from './specs.js';

const specAndRecord = anySpec.chain((spec) =>
  objectOf(spec.columns).chain((record) =>
    fc.tuple(fc.constant(spec), fc.constant(record), fc.oneof(fc.constant(record.source.join('')), spaced(record.source))),
  ),
);

describe('conform', () => {
  it('writes every record that fits its contract in the one canonical form', () => {
    fc.assert(
      fc.property(specAndRecord, ([spec, record, source]) => {
        const outcome = compileConform(spec).record(Buffer.from(source), ARRIVAL);
        const meta = `,"_arrived_at":"${ARRIVAL.arrivedAt}","_position":"${ARRIVAL.position}","_contract":"${spec.version}","_extra":null}`;
        expect(outcome).toEqual({ row: record.line.slice(0, -1) + meta, bom: false, drifted: false });
      }),
      { numRuns: 1000 },
    );
  });

  it('writes the same whether a record comes as bytes, as a line or as text', () => {
    fc.assert(
      fc.property(specAndRecord, ([spec, , source]) => {
        const conform = compileConform(spec);
        const outcome = conform.record(Buffer.from(source), ARRIVAL);
        expect(conform.line(Buffer.from(source), ARRIVAL)).toEqual(outcome);
        expect(conform.text(source, ARRIVAL)).toEqual(outcome);
        // Nothing of one record stays for the next.
        conform.record(Buffer.from('{"c0":"other","c9":1'), ARRIVAL);
        expect(conform.record(Buffer.from(source), ARRIVAL)).toEqual(outcome);
      }),
      { numRuns: 300 },
    );
  });

  it('accepts nothing that JSON.parse refuses, and its lines are JSON, whatever is done to the bytes', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom('cut', 'set', 'drop', 'double'), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(specAndRecord, damage, ([spec, , source], changes) => {
        let bytes: Buffer = Buffer.from(source);
        for (const [place, change, byte] of changes) bytes = damaged(bytes, place % (bytes.length + 1), change, byte);
        const outcome = compileConform(spec).record(bytes, ARRIVAL);
        if ('reasons' in outcome) {
          expect(outcome.reasons.length).toBeGreaterThan(0);
          expect(outcome.reasons.map(({ rule }) => rule)).not.toContain('internal');
          return;
        }
        const parsed = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, '')) as unknown;
        expect(parsed).toBeTypeOf('object');
        expect(Object.keys(JSON.parse(outcome.row) as object)).toEqual([
          ...spec.columns.map(({ name }) => name),
          '_arrived_at',
          '_position',
          '_contract',
          '_extra',
        ]);
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps every unknown field', () => {
    const spec = specOf(column('id', { kind: 'int' }));
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter((key) => key !== 'id' && key !== '__proto__'),
          fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.maxSafeInteger()),
        ),
        (extra) => {
          const outcome = compileConform(spec).record(Buffer.from(JSON.stringify({ ...extra, id: 1 })), ARRIVAL);
          const row = JSON.parse((outcome as { row: string }).row) as { _extra: string | null };
          expect(row._extra === null ? {} : JSON.parse(row._extra)).toEqual({ ...extra });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function damaged(bytes: Buffer, place: number, change: string, byte: number): Buffer {
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (change === 'cut') return before;
  if (change === 'drop') return Buffer.concat([before, after.subarray(1)]);
  if (change === 'double') return Buffer.concat([before, after.subarray(0, 5), after]);
  return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
}
