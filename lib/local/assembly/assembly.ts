import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../../contract/lake-error.js';

/** A resource as it stands in a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: string;
  readonly Metadata?: Record<string, unknown>;
}

export interface Template {
  readonly Resources?: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
}

/** One stack of the assembly. */
export interface AssemblyStack {
  /** Artifact id, unique in the assembly. */
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** Folder or file of a file asset by its object key in the asset bucket, absolute. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly file?: string;
    readonly directoryName?: string;
    readonly stackName?: string;
  };
}

interface AssetManifest {
  readonly files?: Record<
    string,
    { readonly source: { readonly path?: string }; readonly destinations: Record<string, { readonly objectKey: string }> }
  >;
}

const UNKNOWN_ACCOUNT = '000000000000';
const UNKNOWN_REGION = 'us-east-1';

/** Ids of the stages of an assembly that hold stacks. */
export function readStages(folder: string): readonly string[] {
  return nested(folder)
    .filter(({ path }) => stacksOf(path).length > 0)
    .map(({ stage }) => stage);
}

/**
 * Stacks of one stage, in the order in which they would be deployed.
 * @throws LakeError when the folder is no assembly, or holds several stages and none is chosen
 */
export function readStacks(folder: string, stage?: string): readonly AssemblyStack[] {
  const own = stacksOf(folder);
  if (stage === undefined && own.length > 0) return own;
  const stages = nested(folder);
  const chosen = stage === undefined && stages.length === 1 ? stages[0] : stages.find((candidate) => candidate.stage === stage);
  if (chosen !== undefined) return stacksOf(chosen.path);
  const names = stages.map((candidate) => candidate.stage).join(', ');
  if (stages.length === 0) throw new LakeError('local/no-stacks', `the assembly '${folder}' holds no stacks: synthesize the app first`);
  throw new LakeError(
    'local/stage',
    `${stage === undefined ? 'the assembly holds several stages' : `no stage '${stage}' in the assembly`}: choose one of ${names}`,
  );
}

function stacksOf(folder: string): readonly AssemblyStack[] {
  const artifacts = readArtifacts(folder);
  const done = new Set<string>();
  const ordered: string[] = [];
  const visit = (id: string): void => {
    if (done.has(id)) return;
    done.add(id);
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    if (artifacts[id]?.type === 'aws:cloudformation:stack') ordered.push(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  const assets = new Map(
    Object.values(artifacts)
      .filter((artifact) => artifact.type === 'cdk:asset-manifest' && artifact.properties?.file !== undefined)
      .flatMap((artifact) => readAssets(folder, artifact.properties!.file!)),
  );
  return ordered.map((id) => readStack(folder, id, artifacts[id]!, assets));
}

function readStack(folder: string, id: string, artifact: Artifact, assets: ReadonlyMap<string, string>): AssemblyStack {
  const [account = '', region = ''] = (artifact.environment ?? '').replace('aws://', '').split('/');
  return {
    id,
    name: artifact.properties?.stackName ?? id,
    account: /^\d{12}$/.test(account) ? account : UNKNOWN_ACCOUNT,
    region: /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : UNKNOWN_REGION,
    template: readJson(join(folder, artifact.properties?.templateFile ?? `${id}.template.json`)) as Template,
    assets,
  };
}

function readAssets(folder: string, file: string): [string, string][] {
  const manifest = readJson(join(folder, file)) as AssetManifest;
  return Object.values(manifest.files ?? {}).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, join(folder, source.path!)]),
  );
}

function nested(folder: string): { readonly stage: string; readonly path: string }[] {
  return Object.entries(readArtifacts(folder)).flatMap(([id, artifact]) => {
    if (artifact.type !== 'cdk:cloud-assembly' || artifact.properties?.directoryName === undefined) return [];
    const path = join(folder, artifact.properties.directoryName);
    return [{ stage: artifact.displayName ?? id.replace(/^assembly-/, ''), path }];
  });
}

function readArtifacts(folder: string): Record<string, Artifact> {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path))
    throw new LakeError('local/no-assembly', `'${folder}' is no cloud assembly (no manifest.json): synthesize the app first`);
  return (readJson(path) as { artifacts?: Record<string, Artifact> }).artifacts ?? {};
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new LakeError('local/broken-assembly', `cannot read '${path}' of the assembly: synthesize again`, { cause });
  }
}
