import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP_SOURCES, shopEvents } from '../../examples/shop/events.js';
import { LocalLake } from '../../lib/local/index.js';
import { type MiniStack, startMiniStack } from '../../scripts/engines/ministack.js';
import { runFolder } from '../../scripts/engines/server.js';
import { bootstrap, DeployedLake, deploy, editTemplates, synthesizeShop, withoutRight } from './deployed-shop.js';

const ROOT = join(import.meta.dirname, '../..');

const events = shopEvents({ seed: 7, customers: 20, orders: 150 });
const { records, truth } = events.order_events;

describe('the shop, deployed by the CDK onto an emulated account', () => {
  let account: MiniStack;
  let shop: DeployedLake;
  let assembly: string;

  beforeAll(async () => {
    account = await startMiniStack();
    await bootstrap(account);
    assembly = await synthesizeShop(account);
    await deploy(account, assembly);
    shop = new DeployedLake(account);
    await shop.put(await shop.stream('OrderEvents'), records);
    await shop.until('every record in an object', async () => (await linesOf(shop)) === truth.sent);
  });
  afterAll(() => account?.stop());

  it('writes for each batch the very bytes that the local run writes for it', async () => {
    const deployed = await deliveredObjects(shop);
    const local = await deliverLocally(assembly, await batchesOf(shop, [...deployed.keys()]));
    expect([...deployed.keys()].sort()).toEqual([...local.keys()].sort());
    for (const [key, bytes] of deployed) expect(bytes.equals(local.get(key)!), `${key} differs`).toBe(true);
    expect(deployed.size).toBeGreaterThan(0);
  });

  it('keeps every record: rows and refused records are what was sent', async () => {
    expect({ kept: await lines(shop, 'Bronze'), refused: await lines(shop, 'Quarantine') }).toEqual({
      kept: truth.kept,
      refused: truth.refused,
    });
  });
});

describe('where the policies of Lambda roles are enforced', () => {
  /** An account with the shop in it; `change` edits the template. Each test has its own: running workers keep the rights they started with. */
  async function enforced(change?: Parameters<typeof synthesizeShop>[1]): Promise<{ account: MiniStack; shop: DeployedLake }> {
    const account = await startMiniStack({ enforceIam: true });
    await bootstrap(account);
    await deploy(account, await synthesizeShop(account, change));
    return { account, shop: new DeployedLake(account) };
  }

  async function sendAll(shop: DeployedLake): Promise<void> {
    await shop.put(await shop.stream('OrderEvents'), records);
    await shop.put(await shop.stream('Payments'), events.payments.records);
    const Bucket = await shop.bucket('Landing');
    await shop.s3.putObject({ Bucket, Key: 'customers/export.csv', Body: Buffer.concat(events.customers.records.flatMap(withNewline)) });
    await shop.s3.putObject({ Bucket, Key: 'products/export.ndjson', Body: Buffer.concat(events.products.records.flatMap(withNewline)) });
  }

  const open = (shop: DeployedLake) => shop.invoke('OpenRun', { execution: 'run-1', startedAt: '2026-01-31T12:00:00Z', input: {} });
  const close = (shop: DeployedLake, run: unknown) => shop.invoke('CloseRun', { run, status: 'succeeded', levels: [] });

  it('the roles suffice: everything sent is kept or refused, a run is opened and recorded', async () => {
    const { account, shop } = await enforced();
    await sendAll(shop);
    for (const source of SHOP_SOURCES) {
      const { kept, refused } = events[source].truth;
      const done = async () => (await lines(shop, 'Bronze', source)) === kept && (await lines(shop, 'Quarantine', source)) === refused;
      await shop.until(`${source} in objects`, done);
    }
    const run = await open(shop);
    expect(run).toMatchObject({ id: 'run-1', pipeline: 'Shop' });
    await close(shop, run);
    expect([...(await shop.objects('Operations', 'runs/')).keys()]).toHaveLength(1);
    await account.stop();
  });

  it('the rights are needed: with one taken from each role, what needed it stops', async () => {
    const { account, shop } = await enforced((template) => {
      withoutRight(template, 'OrderEventsConform', 's3:PutObject', 'Bronze');
      withoutRight(template, 'PaymentsConform', 's3:PutObject', 'Quarantine');
      withoutRight(template, 'CustomersConform', 's3:GetObject', 'Landing');
      withoutRight(template, 'OpenRun', 's3:ListBucket', 'Bronze');
      withoutRight(template, 'CloseRun', 's3:PutObject', 'Operations');
    });
    await sendAll(shop);
    await shop.until('products, whose role is whole', async () => (await lines(shop, 'Bronze', 'products')) === events.products.truth.kept);
    await shop.until('refused order events, whose right is left', async () => (await lines(shop, 'Quarantine', 'order_events')) > 0);
    await expect(open(shop)).rejects.toThrow();
    await expect(close(shop, RUN)).rejects.toThrow();
    expect({
      rowsOfOrderEvents: await lines(shop, 'Bronze', 'order_events'),
      refusedPayments: await lines(shop, 'Quarantine', 'payments'),
      rowsOfCustomers: await lines(shop, 'Bronze', 'customers'),
      records: (await shop.objects('Operations', 'runs/')).size,
    }).toEqual({ rowsOfOrderEvents: 0, refusedPayments: 0, rowsOfCustomers: 0, records: 0 });
    await account.stop();
  });
});

