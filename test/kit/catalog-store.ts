import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { DEFAULT_DATABASE_ID, DEFAULT_DATABASE_NAME } from '../../src/domain/ids.js';
import type { CollectionRecord, DatabaseRecord } from '../../src/domain/records.js';
import type { Fence, KeyValue, MetaStore, Write } from '../../src/ports/meta-store.js';
import type { Change } from '../../src/root/catalog/change.js';
import { writeChildren, writeCollectionKey } from '../../src/root/catalog/collection.codec.js';
import { encodeDatabase } from '../../src/root/catalog/database.codec.js';
import { Journal } from '../../src/root/catalog/journal.js';
import { CatalogKeys } from '../../src/root/catalog/keys.js';
import { type LoadedCatalog, loadCatalog } from '../../src/root/catalog/load.js';
import { livingCandidate } from './candidates.js';

/** Catalogs as keys in memory: how a test writes them and reads them back. */

export const KEYS = new CatalogKeys('by-dev', 'meta');

const CANDIDATE = livingCandidate();

export const aDatabase = (differences: Partial<DatabaseRecord> = {}): DatabaseRecord => ({
  id: DEFAULT_DATABASE_ID,
  name: DEFAULT_DATABASE_NAME,
  createdUnixNs: 1_767_225_600_000_000_000n,
  properties: [],
  ...differences,
});

export const databaseWrite = (record: DatabaseRecord): Write => ({
  kind: 'put',
  key: KEYS.database(record.id),
  value: encodeDatabase(record),
});

/** Every key of a collection. */
export const collectionWrites = (record: CollectionRecord): Write[] => [
  writeCollectionKey(KEYS, record),
  ...writeChildren(KEYS, record),
];

/** The journal of these commits, each a list of changes, as it stands in the store. */
export function journalWrites(commits: readonly (readonly Change[])[]): Write[] {
  const journal = new Journal(KEYS, 0n);
  return commits.map((changes) => {
    const entry = journal.entry(changes);
    journal.committed(changes);
    return entry;
  });
}

/** A state that holds these keys and belongs to somebody. */
export function stateOf(writes: readonly Write[]): { state: MemoryMetaState; fence: Fence } {
  const state = new MemoryMetaState();
  const { fence } = state.elect(CANDIDATE);
  state.apply(writes, fence);
  return { state, fence };
}

export const storeOf = (writes: readonly Write[]): { store: MetaStore; fence: Fence } => {
  const { state, fence } = stateOf(writes);
  return { store: new MemoryMetaStore(state), fence };
};

/** What a restart makes of these keys. */
export const loadedFrom = (writes: readonly Write[]): Promise<LoadedCatalog> =>
  loadCatalog(storeOf(writes).store, KEYS);

/** Every key under a prefix, in key order. */
export async function rowsUnder(store: MetaStore, prefix: string): Promise<KeyValue[]> {
  const rows: KeyValue[] = [];
  for await (const page of store.scan(prefix)) rows.push(...page);
  return rows;
}
