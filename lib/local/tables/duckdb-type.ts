import { LakeError } from '../../contract/lake-error.js';
import { quoteIdentifier } from '../../sql/literal.js';
import type { SqlType } from '../../sql/types/sql-type.js';

const SIMPLE: Partial<Record<SqlType['kind'], string>> = {
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  real: 'FLOAT',
  double: 'DOUBLE',
  varchar: 'VARCHAR',
  varbinary: 'BLOB',
  date: 'DATE',
  json: 'VARCHAR',
};

/** The DuckDB type that a table's column is kept in. */
export function duckdbType(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'timestamp':
      return type.zone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP';
    case 'array':
      return `${duckdbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((field) => `${quoteIdentifier(field.name ?? '')} ${duckdbType(field.type)}`).join(', ')})`;
    default: {
      const simple = SIMPLE[type.kind];
      if (simple === undefined) throw new LakeError('local/type', `no table keeps a column of type ${type.kind}`);
      return simple;
    }
  }
}
