import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../contract/lake-error.js';

/** What `cdk.json` says of the app in this directory. */
export interface Project {
  readonly directory: string;
  /** Shell command that synthesizes the app, as for the `cdk` command line. */
  readonly app: string;
  /** Shell command that writes sample files, from the context key `medallion:sample`. */
  readonly sample?: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Context key of `cdk.json` that names the command which writes sample files. */
export const SAMPLE_KEY = 'medallion:sample';

export function readProject(directory: string): Project {
  const file = join(directory, 'cdk.json');
  if (!existsSync(file)) {
    throw new LakeError(
      'NoProject',
      `no cdk.json in ${directory}; run this where the CDK app lies, or name a synthesized app with --assembly <folder>`,
    );
  }
  const { app, context = {} } = parse(file);
  if (typeof app !== 'string' || app.trim() === '') {
    throw new LakeError('NoApp', `cdk.json has no "app"; add the command that synthesizes, for example "app": "npx tsx bin/lake.ts"`);
  }
  const sample = context[SAMPLE_KEY];
  if (sample !== undefined && typeof sample !== 'string') {
    throw new LakeError(
      'BadSample',
      `"${SAMPLE_KEY}" in cdk.json must be a command, got ${typeof sample}; write "${SAMPLE_KEY}": "npx tsx sample.ts"`,
    );
  }
  return { directory, app, context, ...(sample === undefined ? {} : { sample }) };
}

function parse(file: string): { app?: unknown; context?: Record<string, unknown> } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new LakeError('BadProject', `${file} is not JSON; correct it (the cdk command line would refuse it too)`, { cause });
  }
}

/** Synthesizes into an empty folder: a long-lived one makes every synth slower. */
export async function synthesize(project: Project, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const environment = {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(project.context),
    CDK_VALIDATION: process.env['CDK_VALIDATION'] ?? 'false',
  };
  const { code, output } = await command(project.app, project.directory, environment);
  if (code !== 0) throw new LakeError('SynthFailed', `the app did not synthesize\n${reason(output)}`, { cause: new Error(output) });
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new LakeError(
      'SynthFailed',
      `"${project.app}" ended well but wrote no cloud assembly; does it make an App and end without app.synth() being prevented?`,
    );
  }
}

/** Lets the project's own command write its sample: a file a source, `<source>.<csv|ndjson|parquet>`. */
export async function writeSample(project: Project, folder: string, seed: number): Promise<void> {
  if (project.sample === undefined) {
    throw new LakeError(
      'NoInput',
      `no input: give --input <source>=<file>, or name a command that writes sample files under "${SAMPLE_KEY}" in the context of cdk.json`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { code, output } = await command(project.sample, project.directory, {
    MEDALLION_SAMPLE_FOLDER: folder,
    MEDALLION_SEED: String(seed),
  });
  if (code !== 0)
    throw new LakeError('SampleFailed', `the sample command failed: ${project.sample}\n${reason(output)}`, { cause: new Error(output) });
}

function command(line: string, directory: string, environment: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(line, { shell: true, cwd: directory, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** What the command said, without the stack, the source excerpt and the properties that Node prints around an uncaught error. */
function reason(output: string): string {
  const lines = output.split('\n').filter((line) => !/^\s+at |^Node\.js v/.test(line));
  const thrown = lines.findIndex((line) => /^\w*Error\b.*?: /.test(line));
  const said = thrown === -1 ? lines : lines.slice(thrown);
  const end = said.findIndex((line, index) => index > 0 && /^(?:\}|\{| {2}(?:code|path): )/.test(line));
  return (end === -1 ? said : said.slice(0, end)).join('\n').trim();
}
