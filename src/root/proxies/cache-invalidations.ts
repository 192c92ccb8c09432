import type { CollectionRecord, PartitionRecord } from '../../domain/records.js';
import { MsgBase, MsgType } from '../../gen/common.js';
import { InvalidateCollMetaCacheRequest } from '../../gen/proxy.js';
import type { CacheInvalidation } from '../../ports/proxy-clients.js';
import { isLive } from '../catalog/catalog-totals.js';

/**
 * What proxies are told to forget (facts/rootcoord §12.2): the message type says what goes. A
 * request without a timestamp evicts whatever its age.
 */

/** The collection under every name it is cached as: with an id, proxies are told nothing else. */
export const collectionInvalidation = (
  { id, state, updatedAt }: CollectionRecord,
  sourceID: bigint,
): CacheInvalidation => {
  const isGone = !isLive({ state });
  // A drop stops the streams of the collection, too.
  const msgType = isGone ? MsgType.DropCollection : MsgType.AlterCollection;
  const base = MsgBase.fromPartial({ msgType, timestamp: updatedAt, sourceID });
  return InvalidateCollMetaCacheRequest.fromPartial({ base, collectionID: id });
};

/**
 * One partition. Proxies of Milvus 2.4 refuse this without the names, so it is the one request that
 * has an id and names.
 */
export const partitionInvalidation = (
  collection: CollectionRecord,
  { name, state }: PartitionRecord,
  dbName: string,
  sourceID: bigint,
): CacheInvalidation => {
  const isGone = !isLive({ state });
  const msgType = isGone ? MsgType.DropPartition : MsgType.CreatePartition;
  return InvalidateCollMetaCacheRequest.fromPartial({
    base: MsgBase.fromPartial({ msgType, timestamp: collection.updatedAt, sourceID }),
    dbName,
    collectionName: collection.name,
    collectionID: collection.id,
    partitionName: name,
  });
};

/** Whatever is cached under this name. */
export const aliasInvalidation = (
  dbName: string,
  alias: string,
  sourceID: bigint,
): CacheInvalidation =>
  InvalidateCollMetaCacheRequest.fromPartial({
    base: MsgBase.fromPartial({ msgType: MsgType.AlterAlias, sourceID }),
    dbName,
    collectionName: alias,
  });

/** Everything in the database. */
export const databaseInvalidation = (dbName: string, sourceID: bigint): CacheInvalidation =>
  InvalidateCollMetaCacheRequest.fromPartial({
    base: MsgBase.fromPartial({ msgType: MsgType.DropDatabase, sourceID }),
    dbName,
  });
