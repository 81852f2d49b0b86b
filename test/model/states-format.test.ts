import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../lib/local/machine/states-format.js';
import type { RunParameters } from '../../lib/model/run.js';
import { statesFormat } from '../../lib/model/states-format.js';
import { Sql } from '../../lib/sql/sql.js';
import { fillStatement, RUN } from '../../lib/sql/statements/index.js';

const PARAMETERS: RunParameters = { id: "'r'", name: 'r', asOf: 'TIMESTAMP', from: "'a'", to: "'b'", backslash: '\\' };

/** What the interpreter makes of it. */
function formatted(statement: Sql): string {
  const { texts, values } = parseFormat(statesFormat(statement)['QueryString.$']);
  const value = (path: unknown) => PARAMETERS[String(path).replace('$.run.sql.', '') as keyof RunParameters];
  return texts.reduce((all, text, n) => `${all}${value(values[n - 1])}${text}`);
}

describe('a statement in a state', () => {
  it('escapes quotes and braces, and takes backslashes as a value', () => {
    const statement = new Sql(["SELECT '{\\d}' WHERE run = ", RUN.id]);
    expect(statesFormat(statement)['QueryString.$']).toBe(
      "States.Format('SELECT \\'\\{{}d\\}\\' WHERE run = {}', $.run.sql.backslash, $.run.sql.id)",
    );
  });

  it('is the filled statement again when it runs, whatever its text', () => {
    const part = fc.oneof(fc.string(), fc.stringMatching(/^[\\'{}a$,()]*$/), fc.constantFrom(RUN.id, RUN.name, RUN.asOf));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const statement = new Sql(['a', ...parts, RUN.name]);
        expect(formatted(statement)).toBe(fillStatement(statement, PARAMETERS));
      }),
    );
  });
});
