import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LakeError } from '../contract/lake-error.js';

/** Context key with another folder of built handlers, for an organisation that builds them itself. */
export const HANDLERS_FOLDER = 'medallion:handlers';

/** Where a function's code will lie, and the asset's folder for tools that run it from the assembly. */
export interface HandlerCode {
  readonly s3Bucket: string;
  readonly s3Key: string;
  readonly assetPath: string;
}

/**
 * Stages a built handler and the files it reads beside it into the assembly. Nothing is bundled here: the package ships
 * the bundles. The hash is of the contents alone, so the same declaration deploys nothing new on another machine.
 */
export function stageHandler(scope: Construct, handler: string, files: Readonly<Record<string, string>>): HandlerCode {
  const bundle = bundleOf(scope, handler);
  const hash = createHash('sha256').update(bundle.hash);
  for (const name of Object.keys(files).sort()) hash.update(`\0${name}\0${files[name]}`);
  const sourceHash = hash.digest('hex');
  const stack = Stack.of(scope);
  // A stack made without an app brings one.
  const stage = Stage.of(scope)!;
  const folder = join(stage.assetOutdir, `asset.${sourceHash}`);
  if (!existsSync(folder)) writeAsset(folder, bundle, files);
  const assetPath = relative(stage.outdir, folder);
  const location = stack.synthesizer.addFileAsset({
    sourceHash,
    fileName: assetPath,
    packaging: FileAssetPackaging.ZIP_DIRECTORY,
    displayName: handler,
  });
  return { s3Bucket: location.bucketName, s3Key: location.objectKey, assetPath };
}

interface Bundle {
  readonly folder: string;
  readonly files: readonly string[];
  readonly hash: string;
}

const BUNDLES = new Map<string, Bundle>();

function bundleOf(scope: Construct, handler: string): Bundle {
  const folder = join((scope.node.tryGetContext(HANDLERS_FOLDER) as string | undefined) ?? shippedFolder(), handler);
  const known = BUNDLES.get(folder);
  if (known !== undefined) return known;
  if (!existsSync(folder)) {
    throw new LakeError(
      'handler-missing',
      `the built handler '${handler}' is not in ${folder}; run 'npm run build' in a checkout, or install the package again`,
      {
        path: scope.node.path,
      },
    );
  }
  // Source maps and build reports stay behind: the function does not read them.
  const files = readdirSync(folder)
    .filter((name) => /\.(mjs|js|json|wasm)$/.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of files) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  const bundle = { folder, files, hash: hash.digest('hex') };
  BUNDLES.set(folder, bundle);
  return bundle;
}

function writeAsset(folder: string, bundle: Bundle, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of bundle.files) copyFileSync(join(bundle.folder, name), join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** `dist/handlers`, seen from `lib/lake` in a checkout and from `dist/lib/lake` in the package. */
function shippedFolder(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const root = /[\\/]dist[\\/]lib[\\/]lake[\\/]$/.test(here) ? join(here, '..', '..') : join(here, '..', '..', 'dist');
  return join(root, 'handlers');
}
