import { existsSync, readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { LakeError } from '../contract/lake-error.js';
import type { DeliveryReport, LocalEvent, LocalLake, RunReport } from '../local/index.js';
import { nearest } from './nearest.js';
import { readProject, synthesize, writeSample } from './project.js';
import { renderRun } from './run-report.js';
import { chooseStage, openStage, Place, type PlaceOptions } from './session.js';
import { look } from './show.js';
import { EXIT, type ExitCode, red, seconds, terminal } from './terminal.js';

interface RunCommandOptions extends PlaceOptions {
  readonly input: readonly Input[];
  readonly sample: boolean;
  readonly asOf?: Date;
  readonly seed: number;
  readonly fresh?: true;
  readonly pipeline?: string;
  readonly json?: true;
  readonly verbose?: true;
}

/** A file for a source. */
interface Input {
  readonly source: string;
  readonly file: string;
}

const MORE = `
Input:
  --input gives a source a file: NDJSON, CSV with a header, or Parquet; a stream takes each line of an NDJSON file as one record.
  Without --input the app's own sample is delivered: the files that the command under "medallion:sample" in cdk.json writes.

Examples:
  medallion run --fresh
  medallion run --input order_events=./events.ndjson --input customers=./customers.csv
  medallion run --assembly cdk.out --stage Prod --no-sample`;

export function runCommand(done: (code: ExitCode) => void): Command {
  return new Command('run')
    .description('Synthesize the app, deliver input to its sources, and run its pipelines on this machine')
    .option('--input <source=file>', 'deliver this file to this source (repeatable; replaces the sample)', collectInput, [])
    .option('--no-sample', 'deliver nothing')
    .option('--as-of <time>', 'the moment the run sees the lake at, 2026-01-31T12:00:00Z (default: now)', moment)
    .option('--seed <n>', 'seed of the sample', seed, 1)
    .option('--pipeline <name>', 'run only this pipeline')
    .option('--fresh', 'forget what earlier runs left')
    .option('--json', 'the report as JSON')
    .addHelpText('after', MORE)
    .action(async (options: RunCommandOptions) => done(await run(options)));
}

async function run(options: RunCommandOptions): Promise<ExitCode> {
  const place = new Place(options.folder);
  for (const { file } of options.input) if (!existsSync(file)) throw new LakeError('NoFile', `no file ${resolve(file)}`);
  place.claim();
  const { assembly, inputs } = await prepare(options, place);
  const stage = await chooseStage(assembly, options.stage);
  if (options.fresh) place.clear(stage);
  place.remember(stage === undefined ? { assembly } : { assembly, stage });
  const settings = { seed: options.seed, onEvent: listener(options.verbose === true), ...clockOf(options.asOf) };
  const lake = await openStage({ assembly, folder: place.lake(stage), ...settings }, stage);
  try {
    return await work(lake, inputs, options);
  } finally {
    await lake.close();
  }
}

/** Records that are delivered for a given moment arrive a minute before it, so that the run sees them. */
function clockOf(asOf: Date | undefined): { clock?: () => Date } {
  return asOf === undefined ? {} : { clock: () => new Date(asOf.getTime() - 60_000) };
}

async function prepare(options: RunCommandOptions, place: Place): Promise<{ assembly: string; inputs: readonly Input[] }> {
  const wantsSample = options.sample && options.input.length === 0;
  if (options.assembly !== undefined && !wantsSample) return { assembly: options.assembly, inputs: options.input };
  const project = readProject(process.cwd());
  if (options.assembly === undefined) await terminal.step('synthesize', () => synthesize(project, place.assembly));
  if (wantsSample) await terminal.step('write the sample', () => writeSample(project, place.sample, options.seed));
  return { assembly: options.assembly ?? place.assembly, inputs: wantsSample ? sampleFiles(place.sample) : options.input };
}

function sampleFiles(folder: string): Input[] {
  const files = readdirSync(folder).sort();
  if (files.length === 0)
    throw new LakeError('NoInput', 'the sample command wrote no file into the folder that MEDALLION_SAMPLE_FOLDER names');
  return files.map((file) => ({ source: parse(file).name.split('.')[0]!, file: join(folder, file) }));
}

async function work(lake: LocalLake, inputs: readonly Input[], options: RunCommandOptions): Promise<ExitCode> {
  checkSources(lake, inputs);
  const deliveries: DeliveryReport[] = [];
  for (const { source, file } of inputs) deliveries.push(await terminal.step(`deliver ${source}`, () => lake.deliver(source, file)));
  const choice = {
    ...(options.pipeline === undefined ? {} : { pipeline: options.pipeline }),
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
  };
  const runs = await terminal.step('run', () => lake.run(choice));
  if (options.json) terminal.result(JSON.stringify({ deliveries, runs }, null, 2));
  else await show(lake, deliveries, runs);
  return verdict(deliveries, runs);
}

async function show(lake: LocalLake, deliveries: readonly DeliveryReport[], runs: readonly RunReport[]): Promise<void> {
  terminal.result(renderRun(deliveries, runs));
  const order = runs.flatMap((run) => run.tables.map((table) => table.table));
  const gold = (await lake.tables()).filter((table) => table.zone === 'gold' && table.rows > 0);
  const first = gold.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))[0];
  if (first === undefined) return;
  terminal.result(`\n${await look(lake, first, 10, 'own')}`);
  terminal.note(`\nlook further with: medallion tables, medallion show ${first.zone}.${first.name}, medallion query "select …"`);
}

