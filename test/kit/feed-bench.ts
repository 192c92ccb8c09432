import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { CollectionId, TaskId } from '../../src/domain/ids.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { MetaStore } from '../../src/ports/meta-store.js';
import type { Change, ChangeStamp, Transition } from '../../src/root/catalog/change.js';
import type { JournaledChange } from '../../src/root/catalog/journal.js';
import { loadCatalog } from '../../src/root/catalog/load.js';
import { ChangeFeed, type WatchQuery } from '../../src/root/feed/change-feed.js';
import type { Watcher } from '../../src/root/feed/watcher.js';
import { aDatabase, databaseWrite, KEYS, stateOf } from './catalog-store.js';
import { aRecord } from './records.js';
import { VirtualClock } from './virtual-clock.js';

/** A change feed over a store of its own, without RootCoord: a test says what is committed. */
export interface FeedBench {
  readonly clock: VirtualClock;
  readonly feed: ChangeFeed;
  /** Commits these transitions as one entry. @returns the sequence of its last change. */
  commit(transitions: readonly Transition[]): Promise<bigint>;
  /** Writes the next entry without telling anybody, as a commit whose reply is still on its way. */
  commitUnnoticed(transitions: readonly Transition[]): Promise<() => void>;
  /** Removes entries up to the one that begins with this sequence, as folding does. */
  fold(firstSequences: readonly bigint[]): Promise<void>;
  watch(query?: Partial<WatchQuery>, signal?: AbortSignal): Watcher;
  /** Everything a watcher has to tell until it must wait for a commit; throws what it ends with. */
  readAll(watcher: Watcher): Promise<JournaledChange[]>;
}

export const ALL = { databaseNames: [], kinds: [], objectIds: [] };

/** @param wrap stands between the feed and its store. */
export async function aFeedBench(
  wrap = (store: MetaStore): MetaStore => store,
): Promise<FeedBench> {
  const { state, fence } = stateOf([databaseWrite(aDatabase())]);
  const store = new MemoryMetaStore(state);
  const { catalog, history, journal } = await loadCatalog(store, KEYS);
  const clock = new VirtualClock();
  const feed = new ChangeFeed({ store: wrap(store), keys: KEYS, clock, catalog, history, journal });
  const stamped = (transition: Transition): Change => ({ ...transition, ...aStamp() });
  const commitUnnoticed = async (transitions: readonly Transition[]) => {
    const changes = transitions.map(stamped);
    await store.commit([journal.entry(changes)], fence);
    return () => {
      for (const change of changes) {
        catalog.apply(change);
        history.record(change);
      }
      journal.committed(changes);
    };
  };
  return {
    clock,
    feed,
    commitUnnoticed,
    commit: async (transitions) => {
      (await commitUnnoticed(transitions))();
      return journal.lastSequence;
    },
    fold: async (firstSequences) => {
      const removals = firstSequences.map((sequence) => ({
        kind: 'remove' as const,
        key: KEYS.journalEntry(sequence),
      }));
      await store.commit(removals, fence);
    },
    watch: (query = {}, signal = new AbortController().signal) =>
      feed.watch({ afterSequence: 0n, isOnlyNew: false, filter: ALL, ...query }, signal),
    readAll: (watcher) => readAll(feed, watcher),
  };
}

let stamps = 0n;

function aStamp(): ChangeStamp {
  stamps += 1n;
  return {
    timestamp: (1_000n + stamps) as Timestamp,
    taskId: stamps as TaskId,
    actor: 'test',
    operation: 'collection.created',
  };
}

/** A collection that comes to be. */
export const born = (id: number, differences: Parameters<typeof aRecord>[0] = {}): Transition => ({
  kind: 'collection',
  before: undefined,
  after: aRecord({ id: BigInt(id) as CollectionId, ...differences }),
});

async function readAll(feed: ChangeFeed, watcher: Watcher): Promise<JournaledChange[]> {
  const changes: JournaledChange[] = [];
  for (;;) {
    const batch = watcher.take();
    if (batch) changes.push(...batch.changes);
    else if (watcher.sequence === feed.lastSequence) return changes;
    else await watcher.ready();
  }
}

export const sequencesOf = (changes: readonly JournaledChange[]): bigint[] =>
  changes.map(({ sequence }) => sequence);
