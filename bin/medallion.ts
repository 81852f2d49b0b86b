#!/usr/bin/env node
import { main } from '../lib/cli/program.js';

// A reader that has seen enough, as `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2));
