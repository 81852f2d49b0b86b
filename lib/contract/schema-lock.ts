import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { assignIds, type FieldIds, type LockedField, type LockedTable, NOTHING_LOCKED, type TableColumns } from './field-ids.js';
import { LakeError } from './lake-error.js';
import { assignPartition, FIRST_PARTITION_FIELD, type LockedPartition } from './partition-ids.js';

const NOTE =
  'Numbers of Iceberg fields. Written at synth; commit it. To rename a column and keep its values, change its path here as well.';

/** Where the numbers of Iceberg fields come from. */
export abstract class SchemaLock {
  /**
   * Numbers by order of declaration, as a new Iceberg table gets them. Right only as long as no table that holds data changes its
   * columns: technical columns and nested fields are numbered after the contract's own. Use `SchemaLock.file` before that.
   */
  static none(): SchemaLock {
    return new NoLock();
  }

  /**
   * Numbers kept in a file that is committed with the code: read at synth, and written back, as `cdk.context.json` is, when a column is new
   * or gone.
   *
   * @param path relative to where synth runs, or absolute
   * @throws LakeError `schema-lock-invalid` when the file is no schema lock
   */
  static file(path: string): SchemaLock {
    return new FileLock(path);
  }

  /**
   * Numbers for the fields of a table: technical columns are part of `columns`.
   *
   * @param table `<zone>.<name>`, as `silver.orders`
   */
  abstract idsFor(table: string, columns: TableColumns): FieldIds;

  /**
   * The number of a table's partition field, from 1000 on.
   *
   * @param partition by the number of its column
   */
  abstract partitionFor(table: string, partition: Omit<LockedPartition, 'id'>): number;
}

class NoLock extends SchemaLock {
  idsFor(_table: string, columns: TableColumns): FieldIds {
    return assignIds(NOTHING_LOCKED, columns).ids;
  }

  partitionFor(): number {
    return FIRST_PARTITION_FIELD;
  }
}

class FileLock extends SchemaLock {
  private known?: { readonly text: string; readonly tables: LockedTables };

  constructor(private readonly path: string) {
    super();
  }

  idsFor(table: string, columns: TableColumns): FieldIds {
    let ids: FieldIds = new Map();
    this.change(table, (before) => {
      const assigned = assignIds(before, columns);
      ids = assigned.ids;
      return assigned.locked;
    });
    return ids;
  }

  partitionFor(table: string, wanted: Omit<LockedPartition, 'id'>): number {
    let id = FIRST_PARTITION_FIELD;
    this.change(table, (before) => {
      const { partition, partitions } = assignPartition(before.partitions ?? [], wanted);
      id = partition.id;
      return { ...before, partitions };
    });
    return id;
  }

  private change(table: string, to: (before: LockedTable) => LockedTable): void {
    const tables = this.read();
    const before = tables[table];
    const after = to(before ?? NOTHING_LOCKED);
    if (before !== undefined && renderLock({ [table]: before }) === renderLock({ [table]: after })) return;
    replaceFile(this.path, renderLock({ ...tables, [table]: after }));
  }

  /** The file is read each time, since several stacks of one app may share it, and parsed when it is another. */
  private read(): LockedTables {
    const text = existsSync(this.path) ? readFileSync(this.path, 'utf8') : undefined;
    if (text !== undefined && text !== this.known?.text) this.known = { text, tables: parseLock(this.path, text) };
    return text === undefined ? {} : this.known!.tables;
  }
}

type LockedTables = Readonly<Record<string, LockedTable>>;

/** The lock as text: tables by name, one field a line, so that two branches that add columns conflict where they should. */
export function renderLock(tables: LockedTables): string {
  const list = (fields: readonly (LockedField | LockedPartition)[]) =>
    fields.length === 0 ? '[]' : `[\n${fields.map((field) => `        ${JSON.stringify(field)}`).join(',\n')}\n      ]`;
  const entries = Object.keys(tables)
    .sort()
    .map((name) => {
      const { lastId, fields, retired, partitions } = tables[name]!;
      const last = partitions === undefined ? '' : `,\n      "partitions": ${list(partitions)}`;
      return `    ${JSON.stringify(name)}: {\n      "lastId": ${lastId},\n      "fields": ${list(fields)},\n      "retired": ${list(retired)}${last}\n    }`;
    });
  return `{\n  "note": ${JSON.stringify(NOTE)},\n  "version": 1,\n  "tables": {${entries.length === 0 ? '' : `\n${entries.join(',\n')}\n  `}}\n}\n`;
}

/** Reads a lock; a file that a merge has broken is an error, never a fresh start, which would give columns other numbers. */
export function parseLock(path: string, text: string): LockedTables {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'it is no JSON; if a merge left marks in it, keep the lines of both sides and run synth again', cause);
  }
  const { version, tables } = (data ?? {}) as { readonly version?: unknown; readonly tables?: unknown };
  if (version !== 1) throw invalid(path, `its version is ${JSON.stringify(version)}, this library reads 1`);
  if (typeof tables !== 'object' || tables === null) throw invalid(path, "it has no 'tables'");
  for (const [name, table] of Object.entries(tables)) checkTable(path, name, table);
  return tables as LockedTables;
}

function checkTable(path: string, name: string, table: Partial<LockedTable>): void {
  const fields = [...listOf(table?.fields), ...listOf(table?.retired)];
  const whole = Array.isArray(table?.fields) && Array.isArray(table.retired) && isId(table.lastId, 0);
  if (!whole || !fields.every(isField))
    throw invalid(path, `table '${name}' is not lastId, fields and retired, each field with id, path and type`);
  const ids = fields.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (table.partitions !== undefined && !(Array.isArray(table.partitions) && table.partitions.every(isPartition)))
    throw invalid(path, `table '${name}' has partitions that are not a list of id, source and by`);
  if (twice !== undefined)
    throw invalid(path, `table '${name}' gives id ${twice} to two fields: after a merge, give the later one the next free id`);
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

function isField(field: LockedField | undefined): boolean {
  return (
    isId(field?.id, 1) && typeof field?.path === 'string' && typeof field.type === 'string' && (field.in === undefined || isId(field.in, 1))
  );
}

function isPartition(partition: LockedPartition | undefined): boolean {
  return isId(partition?.id, FIRST_PARTITION_FIELD) && isId(partition?.source, 1) && typeof partition?.by === 'string';
}

function isId(id: unknown, least: number): boolean {
  return Number.isInteger(id) && (id as number) >= least;
}

function invalid(path: string, why: string, cause?: unknown): LakeError {
  return new LakeError('schema-lock-invalid', `schema lock '${path}' cannot be used: ${why}`, { cause });
}

/** Written beside and moved, so that an interrupted synth leaves the old file. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}
