import type { CollectionId, FieldId, IndexId, PartitionId } from '../domain/ids.js';
import type { CollectionRecord, PartitionRecord } from '../domain/records.js';
import type { Timestamp } from '../domain/timestamp.js';

/**
 * What RootCoord asks of DataCoord. Every call may be repeated after a crash and must then have
 * the same effect as once. A rejection means "ask again later".
 */
export interface DataCoordPeer {
  watchChannels(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  unwatchChannels(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  /** The collection's schema, properties or name are others now (facts/rootcoord §5.6). */
  broadcastAltered(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  dropIndexes(collectionId: CollectionId, signal: AbortSignal): Promise<void>;
  /** True once no data of the collection, or of only one partition, is left in object storage. */
  isGarbageCollected(
    collectionId: CollectionId,
    partitionId: PartitionId | undefined,
    signal: AbortSignal,
  ): Promise<boolean>;
}

/** What DataCoord asks of RootCoord. A rejection means "ask again later". */
export interface RootCoordPeer {
  /** The collection clients see under this id; undefined when they see none. */
  collection(collectionId: CollectionId): Promise<CollectionRecord | undefined>;
  allocateId(): Promise<bigint>;
  allocateTimestamp(): Promise<Timestamp>;
}

/** What QueryCoord asks of DataCoord. A rejection means "ask again later". */
export interface IndexCatalogPeer {
  /**
   * Does work that relies on a collection's indexes: none comes or goes until it is done.
   *
   * @param work is given the index of each field that has one.
   */
  whileIndexed(
    collectionId: CollectionId,
    work: (indexes: ReadonlyMap<FieldId, IndexId>) => Promise<void>,
  ): Promise<void>;
}

/** What RootCoord may look at while it plans: answers at once, from memory. */
export interface LoadView {
  isCollectionLoaded(collectionId: CollectionId): boolean;
  isPartitionLoaded(collectionId: CollectionId, partitionId: PartitionId): boolean;
}

export const NOTHING_LOADED: LoadView = {
  isCollectionLoaded: () => false,
  isPartitionLoaded: () => false,
};

/** What RootCoord asks of QueryCoord; repeatable like the calls to DataCoord. */
export interface QueryCoordPeer {
  releaseCollection(collectionId: CollectionId, signal: AbortSignal): Promise<void>;
  /** A loaded collection picks the new partition up, before anybody can see it. */
  syncPartition(
    collectionId: CollectionId,
    partition: PartitionRecord,
    signal: AbortSignal,
  ): Promise<void>;
  releasePartition(
    collectionId: CollectionId,
    partitionId: PartitionId,
    signal: AbortSignal,
  ): Promise<void>;
}

/**
 * Every proxy at once. An unreachable proxy must never fail a DDL: it is dealt with behind this.
 * Each call settles when every live proxy has forgotten, or its deadline has passed.
 */
export interface ProxyPeers {
  /** Whatever the collection is called, and its aliases. */
  expireCollection(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  expirePartition(
    collection: CollectionRecord,
    partition: PartitionRecord,
    signal: AbortSignal,
  ): Promise<void>;
  expireAlias(databaseName: string, alias: string): Promise<void>;
  expireDatabase(databaseName: string): Promise<void>;
}

export interface Peers {
  readonly dataCoord: DataCoordPeer;
  readonly queryCoord: QueryCoordPeer;
  readonly proxies: ProxyPeers;
}
