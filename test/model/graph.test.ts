import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GraphStep, graphProblems, levelsOf } from '../../lib/model/graph.js';
import type { ITableRef } from '../../lib/model/table.js';
import type { TableZone } from '../../lib/model/zone.js';

function table(zone: TableZone, tableName: string): ITableRef {
  return { zone, database: `shop_dev_${zone}`, tableName, spec: { name: tableName, version: '', columns: [], rules: [] } };
}

function step(zone: TableZone, name: string, reads: readonly ITableRef[] = [], path = `Shop/${name}`): GraphStep {
  return { ...table(zone, name), path, reads };
}

const nothing = () => false;

describe('the steps of a pipeline', () => {
  it('stand in levels: a step after all that it reads, siblings together, in the order they were declared', () => {
    const steps = [
      step('gold', 'report', [table('silver', 'b'), table('silver', 'a')]),
      step('silver', 'b', [table('silver', 'a')]),
      step('silver', 'a', [table('bronze', 'e')]),
      step('bronze', 'e'),
      step('silver', 'c', [table('bronze', 'e')]),
    ];
    expect(levelsOf(steps).map((level) => level.map(({ tableName }) => tableName))).toEqual([['e'], ['a', 'c'], ['b'], ['report']]);
  });

  it('stand after what they read, whatever the graph', () => {
    const anyGraph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(anyGraph, (edges) => {
        const steps = edges.map((to, n) => step('silver', `t${n}`, n === 0 ? [] : to.map((at) => table('silver', `t${at % n}`))));
        const levels = levelsOf(steps);
        const levelOf = new Map(levels.flatMap((level, n) => level.map(({ tableName }) => [tableName, n] as const)));
        expect(levelOf.size).toBe(steps.length);
        for (const { tableName, reads } of steps) {
          for (const read of reads) expect(levelOf.get(read.tableName)).toBeLessThan(levelOf.get(tableName)!);
        }
      }),
    );
  });
});

describe('a graph that cannot run', () => {
  it.each<readonly [string, readonly GraphStep[], readonly string[]]>([
    [
      'a circle',
      [step('silver', 'a', [table('silver', 'b')]), step('silver', 'b', [table('silver', 'a')])],
      ['silver.a reads silver.b reads silver.a: steps that read each other in a circle have no order; take one of the references out'],
    ],
    [
      'a step that reads itself',
      [step('silver', 'a', [table('silver', 'a')])],
      ['silver.a reads silver.a: steps that read each other in a circle have no order; take one of the references out'],
    ],
    [
      'a table that nobody makes',
      [step('silver', 'a', [table('bronze', 'events')])],
      ['Shop/a reads bronze.events, which no step makes; declare its source or transform, or correct the reference'],
    ],
    [
      'two makers of one table',
      [step('silver', 'a', [], 'Shop/One'), step('silver', 'a', [], 'Shop/Two')],
      ['silver.a is made by Shop/One and Shop/Two; a table has one maker: give each contract a name of its own'],
    ],
    [
      'silver from gold',
      [step('gold', 'g', []), step('silver', 's', [table('gold', 'g')])],
      ['Shop/s makes silver.s from gold.g: data flows bronze → silver → gold; make the table in gold or read a lower one'],
    ],
    [
      'gold from bronze without a reason',
      [step('bronze', 'e'), step('gold', 'g', [table('bronze', 'e')])],
      ["Shop/g makes gold.g from bronze.e; a gold table is made from silver or gold; to skip silver write directly(table, 'why')"],
    ],
  ])('is told: %s', (_, steps, problems) => {
    expect(graphProblems(steps, nothing)).toEqual(problems);
  });

  it('is told with all its problems', () => {
    const steps = [step('silver', 'a', [table('bronze', 'x'), table('gold', 'g')]), step('silver', 'b', [table('silver', 'b')])];
    expect(graphProblems(steps, nothing)).toHaveLength(4);
  });

  it('is no problem where a table is made elsewhere, or read with a reason', () => {
    const events = table('bronze', 'events');
    const gold: GraphStep = { ...step('gold', 'g', [events]), directly: new Map([['shop_dev_bronze.events', 'one row a day']]) };
    expect(graphProblems([gold], (read) => read === events)).toEqual([]);
  });
});
