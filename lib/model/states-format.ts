import type { RunParameters } from './run.js';

/** A statement as a state's Parameters hold it: text with `{}` where the run's values go. */
export type FormattedStatement = {
  readonly 'QueryString.$': string;
};

/** What a statement must offer: `Sql` of the SQL room does. */
export interface StatementText {
  textWith(write: (parameter: { readonly name: string }) => string, writeText: (text: string) => string): string;
}

/**
 * A statement as `States.Format('…', $.run.sql.…)`: readable where it runs, filled when it runs. Quotes and braces are escaped; a
 * backslash goes in as a value, because interpreters disagree on how to escape it there.
 */
export function statesFormat(statement: StatementText): FormattedStatement {
  const values: string[] = [];
  const hole = (name: keyof RunParameters) => {
    values.push(`$.run.sql.${name}`);
    return '{}';
  };
  const text = statement.textWith(
    ({ name }) => hole(name as keyof RunParameters),
    (part) =>
      part
        .split('\\')
        .map((piece) => piece.replace(/['{}]/g, (character) => `\\${character}`))
        .reduce((all, piece) => `${all}${hole('backslash')}${piece}`),
  );
  return { 'QueryString.$': `States.Format(${[`'${text}'`, ...values].join(', ')})` };
}
