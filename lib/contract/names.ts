import { RESERVED_WORDS } from './reserved-words.js';

/** What a name is for; limits differ. */
export type NameKind = 'contract' | 'column' | 'rule';

/**
 * A contract's name becomes a part of state names (`Judge <name> reconciliation`, at most 80 characters) and of candidate tables
 * (`<name>__<run>`), a rule's stands in quarantine rows; columns have the limit of Glue and Athena.
 */
const MAX_LENGTH: Readonly<Record<NameKind, number>> = { contract: 50, column: 255, rule: 128 };

/** Names that the lake itself gives: `arrival` is the partition key of bronze and quarantine tables. */
const TAKEN: ReadonlySet<string> = new Set(['arrival']);

/**
 * What is wrong with a name for Glue and Athena, or nothing. The name itself is shown as JSON, so that one with a newline or a quote
 * in it cannot bend the message (F-35).
 */
export function nameProblem(kind: NameKind, name: unknown): string | undefined {
  if (typeof name !== 'string') return `${kind} name must be text, got ${typeof name}`;
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
  if (name === '') return `${kind} name is empty: use lower-case letters, digits and underscores, as 'order_id'`;
  if (name.startsWith('_')) return `${kind} name ${shown} starts with '_', which is kept for technical columns: use another name`;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    return `${kind} name ${shown} must be lower-case letters, digits and underscores and begin with a letter${suggestion(name)}`;
  }
  if (name.length > MAX_LENGTH[kind]) return `${kind} name ${shown} has ${name.length} characters: at most ${MAX_LENGTH[kind]}`;
  if (kind !== 'rule' && RESERVED_WORDS.has(name)) {
    return `${kind} name ${shown} is a reserved word of Athena: use another, as ${kind === 'contract' ? `'${name}_table'` : `'${name}_value'`}`;
  }
  if (kind === 'column' && TAKEN.has(name))
    return `column name ${shown} is taken by the lake's own partition key: use another, as '${name}_at'`;
  return undefined;
}

/** `OrderId` and `order-id` are what people have: offer `order_id`. */
function suggestion(name: string): string {
  const fitting = name
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^[0-9_]+|_+$/g, '')
    .toLowerCase();
  return fitting !== '' && fitting.length <= 60 && fitting !== name ? `: use '${fitting}'` : '';
}

/** What is wrong with the names under which a source knows the fields of one object. */
export function aliasProblems(fields: readonly { readonly name: string; readonly from?: string | undefined }[]): string[] {
  const sources = fields.map(({ name, from }) => from ?? name);
  return fields.flatMap(({ name, from }, index) => {
    const other = fields[sources.findIndex((source, at) => at !== index && source === from)];
    if (from === undefined) return [];
    if (typeof from !== 'string' || from.trim() === '' || from.length > 255)
      return [`${name}: from(…) needs a name of 1 to 255 characters`];
    // It would be the prototype of whatever holds the record (F-20).
    if (from === '__proto__') return [`${name}: from('__proto__') is no field that a source may have`];
    return other === undefined
      ? []
      : [`${name}: from(${JSON.stringify(from)}) is read by '${other.name}' as well: a field goes to one column`];
  });
}
