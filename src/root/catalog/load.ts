import { invariant } from '../../domain/invariant.js';
import type { AliasRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { CollectionInfo, PartitionInfo } from '../../gen/etcd_meta.js';
import { FunctionSchema, StructArrayFieldSchema } from '../../gen/schema.js';
import type { KeyValue, MetaStore } from '../../ports/meta-store.js';
import { decodeAlias } from './alias.codec.js';
import { Catalog } from './catalog.js';
import { assembleCollection, type CollectionParts } from './collection.codec.js';
import { decodeDatabase } from './database.codec.js';
import { History } from './history.js';
import { decodeEntry, decodeHorizon, Journal } from './journal.js';
import type { CatalogKeys } from './keys.js';
import { RecordedOutcomes } from './recorded-outcomes.js';
import { readField } from './shared-fields.js';

/** What a restart finds in the store. */
export interface LoadedCatalog {
  readonly catalog: Catalog;
  readonly history: History;
  readonly journal: Journal;
  readonly outcomes: RecordedOutcomes;
  /** Keys that name a collection which has no record; a defect, reported and left alone. */
  readonly orphanKeys: readonly string[];
  /** Timestamp of the newest change; nothing may be stamped at or before it. */
  readonly newestChange: Timestamp;
}

async function forEachKey(
  store: MetaStore,
  prefix: string,
  visit: (tail: string, entry: KeyValue) => void,
): Promise<void> {
  for await (const page of store.scan(prefix)) {
    for (const entry of page) visit(entry.key.slice(prefix.length), entry);
  }
}

/** Where a child key's value goes, found by the collection id its key starts with. */
type ChildVisitor = (parts: CollectionParts, value: Uint8Array) => void;

/** Reads every record and the journal; only prefix scans, one per kind (facts/rootcoord §23.6). */
export async function loadCatalog(store: MetaStore, keys: CatalogKeys): Promise<LoadedCatalog> {
  const catalog = new Catalog();
  await loadDatabases(store, keys, catalog);
  const orphanKeys = await loadCollections(store, keys, catalog);
  orphanKeys.push(...(await loadAliases(store, keys, catalog)));
  const history = new History(catalog);
  const { lastSequence, newestChange } = await loadJournal(store, keys, history);
  history.settlePartitionDrops();
  const horizon = await store.get(keys.horizon);
  if (horizon) history.forget(decodeHorizon(horizon));
  const journal = new Journal(keys, lastSequence);
  const outcomes = new RecordedOutcomes(keys);
  await outcomes.load(store);
  return { catalog, history, journal, outcomes, orphanKeys, newestChange };
}

async function loadDatabases(store: MetaStore, keys: CatalogKeys, catalog: Catalog) {
  await forEachKey(store, keys.databases, (_tail, { value }) => {
    catalog.apply({ kind: 'database', before: undefined, after: decodeDatabase(value) });
  });
}

async function loadCollections(store: MetaStore, keys: CatalogKeys, catalog: Catalog) {
  const byId = new Map<string, CollectionParts>();
  await forEachKey(store, keys.collections, (tail, { value }) => {
    const [, id] = tail.split('/');
    invariant(id, 'a collection key ends in a database id and a collection id');
    byId.set(id, emptyParts(CollectionInfo.decode(value)));
  });
  const orphanKeys: string[] = [];
  const children = async (prefix: string, visit: ChildVisitor) =>
    forEachKey(store, prefix, (tail, { key, value }) => {
      const parts = byId.get(tail.slice(0, tail.indexOf('/')));
      if (parts) visit(parts, value);
      else orphanKeys.push(key);
    });
  await children(keys.partitions, ({ partitions }, v) => partitions.push(PartitionInfo.decode(v)));
  await children(keys.fields, ({ fields }, v) => fields.push(readField(v)));
  await children(keys.functions, ({ functions }, v) => functions.push(FunctionSchema.decode(v)));
  await children(keys.structArrayFields, ({ structArrayFields }, v) =>
    structArrayFields.push(StructArrayFieldSchema.decode(v)),
  );
  for (const parts of byId.values()) {
    const after = assembleCollection(parts);
    catalog.apply({ kind: 'collection', before: undefined, after });
  }
  return orphanKeys;
}

/** An alias of a collection that is not there, or on its way out, is no alias. */
async function loadAliases(store: MetaStore, keys: CatalogKeys, catalog: Catalog) {
  const orphanKeys: string[] = [];
  const aliases: AliasRecord[] = [];
  await forEachKey(store, keys.aliases, (_tail, { key, value }) => {
    const alias = decodeAlias(value);
    const target = catalog.collectionById(alias.collectionId);
    if (target?.state === 'Created') aliases.push(alias);
    else orphanKeys.push(key);
  });
  // Keys are in order of names, listings in order of creation.
  aliases.sort((a, b) => Number(a.createdAt - b.createdAt));
  for (const after of aliases) catalog.apply({ kind: 'alias', before: undefined, after });
  return orphanKeys;
}

const emptyParts = (info: CollectionInfo): CollectionParts => ({
  info,
  partitions: [],
  fields: [],
  functions: [],
  structArrayFields: [],
});

async function loadJournal(store: MetaStore, keys: CatalogKeys, history: History) {
  let lastSequence = 0n;
  let newestChange = 0n as Timestamp;
  await forEachKey(store, keys.journal, (_tail, { value }) => {
    for (const change of decodeEntry(value)) {
      history.restore(change);
      lastSequence = change.sequence;
      if (change.timestamp > newestChange) newestChange = change.timestamp;
    }
  });
  return { lastSequence, newestChange };
}
