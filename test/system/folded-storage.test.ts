import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedMetaStore } from '../../src/adapters/embedded/embedded-meta-store.js';
import { lonelyPeers } from '../../src/adapters/in-process/peers.js';
import { loadCatalog } from '../../src/root/catalog/load.js';
import { type RootRuntime, startRuntime } from '../../src/root/runtime.js';
import { livingCandidate } from '../kit/candidates.js';
import { KEYS, rowsUnder } from '../kit/catalog-store.js';
import { ChannelWorld } from '../kit/channel-world.js';
import { aCreate, aDrop } from '../kit/ddl-fixtures.js';
import { eventually } from '../kit/eventually.js';
import { anAsker, ROOT_SETTINGS } from '../kit/root-runtime.js';
import { pairs } from '../kit/schemas.js';
import { silentLogger } from '../kit/silent-logger.js';
import { type TemporaryDirectory, temporaryDirectory } from '../kit/temporary-directory.js';
import { VirtualClock } from '../kit/virtual-clock.js';

const LIVE_COLLECTIONS = 100;
const CYCLES = 2_000;
const AT_ONCE = 50;
const RETENTION_MS = 1_000;
/** Folding happens once a minute. */
const UNTIL_FOLDED_MS = 61_000;

const clock = new VirtualClock();
let directory: TemporaryDirectory;
let store: EmbeddedMetaStore;
let runtime: RootRuntime;

beforeAll(async () => {
  directory = await temporaryDirectory();
  store = await EmbeddedMetaStore.open({ dataDir: directory.path });
  const outcome = await store.campaign(livingCandidate());
  if (outcome.kind !== 'elected') throw new Error('the store is held');
  runtime = await startRuntime({
    ...{ store, clock, fence: outcome.leadership.fence },
    stream: new ChannelWorld().stream(clock),
    log: silentLogger,
    peers: lonelyPeers(),
    settings: { ...ROOT_SETTINGS, historyRetentionMs: RETENTION_MS },
    onBroken: (reason) => {
      throw reason;
    },
  });
});

afterAll(async () => {
  runtime.abandon();
  await store.close();
  await directory.remove();
});

const inMeta = (key: string): boolean => key.includes('/meta/');

async function weigh() {
  const rows = await rowsUnder(store, 'by-dev/');
  const bytesOf = (among: typeof rows) =>
    among.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + value.byteLength, 0);
  const records = rows.filter(({ key }) => inMeta(key));
  return {
    keys: records.map(({ key }) => key),
    recordBytes: bytesOf(records),
    allBytes: bytesOf(rows),
  };
}

/** A collection's whole life, with everything that has keys of its own. */
async function live(name: string): Promise<void> {
  const { rootCoord } = runtime;
  const asker = anAsker();
  const target = { databaseName: 'default', collectionName: name };
  await rootCoord.createCollection(aCreate(name), asker);
  const change = { properties: pairs({ note: name }), deleteKeys: [] };
  await rootCoord.alterations.alter({ ...target, ...change }, asker);
  await rootCoord.partitions.create({ ...target, partitionName: 'p' }, asker);
  await rootCoord.aliases.create({ ...target, alias: `${name}_alias` }, asker);
  await rootCoord.dropCollection(aDrop(name), asker);
}

async function inParallel(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

describe('the store after many lives and folding', () => {
  it('holds the records of what is alive and next to nothing else', async () => {
    const { rootCoord } = runtime;
    await inParallel(LIVE_COLLECTIONS, (n) =>
      rootCoord.createCollection(aCreate(`live${n}`), anAsker()),
    );
    const before = await weigh();
    await inParallel(CYCLES, (n) => live(`c${n}`));
    expect((await weigh()).allBytes).toBeGreaterThan(2 * before.allBytes);
    await clock.advance(UNTIL_FOLDED_MS);
    await eventually(
      async () => (await rowsUnder(store, KEYS.journal)).length,
      (entries) => entries === 1,
    );
    const after = await weigh();
    expect(after.keys).toEqual(before.keys);
    expect((await loadCatalog(store, KEYS)).orphanKeys).toEqual([]);
    expect(after.allBytes / after.recordBytes).toBeLessThanOrEqual(1.05);
    console.log(
      `${CYCLES} lives folded away: ${after.allBytes} bytes in the store, ${after.recordBytes} of them live records`,
    );
  });
});
