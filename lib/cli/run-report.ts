import type { DeliveryReport, RunReport } from '../local/index.js';
import { asTable } from './render.js';
import { seconds } from './terminal.js';

const COLUMNS = ['zone', 'table', 'rows in', 'written', 'rejected', 'deduplicated', 'time'];

/** One line a source and a table: what came in and what became of it. */
export function renderRun(deliveries: readonly DeliveryReport[], runs: readonly RunReport[]): string {
  const bronze = deliveries.map((delivery) => [
    'bronze',
    delivery.source,
    ...[delivery.received, delivery.written, delivery.rejected, delivery.repeated].map(String),
    seconds(delivery.ms),
  ]);
  const tables = runs.flatMap((run) =>
    run.tables.map((table) => [
      table.zone,
      table.table,
      ...[table.rowsIn, table.written, table.rejected, table.deduplicated].map(String),
      seconds(table.ms),
    ]),
  );
  return asTable({ columns: COLUMNS, rows: [...bronze, ...tables], right: COLUMNS.slice(2) });
}
