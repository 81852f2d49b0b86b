import { readFileSync } from 'node:fs';
import { LakeError } from '../contract/lake-error.js';
import type { ITableRef } from '../model/table.js';
import type { TableZone } from '../model/zone.js';
import { asOf, Sql, type SqlPart } from './sql.js';

/**
 * A query kept in a file. Tables stand in it as `${orders}`, by the names given here; `${asOf}` is the run's frozen moment.
 *
 * @example
 * sqlFile('sql/daily-revenue.sql', { orders })
 * @throws LakeError `sql-file` when the file cannot be read, or names a table that is not given, or a given one is not named
 */
export function sqlFile<const T extends Readonly<Record<string, ITableRef>>>(
  path: string,
  tables: T,
): Sql<T[keyof T] extends ITableRef<infer Z> ? Z : TableZone> {
  const text = read(path);
  const used = new Set<string>();
  const parts: SqlPart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\{\s*(\w+)\s*\}/g)) {
    const name = match[1] as string;
    const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (table === undefined && name !== 'asOf') {
      throw new LakeError('sql-file', `${path}: \${${name}} is none of the tables given: ${Object.keys(tables).join(', ') || 'none'}`);
    }
    used.add(name);
    parts.push(text.slice(at, match.index), table === undefined ? asOf : { kind: 'table', table });
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  const unused = Object.keys(tables).filter((name) => !used.has(name));
  if (unused.length > 0)
    throw new LakeError('sql-file', `${path}: ${unused.join(', ')} is given and never named; write \${${unused[0]}} where it is read`);
  return new Sql(
    parts.filter((part) => part !== ''),
    { file: path },
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new LakeError('sql-file', `${path} cannot be read: check the path, which starts at the working directory`, { cause: error });
  }
}