function verdict(deliveries: readonly DeliveryReport[], runs: readonly RunReport[]): ExitCode {
  let code: ExitCode = EXIT.ok;
  for (const { source, failed } of deliveries) {
    if (failed === 0) continue;
    terminal.note(red(`${source}: ${failed} records could not be handled and lie in the failure destination`));
    code = EXIT.finding;
  }
  for (const { pipeline, status, error } of runs) {
    if (status === 'succeeded') continue;
    const refused = error?.name === FINDING;
    terminal.note(
      red(`${pipeline}: ${refused ? 'not published: ' : `failed in '${error?.state}' with ${error?.name}: `}${error?.message}`),
    );
    code = code === EXIT.broken || !refused ? EXIT.broken : EXIT.finding;
  }
  return code;
}

/** Name of the error of a run whose data broke a rule. */
const FINDING = 'TableRefused';

function checkSources(lake: LocalLake, inputs: readonly Input[]): void {
  const known = lake.sources().map((source) => source.name);
  for (const { source } of inputs) {
    if (known.includes(source)) continue;
    const hint = nearest(source, known);
    const remedy = hint === undefined ? `the app has ${known.join(', ')}` : `did you mean '${hint}'?`;
    throw new LakeError('UnknownSource', `no source '${source}'; ${remedy}`);
  }
}

/** With `--verbose` also what the functions logged and which states ran. */
function listener(verbose: boolean): (event: LocalEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'note':
        return terminal.note(event.message);
      case 'delivery':
        return terminal.detail(`${event.records}${event.total === undefined ? '' : ` of ${event.total}`} records`);
      case 'log':
        return verbose ? terminal.note(`${event.function}: ${event.line}`) : undefined;
      case 'state':
        if (event.status === 'started') return terminal.detail(event.state);
        return verbose ? terminal.note(stateLine(event)) : undefined;
    }
  };
}

function stateLine({ state, status, ms, error }: LocalEvent & { kind: 'state' }): string {
  return `${state}: ${status}${ms === undefined ? '' : ` in ${seconds(ms)}`}${error === undefined ? '' : ` with ${error}`}`;
}

function collectInput(text: string, before: readonly Input[]): readonly Input[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('must be <source>=<file>, as orders=./orders.csv.');
  return [...before, { source: text.slice(0, at), file: text.slice(at + 1) }];
}

function moment(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('must be a time with its zone, as 2026-01-31T12:00:00Z.');
  }
  return time;
}

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 0 to 999999999.');
  return Number(text);
}
