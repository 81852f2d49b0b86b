import { rmSync } from 'node:fs';
import { folderOf } from '../../scripts/engines/cache.js';
import { installEngines } from '../../scripts/engines/install.js';

/** Before all engine tests: install what is missing, drop what earlier runs left. */
export default async function setup(): Promise<void> {
  rmSync(folderOf('run'), { recursive: true, force: true });
  await installEngines((line) => process.stderr.write(`engines: ${line}\n`));
}
