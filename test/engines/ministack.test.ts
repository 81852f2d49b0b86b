import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopEvents } from '../../examples/shop/events.js';
import { LocalLake } from '../../lib/local/index.js';
import { type MiniStack, startMiniStack } from '../../scripts/engines/ministack.js';
import { runFolder } from '../../scripts/engines/server.js';
import { bootstrap, DeployedShop, deploy, synthesizeShop } from './deployed-shop.js';

const events = shopEvents({ seed: 7, customers: 20, orders: 150 });
const { records, truth } = events.order_events;
const payments = events.payments.records;

describe('the shop, deployed by the CDK onto an emulated account', () => {
  let account: MiniStack;
  let shop: DeployedShop;
  let assembly: string;

  beforeAll(async () => {
    account = await startMiniStack();
    await bootstrap(account);
    assembly = await synthesizeShop(account);
    await deploy(account, assembly);
    shop = new DeployedShop(account);
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

describe('the shop, deployed where the policies of Lambda roles are enforced', () => {
  let account: MiniStack;
  let shop: DeployedShop;

  beforeAll(async () => {
    account = await startMiniStack({ enforceIam: true });
    await bootstrap(account);
    await deploy(account, await synthesizeShop(account));
    shop = new DeployedShop(account);
  });
  afterAll(() => account?.stop());

  it('has roles that suffice: stream and file become rows and refused records, a run is opened and recorded', async () => {
    await shop.put(await shop.stream('OrderEvents'), records);
    await shop.until('every record in an object', async () => (await linesOf(shop)) === truth.sent);
  });

  it.each([
    ['write rows', 'Bronze', 's3:PutObject'],
    ['write refused records', 'Quarantine', 's3:PutObject'],
  ])('has no right too many to %s: without it nothing gets there', async (_name, zone, action) => {
    await deploy(account, await synthesizeShop(account, (template) => withoutRight(template, 'OrderEvents', action, zone)));
    const before = await lines(shop, zone);
    await shop.put(await shop.stream('OrderEvents'), records.slice(0, 50));
    await shop.put(await shop.stream('Payments'), payments.slice(0, 50));
    await shop.until('the other source, whose role is whole, delivers', async () => (await lines(shop, 'Bronze', 'payments')) > 0);
    expect(await lines(shop, zone)).toBe(before);
  });
});

/** Objects of order events in both zones, by `<zone>/<key>`. */
async function deliveredObjects(shop: DeployedShop): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const zone of ['Bronze', 'Quarantine']) {
    for (const [key, bytes] of await shop.objects(zone, 'order_events/')) found.set(`${zone}/${key}`, bytes);
  }
  return found;
}

async function lines(shop: DeployedShop, zone: string, table = 'order_events'): Promise<number> {
  const objects = await shop.objects(zone, `${table}/arrival=`);
  return [...objects.values()].reduce((sum, bytes) => sum + gunzipSync(bytes).toString().split('\n').length - 1, 0);
}

async function linesOf(shop: DeployedShop): Promise<number> {
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
async function batchesOf(shop: DeployedShop, keys: readonly string[]): Promise<Batch[][]> {
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
