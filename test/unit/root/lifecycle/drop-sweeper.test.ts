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

const boot = (
  options: BootOptions = {},
  residentMax = 16,
  rules: Partial<typeof RULES> = {},
): Promise<TestRuntime> =>
  bootRuntime({
    ...options,
    settings: { residentMax, rules: { ...RULES, undropKeepMs: KEEP_MS, ...rules } },
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

  it.each([
    [0, []],
    [KEEP_MS, ['collection.final']],
  ] as const)('kept for %i ms costs exactly these commits: %o more', async (undropKeepMs, more) => {
    const process = await withDroppedCollection(await boot({}, 16, { undropKeepMs }));
    await process.clock.advance(KEEP_MS + SWEEP_MS);
    const commits = journalOf(process.state).map(({ operation }) => operation);
    const words = ['collection.creating', 'collection.created', 'collection.dropping'];
    expect(commits.slice(-4 - more.length)).toEqual([...words, ...more, 'collection.dropped']);
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

  it('holds no room in memory meanwhile, and is woken when its time is over', async () => {
    const released: bigint[] = [];
    const { queryCoord, ...others } = lonelyPeers();
    const releasePartition = async (_: bigint, id: bigint) => void released.push(id);
    const peers: Peers = { ...others, queryCoord: { ...queryCoord, releasePartition } };
    const process = await boot({ peers }, 0);
    await process.root.createCollection(aCreate('c'), anAsker());
    await process.root.partitions.create(aPartition, anAsker());
    await process.root.partitions.drop(aPartition, anAsker());
    const droppedMs = changedAtMs(process);
    await advanceTo(process, droppedMs, KEEP_MS - 1);
    expect([await stored(process), released.length]).toEqual([
      [['Created', ['Created', 'Dropping']]],
      1,
    ]);
    await advanceTo(process, droppedMs, KEEP_MS + SWEEP_MS + 5);
    expect([await stored(process), released.length]).toEqual([[['Created', ['Created']]], 2]);
    process.runtime.abandon();
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

describe('of thousands of drops', { timeout: 60_000 }, () => {
  const DROPS = 2_000;
  /** As many as the queue takes. */
  const AT_ONCE = 100;
  const KEPT_MAX = 50;
  const RESIDENT_MAX = 16;
  /** The sweeper, the folder, and the windows of the allocators. */
  const OTHER_TIMERS_MAX = 8;

  const idsOf = async (process: TestRuntime) => {
    const { catalog } = await loadCatalog(process.store, KEYS);
    return [...catalog.allCollections()].map(({ id, state }) => [id, state] as const);
  };

  /** Creates and drops so many, some at a time. @returns their ids in order of the drops. */
  const dropMany = async ({ root, state }: TestRuntime): Promise<readonly bigint[]> => {
    for (let done = 0; done < DROPS; done += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, i) => `c${done + i}`);
      await Promise.all(names.map((name) => root.createCollection(aCreate(name), anAsker())));
      await Promise.all(names.map((name) => root.dropCollection(aDrop(name), anAsker())));
    }
    return journalOf(state)
      .filter(({ operation }) => operation === 'collection.dropping')
      .map(({ objectId }) => objectId);
  };

  it('the newest are kept, the others go long before their time, and few are in memory', async () => {
    const process = await boot({}, RESIDENT_MAX, { keptMax: KEPT_MAX });
    const ids = await dropMany(process);
    await settled();
    // Each actor that waits for the time has a timer.
    expect(process.clock.timerCount).toBeLessThanOrEqual(RESIDENT_MAX + OTHER_TIMERS_MAX);
    await process.clock.advance(SWEEP_MS + 5);
    expect(await idsOf(process)).toEqual(ids.slice(-KEPT_MAX).map((id) => [id, 'Dropping']));
    expect(process.clock.timerCount).toBeLessThanOrEqual(RESIDENT_MAX + OTHER_TIMERS_MAX);
    expect((await process.root.droppedObjects.list('')).length).toBe(KEPT_MAX);
    expect(process.broken).toEqual([]);
    process.runtime.abandon();
  });

  it('the newest are kept after a restart that allows for fewer', async () => {
    const first = await boot({}, RESIDENT_MAX, { keptMax: 2 * DROPS });
    const ids = await dropMany(first);
    first.runtime.abandon();
    const { state, clock } = first;
    const second = await boot({ state, clock }, RESIDENT_MAX, { keptMax: KEPT_MAX });
    await clock.advance(SWEEP_MS + 5);
    expect(await idsOf(second)).toEqual(ids.slice(-KEPT_MAX).map((id) => [id, 'Dropping']));
    await clock.advance(KEEP_MS + 2 * SWEEP_MS);
    expect(await idsOf(second)).toEqual([]);
    second.runtime.abandon();
  });

  it('a collection keeps so many of its partitions, the newest', async () => {
    const process = await boot({}, RESIDENT_MAX, { keptPartitionsMax: KEPT_MAX });
    await process.root.createCollection(aCreate('c'), anAsker());
    for (let i = 0; i < 4 * KEPT_MAX; i++) {
      const named = { ...aPartition, partitionName: `p${i}` };
      await process.root.partitions.create(named, anAsker());
      await process.root.partitions.drop(named, anAsker());
    }
    expect(process.clock.timerCount).toBeLessThanOrEqual(RESIDENT_MAX + OTHER_TIMERS_MAX);
    await process.clock.advance(SWEEP_MS + 5);
    const kept = (await process.root.droppedObjects.list('')).map((each) => each.partition?.name);
    expect(kept).toEqual(Array.from({ length: KEPT_MAX }, (_, i) => `p${3 * KEPT_MAX + i}`));
    expect(await stored(process)).toEqual([
      ['Created', ['Created', ...kept.map(() => 'Dropping' as const)]],
    ]);
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
