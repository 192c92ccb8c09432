import type { CollectionId } from '../domain/ids.js';
import type { CollectionRecord } from '../domain/records.js';

/**
 * What RootCoord asks of DataCoord. Every call may be repeated after a crash and must then have
 * the same effect as once. A rejection means "ask again later".
 */
export interface DataCoordPeer {
  watchChannels(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  unwatchChannels(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
  dropIndexes(collectionId: CollectionId, signal: AbortSignal): Promise<void>;
  /** True once no data of the collection is left in object storage. */
  isGarbageCollected(collectionId: CollectionId, signal: AbortSignal): Promise<boolean>;
}

/** What RootCoord asks of QueryCoord; repeatable like the calls to DataCoord. */
export interface QueryCoordPeer {
  releaseCollection(collectionId: CollectionId, signal: AbortSignal): Promise<void>;
}

/** Every proxy at once. An unreachable proxy must never fail a DDL: it is dealt with behind this. */
export interface ProxyPeers {
  /** Settles when every live proxy has forgotten the collection, or its deadline has passed. */
  expireCollection(collection: CollectionRecord, signal: AbortSignal): Promise<void>;
}

export interface Peers {
  readonly dataCoord: DataCoordPeer;
  readonly queryCoord: QueryCoordPeer;
  readonly proxies: ProxyPeers;
}