describe('an app that grows a column and changes a setting', () => {
  let account: MiniStack;
  let lake: DeployedLake;
  const folder = runFolder('growing');

  /** Deploys the app in one of its versions and gives what CloudFormation did, by resource type. */
  async function deployGrown(grown: boolean): Promise<string> {
    const command = `node --import tsx --conditions=medallion-source ${join(import.meta.dirname, 'growing-app.ts')}`;
    const env = { GROWN: String(grown), GROWING_LOCK: join(folder, 'schema-lock.json') };
    const assembly = join(folder, grown ? 'grown' : 'first');
    const context = ['--context', 'medallion:allowDestroy=true'];
    await account.cdk(['synth', '--quiet', '--app', command, '--output', assembly, ...context], { cwd: ROOT, env });
    editTemplates(assembly);
    return account.cdk(['deploy', 'Growing', '--app', assembly, '--require-approval', 'never', '--progress', 'events']);
  }

  const thing = (n: number) => Buffer.from(JSON.stringify({ id: `t${n}`, version: n, label: `label ${n}` }));
  const objects = () => lake.objects('Bronze', 'things/arrival=');
  const text = async () => [...(await objects()).values()].map((bytes) => gunzipSync(bytes).toString()).join('');

  beforeAll(async () => {
    account = await startMiniStack();
    await bootstrap(account);
    await deployGrown(false);
    lake = new DeployedLake(account);
  });
  afterAll(() => account?.stop());

  it('is updated in place: what was written stays, and new records have the column', async () => {
    const stream = await lake.stream('Events');
    await lake.put(stream, [thing(1)]);
    await lake.until('the first record', async () => (await objects()).size === 1);
    const before = await objects();
    await deployGrown(true);
    expect(await lake.stream('Events')).toBe(stream);
    await lake.put(stream, [thing(2)]);
    await lake.until('the second record', async () => (await objects()).size === 2);
    for (const [key, bytes] of before) expect((await objects()).get(key)!.equals(bytes)).toBe(true);
    const rows = (await text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    // The field was there before, only nobody had declared it: nothing of it is lost (EV-3).
    expect(rows.find(({ id }) => id === 't1')).toMatchObject({ version: 1, _extra: '{"label":"label 1"}' });
    expect(rows.find(({ id }) => id === 't2')).toMatchObject({ version: 2, label: 'label 2' });
  });

  it('is gone after destroy, where the environment is disposable and the flag says so', async () => {
    await account.cdk(['destroy', 'Growing', '--app', join(folder, 'grown'), '--force']);
    const { Buckets } = await lake.s3.listBuckets({});
    expect((Buckets ?? []).filter(({ Name }) => !Name!.startsWith('cdk-'))).toEqual([]);
    expect((await lake.kinesis.listStreams({})).StreamNames).toEqual([]);
  });
});

/** A run as `Open run` would give it. */
const RUN = { id: 'run-1', pipeline: 'Shop', asOf: '2026-01-31T12:00:00.000000Z', startedAt: '2026-01-31T12:00:00.000000Z' };

function withNewline(line: Uint8Array): Uint8Array[] {
  return [line, Uint8Array.of(0x0a)];
}

/** Objects of order events in both zones, by `<zone>/<key>`. */
async function deliveredObjects(shop: DeployedLake): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const zone of ['Bronze', 'Quarantine']) {
    for (const [key, bytes] of await shop.objects(zone, 'order_events/')) found.set(`${zone}/${key}`, bytes);
  }
  return found;
}

async function lines(shop: DeployedLake, zone: string, table = 'order_events'): Promise<number> {
  const objects = await shop.objects(zone, `${table}/arrival=`);
  return [...objects.values()].reduce((sum, bytes) => sum + gunzipSync(bytes).toString().split('\n').length - 1, 0);
}

async function linesOf(shop: DeployedLake): Promise<number> {
  return (await lines(shop, 'Bronze')) + (await lines(shop, 'Quarantine'));
}

interface Batch {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly arrivedAt: Date;
  readonly data: Uint8Array;
  readonly partitionKey: string;
}

/**
 * The batches that the emulator made, from the stream itself: each object's name says which shard and which sequence numbers it holds.
 * Where batches begin and end is the emulator's choice; what a batch becomes is what is compared.
 */
async function batchesOf(shop: DeployedLake, keys: readonly string[]): Promise<Batch[][]> {
  const stream = await shop.recordsOf(await shop.stream('OrderEvents'));
  const names = new Set(keys.map((key) => key.split('/').pop()!.split('.')[0]!));
  return [...names].map((name) => {
    const [, shardId, first, last] = /^(shardId-\d+)-(\d+)-(\d+)-/.exec(name)!;
    const inside = (sequence: string) => BigInt(sequence) >= BigInt(first!) && BigInt(sequence) <= BigInt(last!);
    return stream
      .get(shardId!)!
      .filter(({ SequenceNumber }) => inside(SequenceNumber!))
      .map((record) => ({
        shardId: shardId!,
        sequenceNumber: record.SequenceNumber!,
        arrivedAt: record.ApproximateArrivalTimestamp!,
        data: record.Data!,
        partitionKey: record.PartitionKey!,
      }));
  });
}

/** Delivers each batch to the local runtime, with the emulator's own positions and arrival times. */
async function deliverLocally(assembly: string, batches: readonly Batch[][]): Promise<Map<string, Buffer>> {
  const folder = runFolder('local');
  const lake = await LocalLake.open({ assembly, folder, stage: 'Dev' });
  for (const batch of batches) await lake.deliver('order_events', batch);
  await lake.close();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.includes('/order_events/') && path.endsWith('.gz'),
  );
  return new Map(
    paths.map((path) => {
      const zone = /bronze/i.test(path.split('/order_events/')[0]!) ? 'Bronze' : 'Quarantine';
      return [`${zone}/${path.slice(path.indexOf('order_events/'))}`, readFileSync(join(folder, path))] as const;
    }),
  );
}
