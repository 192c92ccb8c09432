import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';

/**
 * What planning and readers ask of the present state; a draft answers with what is staged, too.
 * Collections and aliases of a database share one name space: a name means at most one of them.
 */
export interface CatalogView {
  databaseByName(name: string): DatabaseRecord | undefined;
  databaseById(id: DatabaseId): DatabaseRecord | undefined;
  countDatabases(): number;
  /** Whatever its state. */
  collectionById(id: CollectionId): CollectionRecord | undefined;
  /** By its own name, and only what clients may see: state Created. */
  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined;
  /** The collection that has the name or is about to: Creating or Created. */
  collectionClaiming(databaseId: DatabaseId, name: string): CollectionRecord | undefined;
  aliasByName(databaseId: DatabaseId, name: string): AliasRecord | undefined;
  /** Names of a collection's aliases, in order of creation; the same array until one changes. */
  aliasNamesOf(collectionId: CollectionId): readonly string[];
  /** Collections of the database that exist or are being created. */
  countCollectionsIn(databaseId: DatabaseId): number;
  countCollections(): number;
  /** Σ live partitions × shards of those collections (facts/rootcoord §5.1). */
  generalCapacityUsed(): number;
  /** Dropped collections that can be taken back. */
  countKeptCollections(): number;
  /** Dropped partitions that can be taken back, of collections that are there. */
  countKeptPartitions(): number;
  /** How many collections, in whatever state, still need this physical channel. */
  channelReferences(physicalChannel: string): number;
}

/** The collection clients mean by a name in the database of this name; undefined without either. */
export function collectionNamed(
  view: CatalogView,
  databaseName: string,
  name: string,
): CollectionRecord | undefined {
  const database = view.databaseByName(databaseName);
  return database && resolveCollection(view, database.id, name);
}

/** The collection clients mean by a name: its own, or one of its aliases. */
export function resolveCollection(
  view: CatalogView,
  databaseId: DatabaseId,
  name: string,
): CollectionRecord | undefined {
  const own = view.collectionByName(databaseId, name);
  if (own) return own;
  const alias = view.aliasByName(databaseId, name);
  const target = alias && view.collectionById(alias.collectionId);
  return target?.state === 'Created' ? target : undefined;
}
