import { expect } from 'vitest';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { unreachable } from '../../src/domain/invariant.js';
import type { LifecycleState } from '../../src/domain/records.js';
import { WatchResponse } from '../../src/gen/control.js';
import type { Change } from '../../src/root/catalog/change.js';
import { childKeys } from '../../src/root/catalog/collection.codec.js';
import type { LoadedCatalog } from '../../src/root/catalog/load.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { ChangeEventCodec } from '../../src/rpc/control/change-event.codec.js';
import { World } from './catalog-histories.js';
import { KEYS } from './catalog-store.js';
import { describeAll } from './crash-caches.js';
import { type Picture, pictureOf, pictureOfWorld, visibleIn } from './crash-picture.js';
import type { Look, Remains } from './crash-scenario.js';
import { expectTrueMessages } from './dd-invariants.js';
import { FeedFold, type VisibleCollection } from './feed-fold.js';
import { changesOf } from './journal-changes.js';
import type { PeerWorld } from './peer-world.js';
import {
  expectDenseJournal,
  expectNamesResolve,
  expectOwnedKeys,
  journalOf,
  loadedCatalog,
} from './store-invariants.js';

/** What holds whenever a process had the time to tidy up after another (facts/rootcoord §25). */

/** A drop that was dismissed while it was kept is final this much late at most. */
export const SWEEP_MS = 5_000;

const FIRST_USER_FIELD_ID = 100n;

export async function expectTidy(
  root: RootCoord,
  remains: Remains,
  looks: readonly Look[],
): Promise<void> {
  const { state, world, channels } = remains;
  const loaded = await loadedCatalog(state);
  expectOwnedKeys(state, loaded, remains.scenario.leaves);
  expectNamesResolve(loaded);
  expectSteady(loaded, remains);
  expectTrueMessages(loaded, channels);
  expectDenseJournal(state);
  expectNumbersUsedOnce(state);
  expectPast(root, remains, looks);
  expectTrueHistory(root, state);
  await expectTrueFeed(root);
  expectPeersTold(loaded, state, world);
}

/**
 * As one process left it: no key of a dropped collection is gone before its drop is final and
 * DataCoord confirmed that no data is left of it (§25 I7); no index of it before it is final.
 */
export function expectDataGoneFirst({ state, world }: Remains): void {
  const model = new World([]);
  for (const change of changesOf(state)) model.apply(change);
  for (const record of [...model.inState('Dropping'), ...model.inState('Dropped')]) {
    const mayGo = record.state === 'Dropped';
    if (!mayGo) expect(world.indexesDropped).not.toContain(record.id);
    if (mayGo && world.collected.has(record.id)) continue;
    const keys = [KEYS.collection(record.databaseId, record.id), ...childKeys(KEYS, record)];
    expect(keys.filter((key) => state.valueOf(key) === undefined)).toEqual([]);
  }
}

/** Nothing is on its way but drops that can still be taken back, or nearly. */
function expectSteady({ catalog, history }: LoadedCatalog, { scenario, clock }: Remains): void {
  const { keepMs = 0 } = scenario;
  const lateMs = keepMs === 0 ? 0 : keepMs + SWEEP_MS;
  const isResting = (state: LifecycleState, since: bigint | undefined): boolean =>
    state === 'Created' ||
    (state === 'Dropping' && Number((since ?? 0n) >> 18n) + lateMs > clock.nowMs());
  for (const { name, state, updatedAt, partitions } of catalog.allCollections()) {
    expect([name, state, isResting(state, updatedAt)]).toEqual([name, state, true]);
    if (state !== 'Created') continue;
    for (const partition of partitions) {
      const since = history.partitionDroppedAt(partition.id);
      const isRight = isResting(partition.state, since);
      expect([partition.name, partition.state, isRight]).toEqual([
        partition.name,
        partition.state,
        true,
      ]);
    }
  }
}

/** Ids of objects and tasks are given once; a timestamp belongs to one task. */
function expectNumbersUsedOnce(state: MemoryMetaState): void {
  const changes = changesOf(state);
  const tasks = [...new Set(changes.map(({ taskId }) => taskId as bigint))];
  const ids = [...tasks, ...changes.flatMap(idsBegun)];
  expect(ids.length).toBe(new Set(ids).size);
  const owners = new Map<bigint, bigint>();
  for (const { operation, timestamp, taskId } of changes) {
    // Becoming visible is stamped with the time of the create (facts/rootcoord §4).
    if (operation === 'collection.created') continue;
    expect(owners.get(timestamp) ?? taskId).toBe(taskId);
    owners.set(timestamp, taskId);
  }
}

