import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { LakeError } from '../contract/lake-error.js';
import type { LocalLake, LocalLakeOptions } from '../local/index.js';

/** Options that every command has. */
export interface PlaceOptions {
  readonly folder: string;
  readonly stage?: string;
  readonly assembly?: string;
}

/** What the folder remembers of the last run, so that `query` needs no options. It also marks the folder as ours. */
interface Memory {
  readonly assembly: string;
  readonly stage?: string;
}

const MEMORY = 'medallion.json';

/** The folder in which this machine keeps a lake: `assembly/` as synthesized, `sample/`, and one folder a stage. */
export class Place {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  get assembly(): string {
    return join(this.folder, 'assembly');
  }

  get sample(): string {
    return join(this.folder, 'sample');
  }

  lake(stage: string | undefined): string {
    return join(this.folder, stage === undefined ? 'lake' : `lake-${stage}`);
  }

  /** Makes the folder; refuses one that holds something else, for `--fresh` deletes what is in it. */
  claim(): void {
    if (existsSync(this.folder) && !existsSync(join(this.folder, MEMORY)) && readdirSync(this.folder).length > 0) {
      throw new LakeError(
        'FolderInUse',
        `${this.folder} is not empty and was not made by medallion; give --folder an empty or a new folder`,
      );
    }
    mkdirSync(this.folder, { recursive: true });
    if (!existsSync(join(this.folder, MEMORY))) writeFileSync(join(this.folder, MEMORY), '{}\n');
  }

  clear(stage: string | undefined): void {
    rmSync(this.lake(stage), { recursive: true, force: true });
  }

  remember(memory: Memory): void {
    const assembly = relative(this.folder, resolve(memory.assembly));
    writeFileSync(join(this.folder, MEMORY), `${JSON.stringify({ ...memory, assembly })}\n`);
  }

  recall(): Partial<Memory> {
    const file = join(this.folder, MEMORY);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Memory>) : {};
  }
}

/** Opens the lake that the last `medallion run` left. */
export async function openLake(options: PlaceOptions): Promise<LocalLake> {
  const place = new Place(options.folder);
  const memory = place.recall();
  if (memory.assembly === undefined && options.assembly === undefined) {
    throw new LakeError('NoLake', `no lake in ${place.folder} yet; fill it with: medallion run`);
  }
  const assembly = options.assembly ?? resolve(place.folder, memory.assembly!);
  const stage = options.stage === undefined && options.assembly === undefined ? memory.stage : await chooseStage(assembly, options.stage);
  const folder = place.lake(stage);
  if (!existsSync(folder))
    throw new LakeError('NoLake', `stage '${stage ?? 'lake'}' has no data in ${place.folder} yet; fill it with: medallion run`);
  return openStage({ assembly, folder }, stage);
}

/** Loaded only when it is needed: help and refusals come at once. */
function runtime(): Promise<typeof import('../local/index.js')> {
  return import('../local/index.js');
}

export async function openStage(options: LocalLakeOptions, stage: string | undefined): Promise<LocalLake> {
  const { LocalLake } = await runtime();
  return LocalLake.open(stage === undefined ? options : { ...options, stage });
}

/** The stage to run: the one named, in any case of letters; else the only one; else the one called dev. */
export async function chooseStage(assembly: string, wanted: string | undefined): Promise<string | undefined> {
  if (!existsSync(join(assembly, 'manifest.json'))) {
    throw new LakeError(
      'NoAssembly',
      `${assembly} holds no cloud assembly (no manifest.json); synthesize into it with: cdk synth --output ${assembly}`,
    );
  }
  const { LocalLake } = await runtime();
  const stages = await LocalLake.stages(assembly);
  const named = stages.find((stage) => stage.toLowerCase() === (wanted ?? 'dev').toLowerCase());
  if (named !== undefined) return named;
  if (wanted !== undefined) {
    const known = stages.length === 0 ? 'its stacks stand in the app itself, so leave --stage out' : `it has ${stages.join(', ')}`;
    throw new LakeError('UnknownStage', `the app has no stage '${wanted}': ${known}`);
  }
  if (stages.length > 1) throw new LakeError('WhichStage', `the app has the stages ${stages.join(', ')}; choose one with --stage`);
  return stages[0];
}
