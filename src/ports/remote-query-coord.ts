import type { CollectionId, FieldId, IndexId, PartitionId } from '../domain/ids.js';
import type { LoadProgress } from '../domain/loads/load-progress.js';
import type { QuerySegmentInfo, ReplicaInfo } from '../gen/milvus.js';
import type { CollectionSchema } from '../gen/schema.js';

/** A load as a proxy hands it on: everything that has a name is looked up already. */
export interface RemoteLoad {
  readonly collectionId: CollectionId;
  readonly schema: CollectionSchema;
  /** 0 leaves it to the properties of the collection and its database. */
  readonly replicaNumber: number;
  readonly resourceGroups: readonly string[];
  readonly fieldIndexes: ReadonlyMap<FieldId, IndexId>;
  readonly loadFields: readonly FieldId[];
  readonly refresh: boolean;
}

/**
 * A QueryCoord in another process, called as proxies and RootCoord call it. Every change may be
 * asked for again and then has the same effect as once.
 *
 * A refusal of that server rejects with its own code and words; a server that cannot be reached, or
 * does not answer in time, with the retriable `ServiceUnavailable`.
 */
export interface RemoteQueryCoord {
  loadCollection(load: RemoteLoad): Promise<void>;
  loadPartitions(load: RemoteLoad, ids: readonly PartitionId[]): Promise<void>;
  releaseCollection(id: CollectionId): Promise<void>;
  releasePartitions(collectionId: CollectionId, ids: readonly PartitionId[]): Promise<void>;
  /** A loaded collection picks the new partition up. */
  syncPartition(collectionId: CollectionId, id: PartitionId): Promise<void>;
  /** Of this collection, or of every loaded one; `CollectionNotLoaded` for one that is not. */
  collectionProgress(id?: CollectionId): Promise<ReadonlyMap<CollectionId, LoadProgress>>;
  /** Of every loaded partition; `CollectionNotLoaded` when nothing is loaded. */
  partitionProgress(id: CollectionId): Promise<ReadonlyMap<PartitionId, LoadProgress>>;
  replicas(id: CollectionId, withShardNodes: boolean): Promise<readonly ReplicaInfo[]>;
  segments(id: CollectionId): Promise<readonly QuerySegmentInfo[]>;
  /** Ends calls under way. */
  close(): void;
}