function idsBegun(change: Change): bigint[] {
  if (change.before || !change.after) return [];
  switch (change.kind) {
    case 'database':
    case 'partition':
      return [change.after.id];
    case 'collection':
      return [change.after.id, ...change.after.partitions.map(({ id }) => id as bigint)];
    case 'alias':
      return [];
    default:
      return unreachable(change);
  }
}

/** Whatever clients saw can be had again by asking for that moment. */
function expectPast(root: RootCoord, { memory }: Remains, looks: readonly Look[]): void {
  for (const { at, picture } of looks.slice(0, memory.looks)) {
    expect([...pictureOf(root, at)]).toEqual(visibleIn(picture));
  }
}

/** Time travel agrees with the journal at every moment something changed, and around it. */
function expectTrueHistory(root: RootCoord, state: MemoryMetaState): void {
  const changes = changesOf(state).sort((a, b) => Number(a.timestamp - b.timestamp));
  const model = new World([]);
  let before: Picture = new Map();
  for (const [i, change] of changes.entries()) {
    const { timestamp } = change;
    if (timestamp !== changes[i - 1]?.timestamp) {
      expect([...pictureOf(root, timestamp - 1n)]).toEqual([...before]);
    }
    model.apply(change);
    if (timestamp === changes[i + 1]?.timestamp) continue;
    before = pictureOfWorld(model);
    expect([...pictureOf(root, timestamp)]).toEqual([...before]);
    if (timestamp + 1n === changes[i + 1]?.timestamp) continue;
    expect([...pictureOf(root, timestamp + 1n)]).toEqual([...before]);
  }
  expect([...pictureOf(root, 0n)]).toEqual([...before]);
}

/** Folding the feed from its beginning says what Describe and Show say. */
async function expectTrueFeed(root: RootCoord): Promise<void> {
  const filter = { databaseNames: [], kinds: [], objectIds: [] };
  const { signal } = new AbortController();
  const watcher = root.feed.watch({ afterSequence: 0n, isOnlyNew: false, filter }, signal);
  const codec = new ChangeEventCodec();
  const fold = new FeedFold();
  while (fold.lastSequence < root.feed.lastSequence) {
    const batch = watcher.take();
    if (batch) fold.fold(WatchResponse.decode(codec.encodeBatch(batch)).events);
    else await watcher.ready();
  }
  expect([...fold.databases.values()].map(({ name }) => name).sort()).toEqual(
    root.databases
      .list(0n)
      .map(({ name }) => name)
      .sort(),
  );
  expect(fold.visibleCollections()).toEqual(visibleNow(root));
}

/** By own names; that aliases lead to the same is seen while describing them. */
function visibleNow(root: RootCoord): VisibleCollection[] {
  const found: VisibleCollection[] = [];
  for (const { databaseName, name, record, reply } of describeAll(root)) {
    expect([name, reply.collectionID]).toEqual([name, record.id]);
    if (name !== record.name) continue;
    const query = { databaseName, collectionName: name, collectionId: 0n, at: 0n };
    found.push({
      id: reply.collectionID,
      name,
      databaseId: reply.dbId,
      aliases: [...reply.aliases].sort(),
      partitions: root.partitions
        .list(query)
        .map((partition) => partition.name)
        .sort(),
      updateTimestamp: reply.updateTimestamp,
      properties: reply.properties.map(({ key, value }) => `${key}=${value}`).sort(),
      fields: (reply.schema?.fields ?? [])
        .filter(({ fieldID }) => fieldID >= FIRST_USER_FIELD_ID)
        .map((field) => field.name),
    });
  }
  return found.sort((a, b) => Number(a.id - b.id));
}

/**
 * What peers hold on to follows from the records: channels are watched for exactly the collections
 * there are, and whatever is gone was let go of by everybody before (§25 I5, I7). Announcements of
 * alterations are not asked for: they only empty caches, which died with the process.
 */
function expectPeersTold({ catalog }: LoadedCatalog, state: MemoryMetaState, world: PeerWorld) {
  const records = [...catalog.allCollections()];
  expect([...world.watched].sort()).toEqual(records.map(({ id }) => id as bigint).sort());
  for (const { id, state: word } of records)
    if (word !== 'Created') expect(world.released).toContain(id);
  for (const { operation, objectId } of journalOf(state)) {
    if (operation === 'collection.dropped') {
      const told = [world.released, world.indexesDropped, world.collected];
      expect([objectId, ...told.map((ids) => ids.has(objectId))]).toEqual([
        objectId,
        true,
        true,
        true,
      ]);
    }
    if (operation === 'partition.created') expect(world.synced).toContain(objectId);
    if (operation === 'partition.undone') expect(world.partitionsReleased).toContain(objectId);
    if (operation === 'partition.dropped') {
      expect(world.partitionsReleased).toContain(objectId);
      expect(world.collected).toContain(objectId);
    }
  }
}
