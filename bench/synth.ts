/**
 * Synth of many pipelines against the same resources written as plain L1s: what the typed declaration, the SQL checks and the rendering
 * cost on top of what CDK costs anyway. Both sides synthesize without CDK's template rules, in this process, in turn.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { App, CfnResource, FileAssetPackaging, Fn, Stack } from 'aws-cdk-lib/core';
import {
  contract,
  DataLake,
  date,
  decimal,
  KinesisSource,
  Pipeline,
  replaceWindows,
  SqlTransform,
  sql,
  text,
  timestamp,
  upsert,
} from 'cdk-medallion';
import { type Figure, median } from './figure.js';

const PIPELINES = 50;
const ROUNDS = 7;
const CONTEXT = { '@aws-cdk/core:stackResourceLimit': 0 };

interface FileAsset {
  readonly source: { readonly path: string; readonly packaging: FileAssetPackaging };
}

type AnyL1 = new (scope: Stack, id: string, props: unknown) => CfnResource;

/** What stands in our template, as one would write it by hand: L1 classes, their props with references, and folders to stage. */
interface Blueprint {
  readonly resources: readonly { readonly type: AnyL1; readonly id: string; readonly props: unknown }[];
  readonly assets: readonly { readonly hash: string; readonly path: string }[];
}

export async function run(): Promise<readonly Figure[]> {
  process.env['CDK_VALIDATION'] = 'false';
  const reference = mkdtempSync(join(tmpdir(), 'medallion-bench-'));
  const blueprint = blueprintOf(reference, declared(reference));
  const ratios: number[] = [];
  const times: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = timed(declared);
    const floor = timed((outdir) => plain(outdir, blueprint));
    if (round === 0) continue;
    ratios.push(ours / floor);
    times.push({ ours, floor });
  }
  rmSync(reference, { recursive: true });
  const ours = median(times.map((time) => time.ours));
  const floor = median(times.map((time) => time.floor));
  return [
    {
      name: `synth of ${PIPELINES} pipelines, over the same resources as L1s`,
      ratio: median(ratios),
      budget: 2,
      detail: `${blueprint.resources.length} resources, ${PIPELINES * 2} queries checked; ${Math.round(ours)} ms over ${Math.round(floor)} ms`,
    },
  ];
}

function timed(synth: (outdir: string) => void): number {
  const outdir = mkdtempSync(join(tmpdir(), 'medallion-bench-'));
  const start = performance.now();
  synth(outdir);
  const time = performance.now() - start;
  rmSync(outdir, { recursive: true });
  return time;
}

/** Our side: contracts, sources, transforms, pipelines. */
function declared(outdir: string): Stack {
  const app = new App({ outdir, context: CONTEXT });
  const stack = new Stack(app, 'Bench');
  const lake = new DataLake(stack, 'Lake', { environment: { name: 'bench' } });
  for (let n = 0; n < PIPELINES; n++) declarePipeline(stack, lake, n);
  app.synth();
  return stack;
}

function declarePipeline(stack: Stack, lake: DataLake, n: number): void {
  const Order = contract(`orders_${n}`, {
    order_id: text().key(),
    customer_id: text(),
    status: text(),
    amount: decimal(10, 2).min(0),
    changed_at: timestamp().sequence(),
    ordered_at: timestamp().eventTime(),
  });
  const Revenue = contract(`daily_revenue_${n}`, { day: date().key(), revenue: decimal(38, 2) });
  const pipeline = new Pipeline(stack, `Orders${n}`, { lake });
  const events = new KinesisSource(pipeline, 'Events', { contract: Order });
  const orders = new SqlTransform(pipeline, 'Orders', {
    zone: 'silver',
    contract: Order,
    write: upsert(),
    query: sql`select order_id, customer_id, lower(status) as status, amount, changed_at, ordered_at from ${events}`,
  });
  new SqlTransform(pipeline, 'Revenue', {
    zone: 'gold',
    contract: Revenue,
    write: replaceWindows('day'),
    query: sql`select date(ordered_at) as day, sum(amount) as revenue from ${orders} group by 1`,
  });
}

function blueprintOf(outdir: string, stack: Stack): Blueprint {
  const manifest = JSON.parse(readFileSync(join(outdir, `${stack.artifactId}.assets.json`), 'utf8'));
  const assets = Object.entries(manifest.files as Record<string, FileAsset>)
    .filter(([, { source }]) => source.packaging === FileAssetPackaging.ZIP_DIRECTORY)
    .map(([hash, { source }]) => ({ hash, path: join(outdir, source.path) }));
  const resources = stack.node
    .findAll()
    .filter(CfnResource.isCfnResource)
    .map((resource) => ({
      type: resource.constructor as AnyL1,
      id: stack.resolve(resource.logicalId) as string,
      props: withReferences(stack.resolve((resource as unknown as { readonly cfnProperties: unknown }).cfnProperties)),
    }));
  return { resources, assets };
}

/** Resolved intrinsics as the tokens that code would hold: a bucket's name, a role's ARN. */
function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && name === 'Ref') return Fn.ref(argument);
  if (more.length === 0 && name === 'Fn::GetAtt') return Fn.getAtt(argument[0], argument[1]).toString();
  if (more.length === 0 && name === 'Fn::Join') return Fn.join(argument[0], argument[1].map(withReferences));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReferences(inner)]));
}

/** The floor. */
function plain(outdir: string, { resources, assets }: Blueprint): void {
  const app = new App({ outdir, context: CONTEXT });
  const stack = new Stack(app, 'Bench');
  for (const { type: Type, id, props } of resources) new Type(stack, id, props);
  for (const { hash, path } of assets) new Asset(stack, `Asset${hash}`, { path, assetHash: hash });
  app.synth();
}
