/** Writes the shop's sample, a file a source, into the folder that `medallion run` names. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHOP_SOURCES, shopEvents } from './events.js';

const folder = process.env['MEDALLION_SAMPLE_FOLDER'] ?? '.';
const events = shopEvents({ seed: Number(process.env['MEDALLION_SEED'] ?? 1) });
for (const source of SHOP_SOURCES) {
  const lines = events[source].records.flatMap((record) => [record, Uint8Array.of(0x0a)]);
  writeFileSync(join(folder, `${source}.${source === 'customers' ? 'csv' : 'ndjson'}`), Buffer.concat(lines));
}
