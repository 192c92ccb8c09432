import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import type { LifecycleState } from '../../../../src/domain/records.js';
import { physicalMsOf } from '../../../../src/domain/timestamp.js';
import type { Peers } from '../../../../src/ports/peers.js';
import { loadCatalog } from '../../../../src/root/catalog/load.js';
import { watch } from '../../../kit/allocator-fixtures.js';
import { KEYS, rowsUnder } from '../../../kit/catalog-store.js';
import { aCreate, aDrop, RULES } from '../../../kit/ddl-fixtures.js';
import {
  anAsker,
  type BootOptions,
  bootRuntime,
  type TestRuntime,
} from '../../../kit/root-runtime.js';
import { journalOf } from '../../../kit/store-invariants.js';
import { settled } from '../../../kit/virtual-clock.js';

const KEEP_MS = 60_000;
/** The sweeper looks this often. */
const SWEEP_MS = 5_000;

const boot = (options: BootOptions = {}, residentMax = 16) =>
  bootRuntime({
    ...options,
    settings: { residentMax, rules: { ...RULES, undropKeepMs: KEEP_MS } },
  });

const aPartition = { databaseName: 'default', collectionName: 'c', partitionName: 'p' };

/** Collections in the store, and the states of their partitions. */
async function stored({ store }: TestRuntime): Promise<[LifecycleState, LifecycleState[]][]> {
  const { catalog } = await loadCatalog(store, KEYS);
  return [...catalog.allCollections()].map(({ state, partitions }) => [
    state,
    partitions.map((partition) => partition.state),
  ]);
}

/** When the newest change was committed, by its own timestamp. */
const changedAtMs = ({ state }: TestRuntime): number =>
  physicalMsOf(journalOf(state).at(-1)?.timestamp ?? (0n as never));

async function withDroppedCollection(process: TestRuntime): Promise<TestRuntime> {
  await process.root.createCollection(aCreate('c'), anAsker());
  await process.root.dropCollection(aDrop('c'), anAsker());
  await settled();
  return process;
}

/** Lets time pass until so many milliseconds after `sinceMs`. */
const advanceTo = ({ clock }: TestRuntime, sinceMs: number, ms: number): Promise<void> =>
  clock.advance(sinceMs + ms - clock.nowMs());

const KEPT: [LifecycleState, LifecycleState[]][] = [['Dropping', ['Created']]];

describe('a dropped collection', () => {
  it('is there with every key for as long as it is kept, and gone right after', async () => {
    const process = await withDroppedCollection(await boot());
    const droppedMs = changedAtMs(process);
    await advanceTo(process, droppedMs, KEEP_MS - 1);
    expect(await stored(process)).toEqual(KEPT);
    await advanceTo(process, droppedMs, KEEP_MS + 5);
    expect(await rowsUnder(process.store, KEYS.collections)).toEqual([]);
    process.runtime.abandon();
  });

  it('is kept no longer and no shorter when the process dies meanwhile', async () => {
    const first = await withDroppedCollection(await boot());
    const droppedMs = changedAtMs(first);
    await first.clock.advance(KEEP_MS / 2);
    first.runtime.abandon();
    const second = await boot({ state: first.state, clock: first.clock });
    await advanceTo(second, droppedMs, KEEP_MS - 1);
    expect(await stored(second)).toEqual(KEPT);
    await advanceTo(second, droppedMs, KEEP_MS + 5);
    expect(await stored(second)).toEqual([]);
    second.runtime.abandon();
  });

  it('holds no room in memory meanwhile, and is woken when its time is over', async () => {
    const released: bigint[] = [];
    const { queryCoord, ...others } = lonelyPeers();
    const peers: Peers = {
      ...others,
      queryCoord: { ...queryCoord, releaseCollection: async (id) => void released.push(id) },
    };
    const process = await withDroppedCollection(await boot({ peers }, 0));
    const droppedMs = changedAtMs(process);
    expect(released).toHaveLength(1);
    await advanceTo(process, droppedMs, KEEP_MS - 1);
    expect(await stored(process)).toEqual(KEPT);
    await advanceTo(process, droppedMs, KEEP_MS + SWEEP_MS + 5);
    // Woken, it began its drop anew; without having been dismissed it would not have.
    expect([await stored(process), released.length]).toEqual([[], 2]);
    process.runtime.abandon();
  });

  it('frees its name at once', async () => {
    const process = await withDroppedCollection(await boot());
    await process.root.createCollection(aCreate('c'), anAsker());
    expect((await stored(process)).map(([state]) => state)).toEqual(['Dropping', 'Created']);
    process.runtime.abandon();
  });
});

