import { Command, CommanderError, Option } from 'commander';
import { LakeError } from '../contract/lake-error.js';
import { queryCommand } from './query.js';
import { runCommand } from './run.js';
import { showCommand } from './show.js';
import { tablesCommand } from './tables.js';
import { EXIT, type ExitCode, red, terminal } from './terminal.js';

const EXAMPLES = `
Examples:
  medallion run                                   synthesize the app of cdk.json, deliver its sample, run its pipelines
  medallion run --input orders=orders.csv         the same on your own file
  medallion run --as-of 2026-01-20T00:00:00Z      what that run would have seen
  medallion tables                                what is in the lake
  medallion show gold.daily_revenue               a look at one table
  medallion query "select count(*) from silver.orders" --csv

Exit codes: 0 all well, 1 a finding (a rule failed, records could not be delivered), 2 broken.`;

/** The command line as one value, so that a test can run it without a process. */
export function makeProgram(done: (code: ExitCode) => void): Command {
  const program = new Command('medallion')
    .description('Run a synthesized data lake on this machine and look into it. Needs no account and no network.')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .showHelpAfterError('(medallion --help shows examples)')
    .exitOverride();
  for (const make of [runCommand, queryCommand, tablesCommand, showCommand]) {
    const command = make(done)
      .addOption(new Option('--folder <folder>', 'where this machine keeps the lake').default('.medallion'))
      .option('--stage <name>', 'the stage to use (default: the only one, or the one called dev)')
      .option('--assembly <folder>', 'a synthesized app, instead of the one that cdk.json names')
      .option('--verbose', 'show each state and log line, and the causes of errors')
      .showSuggestionAfterError()
      .exitOverride();
    program.addCommand(command);
  }
  return program;
}

/** Runs the command line and gives the exit code; never throws. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram((finished) => {
    code = finished;
  });
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what is wrong, or shown the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.broken;
    return broken(error, argv.includes('--verbose'));
  }
}

function broken(error: unknown, verbose: boolean): ExitCode {
  if (verbose && error instanceof Error) {
    terminal.note(red(error.stack ?? error.message));
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) terminal.note(`caused by: ${cause.stack ?? cause.message}`);
    return EXIT.broken;
  }
  // The message of an error that is not ours may quote a record: it is shown on request only.
  terminal.note(red(error instanceof LakeError ? error.message : 'something unforeseen went wrong; --verbose shows what'));
  return EXIT.broken;
}
