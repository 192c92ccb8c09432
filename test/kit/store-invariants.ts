import { expect } from 'vitest';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { physicalChannel } from '../../src/domain/channels.js';
import { childKeys } from '../../src/root/catalog/collection.codec.js';
import { decodeEntry, type JournaledChange } from '../../src/root/catalog/journal.js';
import { type LoadedCatalog, loadCatalog } from '../../src/root/catalog/load.js';
import { KEYS } from './catalog-store.js';
import { RULES } from './ddl-fixtures.js';

/** What may be read off the keys of a store alone, whoever wrote them. */

const ALLOCATOR_KEYS = ['by-dev/kv/gid/timestamp', 'by-dev/kv/gid/idTimestamp'];

/** Keys that belong to no object: outcomes of keyed requests, sessions, where the journal begins. */
export type ExtraKeys = 'outcomes' | 'members' | 'horizon';

export const loadedCatalog = (state: MemoryMetaState): Promise<LoadedCatalog> =>
  loadCatalog(new MemoryMetaStore(state), KEYS);

/** Every key there is belongs to something; a collection has all its children, and nobody else has any. */
export async function expectNoOrphans(state: MemoryMetaState): Promise<void> {
  expectOwnedKeys(state, await loadedCatalog(state));
}

/**
 * The same of a store that is loaded already.
 *
 * @param extras what else may be there; none of the others is.
 */
export function expectOwnedKeys(
  state: MemoryMetaState,
  loaded: LoadedCatalog,
  extras: readonly ExtraKeys[] = [],
): void {
  const { catalog, orphanKeys } = loaded;
  expect(orphanKeys).toEqual([]);
  const databases = [...catalog.databases()];
  const records = [...catalog.allCollections()];
  const owned = new Set([
    ...ALLOCATOR_KEYS,
    ...databases.map(({ id }) => KEYS.database(id)),
    ...databases.flatMap(({ id }) =>
      [...catalog.aliases(id)].map(({ name }) => KEYS.alias(id, name)),
    ),
    ...records.map(({ databaseId, id }) => KEYS.collection(databaseId, id)),
    ...records.flatMap((record) => childKeys(KEYS, record)),
  ]);
  expect(objectKeys(state, extras).filter((key) => !owned.has(key))).toEqual([]);
}

/** Every key but those of the journal, which outlives what it is about, and of these families. */
export function objectKeys(state: MemoryMetaState, extras: readonly ExtraKeys[]): string[] {
  const others = [KEYS.journal, ...extras.map((family) => KEYS[family])];
  const keys = state.snapshot('by-dev/').map(({ key }) => key);
  return keys.filter((key) => !others.some((prefix) => key.startsWith(prefix)));
}

/** A name means one thing, and what it means is there; sums are those of the records. */
export function expectNamesResolve({ catalog }: LoadedCatalog): void {
  const records = [...catalog.allCollections()];
  const live = records.filter(({ state }) => state === 'Creating' || state === 'Created');
  const aliases = [...catalog.databases()].flatMap(({ id }) => [...catalog.aliases(id)]);
  const names = [...live, ...aliases].map(({ databaseId, name }) => `${databaseId}/${name}`);
  expect(names.sort()).toEqual([...new Set(names)].sort());
  for (const { databaseId, collectionId } of aliases) {
    const target = catalog.collectionById(collectionId);
    expect([target?.state, target?.databaseId]).toEqual(['Created', databaseId]);
  }
  for (const { databaseId } of live) expect(catalog.databaseById(databaseId)).toBeDefined();
  expect(catalog.countCollections()).toBe(live.length);
}

const journaled = new WeakMap<Uint8Array, readonly JournaledChange[]>();

/** Every change ever committed, in commit order. */
export const journalOf = (state: MemoryMetaState): JournaledChange[] =>
  state.snapshot(KEYS.journal).flatMap(({ value }) => {
    const changes = journaled.get(value) ?? decodeEntry(value);
    journaled.set(value, changes);
    return changes;
  });

/** Sequences count 1, 2, 3 … */
export function expectDenseJournal(state: MemoryMetaState): void {
  const sequences = journalOf(state).map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual(sequences.map((_, i) => i + 1));
}

/** The physical channel a collection of one shard gets next, counted anew from the records. */
export async function leastReferencedChannel(state: MemoryMetaState): Promise<string> {
  const { catalog } = await loadedCatalog(state);
  const records = [...catalog.allCollections()];
  const { prefix, size } = RULES.channels;
  const pool = Array.from({ length: size }, (_, index) => physicalChannel(prefix, index));
  const references = (channel: string) =>
    records.filter(({ physicalChannels }) => physicalChannels.includes(channel)).length;
  const least = Math.min(...pool.map(references));
  return pool.find((channel) => references(channel) === least) ?? '';
}