describe('a dropped partition', () => {
  it('is kept as long, also when the process dies meanwhile', async () => {
    const first = await boot();
    await first.root.createCollection(aCreate('c'), anAsker());
    await first.root.partitions.create(aPartition, anAsker());
    await first.root.partitions.drop(aPartition, anAsker());
    const droppedMs = changedAtMs(first);
    await advanceTo(first, droppedMs, KEEP_MS / 2);
    first.runtime.abandon();
    const second = await boot({ state: first.state, clock: first.clock });
    await advanceTo(second, droppedMs, KEEP_MS - 1);
    expect(await stored(second)).toEqual([['Created', ['Created', 'Dropping']]]);
    await advanceTo(second, droppedMs, KEEP_MS + 5);
    expect(await stored(second)).toEqual([['Created', ['Created']]]);
    second.runtime.abandon();
  });

  it('goes with its collection, and leaves nothing behind', async () => {
    const process = await boot();
    await process.root.createCollection(aCreate('c'), anAsker());
    await process.root.partitions.create(aPartition, anAsker());
    await process.root.partitions.drop(aPartition, anAsker());
    await process.clock.advance(KEEP_MS / 2);
    await process.root.dropCollection(aDrop('c'), anAsker());
    const droppedMs = changedAtMs(process);
    await advanceTo(process, droppedMs, KEEP_MS - 1);
    expect(await stored(process)).toEqual([['Dropping', ['Created', 'Dropping']]]);
    await advanceTo(process, droppedMs, KEEP_MS + 5);
    expect(await rowsUnder(process.store, KEYS.partitions)).toEqual([]);
    expect(process.broken).toEqual([]);
    process.runtime.abandon();
  });
});

describe('a partition that is being created', () => {
  /** QueryCoord never answers. */
  const deafPeers = (): Peers => {
    const { queryCoord, ...others } = lonelyPeers();
    return { ...others, queryCoord: { ...queryCoord, syncPartition: () => new Promise(() => {}) } };
  };

  it('fails for its caller when its collection is dropped, which takes it along', async () => {
    const process = await boot({ peers: deafPeers() });
    await process.root.createCollection(aCreate('c'), anAsker());
    const create = watch(process.root.partitions.create(aPartition, anAsker()));
    await settled();
    await process.root.dropCollection(aDrop('c'), anAsker());
    await settled();
    expect(create.error).toMatchObject({ kind: 'CollectionNotFound' });
    await process.clock.advance(KEEP_MS + 5);
    expect(await rowsUnder(process.store, KEYS.partitions)).toEqual([]);
    process.runtime.abandon();
  });

  it('is undone when the process dies meanwhile', async () => {
    const first = await boot({ peers: deafPeers() });
    await first.root.createCollection(aCreate('c'), anAsker());
    watch(first.root.partitions.create(aPartition, anAsker()));
    await settled();
    expect(await stored(first)).toEqual([['Created', ['Created', 'Creating']]]);
    first.runtime.abandon();
    const second = await boot({ state: first.state, clock: first.clock });
    await settled();
    expect(await stored(second)).toEqual([['Created', ['Created']]]);
    const seen = second.root.partitions.list({
      databaseName: 'default',
      collectionName: 'c',
      collectionId: 0n,
      at: 0n,
    });
    expect(seen.map(({ name }) => name)).toEqual([RULES.defaultPartitionName]);
    second.runtime.abandon();
  });
});
