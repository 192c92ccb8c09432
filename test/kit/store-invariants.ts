import { expect } from 'vitest';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { physicalChannel } from '../../src/domain/channels.js';
import { DEFAULT_DATABASE_ID } from '../../src/domain/ids.js';
import { ObjectKind } from '../../src/gen/journal.js';
import type { CollectionChange } from '../../src/root/catalog/change.js';
import { childKeys, decodeImage } from '../../src/root/catalog/collection.codec.js';
import { decodeEntry, type JournaledChange } from '../../src/root/catalog/journal.js';
import { loadCatalog } from '../../src/root/catalog/load.js';
import { KEYS } from './catalog-store.js';
import { RULES } from './ddl-fixtures.js';

/** What may be read off the keys of a store alone, whoever wrote them. */

const CHILD_PREFIXES = [KEYS.partitions, KEYS.fields, KEYS.functions, KEYS.structArrayFields];

/** Every key there is belongs to something; a collection has all its children, and nobody else has any. */
export async function expectNoOrphans(state: MemoryMetaState): Promise<void> {
  const { catalog, orphanKeys } = await loadCatalog(new MemoryMetaStore(state), KEYS);
  expect(orphanKeys).toEqual([]);
  const records = [...catalog.allCollections()];
  const owned = new Set([
    'by-dev/kv/gid/timestamp',
    'by-dev/kv/gid/idTimestamp',
    KEYS.database(DEFAULT_DATABASE_ID),
    ...records.map(({ databaseId, id }) => KEYS.collection(databaseId, id)),
    ...records.flatMap((record) => childKeys(KEYS, record)),
  ]);
  const keys = state.snapshot('by-dev/').map(({ key }) => key);
  expect(keys.filter((key) => !owned.has(key) && !key.startsWith(KEYS.journal))).toEqual([]);
}

/** Nothing is on its way: every record is Created, and nothing else has a child key. */
export async function expectSteady(state: MemoryMetaState): Promise<void> {
  const { catalog } = await loadCatalog(new MemoryMetaStore(state), KEYS);
  const moving = [...catalog.allCollections()].filter(({ state: word }) => word !== 'Created');
  expect(moving.map(({ name, state: word }) => `${name} is ${word}`)).toEqual([]);
}

export const childCount = (state: MemoryMetaState): number =>
  CHILD_PREFIXES.reduce((sum, prefix) => sum + state.snapshot(prefix).length, 0);

/** Every change ever committed, in commit order. */
export const journalOf = (state: MemoryMetaState): JournaledChange[] =>
  state.snapshot(KEYS.journal).flatMap(({ value }) => decodeEntry(value));

/** Sequences count 1, 2, 3 …, no timestamp is used by two changes of the same kind. */
export function expectDenseJournal(state: MemoryMetaState): void {
  const sequences = journalOf(state).map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual(sequences.map((_, i) => i + 1));
}

/** The journal's collections in the terms of the naive model of time travel. */
export function changesIn(state: MemoryMetaState): CollectionChange[] {
  const image = (bytes: Uint8Array) => (bytes.length === 0 ? undefined : decodeImage(bytes));
  return journalOf(state)
    .filter(({ objectKind }) => objectKind === ObjectKind.OBJECT_KIND_COLLECTION)
    .map(({ before, after, timestamp, taskId }) => ({
      kind: 'collection',
      before: image(before),
      after: image(after),
      timestamp,
      taskId,
      actor: '',
      operation: '',
    }));
}

/** The physical channel a collection of one shard gets next, counted anew from the records. */
export async function leastReferencedChannel(state: MemoryMetaState): Promise<string> {
  const { catalog } = await loadCatalog(new MemoryMetaStore(state), KEYS);
  const records = [...catalog.allCollections()];
  const { prefix, size } = RULES.channels;
  const pool = Array.from({ length: size }, (_, index) => physicalChannel(prefix, index));
  const references = (channel: string) =>
    records.filter(({ physicalChannels }) => physicalChannels.includes(channel)).length;
  const least = Math.min(...pool.map(references));
  return pool.find((channel) => references(channel) === least) ?? '';
}
