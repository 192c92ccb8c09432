import type { CollectionId, PartitionId } from '../domain/ids.js';
import type { ProgressOf } from '../domain/loads/load-progress.js';
import type { FieldSelection } from '../domain/loads/requested-fields.js';
import type { KeyValuePair } from '../gen/common.js';
import type { QuerySegmentInfo, ReplicaInfo } from '../gen/milvus.js';
import type { LoadView } from '../ports/peers.js';

/** A load as a client asks for it. */
export interface LoadCommand extends FieldSelection {
  readonly collectionId: CollectionId;
  /** 0 leaves it to the properties. */
  readonly replicaNumber: number;
  /** Empty leaves them to the properties. */
  readonly resourceGroups: readonly string[];
  /** Those of the collection's database. */
  readonly databaseProperties: readonly KeyValuePair[];
  /** Only brings what is loaded up to date. */
  readonly refresh: boolean;
}

export interface LoadPartitionsCommand extends LoadCommand {
  readonly partitionNames: readonly string[];
}

export interface ReleasePartitionsCommand {
  readonly collectionId: CollectionId;
  readonly partitionNames: readonly string[];
}

/**
 * Loads as QueryCoord's callers see them, whoever keeps them: the ledger of this process
 * (`Loads`), or a QueryCoord somewhere else (`RemoteLoads`).
 */
export interface LoadService {
  /**
   * What RootCoord may look at while it plans. Undefined when only asking tells: then whoever takes
   * a request asks first, as proxies do.
   */
  readonly view: LoadView | undefined;

  /**
   * Every partition, and those that come later.
   *
   * @throws CoordError `CollectionNotFound`; `IndexNotFound` or `Unexpected` while a vector has no
   * index; `ParameterInvalid`, `Unexpected`, `ResourceGroupNotFound`, `ResourceGroupNodeNotEnough`
   * for fields, replicas and groups that cannot be; `CollectionNotLoaded` for a refresh.
   */
  loadCollection(command: LoadCommand): Promise<void>;

  /** @throws CoordError like `loadCollection`, and `PartitionNotFound`. */
  loadPartitions(command: LoadPartitionsCommand): Promise<void>;

  /** Releasing what is not loaded succeeds. */
  releaseCollection(collectionId: CollectionId): Promise<void>;

  /**
   * Releasing what is not loaded succeeds.
   *
   * @throws CoordError `CollectionNotFound`, `PartitionNotFound`, `ParameterInvalid` for none.
   */
  releasePartitions(command: ReleasePartitionsCommand): Promise<void>;

  /** The partition is going. */
  releasePartition(collectionId: CollectionId, id: PartitionId): Promise<void>;

  /** A partition is coming: it is loaded with a collection that is loaded as a whole. */
  syncPartition(collectionId: CollectionId, id: PartitionId): Promise<void>;

  /** How far collections are loaded, wholly or in part; without an id, any of them. */
  collections(id?: CollectionId): Promise<ProgressOf<CollectionId>>;

  /** How far the partitions of a collection are loaded. */
  partitions(collectionId: CollectionId): Promise<ProgressOf<PartitionId>>;

  /** None when nothing is loaded. */
  replicas(collectionId: CollectionId, withShardNodes: boolean): Promise<readonly ReplicaInfo[]>;

  /** The segments nodes hold of a collection. */
  segments(collectionId: CollectionId): Promise<readonly QuerySegmentInfo[]>;
}
