import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BindError, bind } from '../../lib/sql/bind/bind.js';
import { DATE, decimalType, VARCHAR } from '../../lib/sql/types/sql-type.js';

const table = (name: string, type = VARCHAR) => ({ database: 'db', name, columns: [{ name: 'a', type, nullable: true }] });

describe('binding on DuckDB', () => {
  it('gives names and types at once, without a promise', () => {
    expect(bind('select a, 1 as n from db.t', [table('t')])).toEqual([
      { name: 'a', type: 'VARCHAR' },
      { name: 'n', type: 'INTEGER' },
    ]);
  });

  it('reads a table by the columns it is given with, each time', () => {
    expect(bind('select a from db.t', [table('t', DATE)])).toEqual([{ name: 'a', type: 'DATE' }]);
    expect(bind('select a from db.t', [table('t', decimalType(10, 2))])).toEqual([{ name: 'a', type: 'DECIMAL(10,2)' }]);
  });

  it('refuses what DuckDB refuses, without its words, which can quote values', () => {
    const refused = () => bind("select 'secret' + a from db.t", [table('t')]);
    expect(refused).toThrow(BindError);
    expect(refused).toThrow('duckdb refuses the statement (');
    expect(refused).not.toThrow('secret');
  });

  it('takes statements that give no rows', () => {
    expect(bind('delete from db.t', [table('t')], { describe: false })).toEqual([]);
  });

  it('lets the process end by itself', () => {
    const script = `import { bind } from './lib/sql/bind/bind.ts'; console.log(bind('select 1 as x', [])[0].name);`;
    const run = spawnSync(process.execPath, ['--import', 'tsx', '--conditions=medallion-source', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 25_000,
    });
    expect(run).toMatchObject({ status: 0, stdout: 'x\n' });
  });
});
