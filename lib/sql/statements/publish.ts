import { type Sql, sqlText } from '../sql.js';
import { publishKeyedDifference, publishMultisetDifference } from './publish-difference.js';
import { insertColumns, isNewer, keyColumns, publishedRows, type StatementTable, sameKey, setColumns, targetName } from './table-shape.js';

/**
 * Brings the candidate's published rows into the table: one MERGE, one commit, whose source holds only what differs. Run again it
 * touches no row, and a statement that touches no row commits nothing (IM-14).
 */
export function publish(table: StatementTable): Sql {
  switch (table.write.kind) {
    case 'append':
      return sqlText`${mergePublished(table)} WHEN NOT MATCHED THEN ${insertColumns(table)}`;
    case 'upsert':
      return sqlText`${mergePublished(table)} WHEN MATCHED AND ${isNewer(table, 's', 't')} THEN ${setColumns(table)} WHEN NOT MATCHED THEN ${insertColumns(table)}`;
    default:
      return keyColumns(table).length > 0 ? publishKeyedDifference(table) : publishMultisetDifference(table);
  }
}

/** No predicate on the target beside the key: one that hid a row with the same key would turn its update into a second row (IM-8). */
function mergePublished(table: StatementTable): Sql {
  return sqlText`MERGE INTO ${targetName(table)} t USING (${publishedRows(table)}) s ON ${sameKey(table, 't', 's')}`;
}
