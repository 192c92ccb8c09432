import { isKind } from '../domain/errors.js';
import type { CollectionId, PartitionId } from '../domain/ids.js';
import type { LoadProgress, ProgressOf } from '../domain/loads/load-progress.js';
import type { QuerySegmentInfo, ReplicaInfo } from '../gen/milvus.js';
import type { RemoteLoad, RemoteQueryCoord } from '../ports/remote-query-coord.js';
import {
  type LoadOrder,
  type LoadOrderDeps,
  onlyThese,
  partitionsToRelease,
  WHOLE,
  withLoadOrder,
} from './load-order.js';
import type {
  LoadCommand,
  LoadPartitionsCommand,
  LoadService,
  ReleasePartitionsCommand,
} from './load-service.js';

export interface RemoteLoadsDeps extends LoadOrderDeps {
  readonly remote: RemoteQueryCoord;
}

/**
 * Loads a QueryCoord in another process keeps. What a proxy looks up and refuses is done here; all
 * the rest, the number of replicas among it, is that QueryCoord's to decide. Nothing is kept here.
 */
export class RemoteLoads implements LoadService {
  readonly view = undefined;
  readonly #deps: RemoteLoadsDeps;
  readonly #remote: RemoteQueryCoord;

  constructor(deps: RemoteLoadsDeps) {
    this.#deps = deps;
    this.#remote = deps.remote;
  }

  loadCollection(command: LoadCommand): Promise<void> {
    return withLoadOrder(this.#deps, command, WHOLE, (order) =>
      this.#remote.loadCollection(remoteLoadOf(command, order)),
    );
  }

  loadPartitions(command: LoadPartitionsCommand): Promise<void> {
    return withLoadOrder(this.#deps, command, onlyThese(command.partitionNames), (order) =>
      this.#remote.loadPartitions(remoteLoadOf(command, order), order.partitionIds),
    );
  }

  releaseCollection(collectionId: CollectionId): Promise<void> {
    return this.#remote.releaseCollection(collectionId);
  }

  async releasePartitions(command: ReleasePartitionsCommand): Promise<void> {
    const ids = await partitionsToRelease(this.#deps, command);
    await this.#remote.releasePartitions(command.collectionId, ids);
  }

  releasePartition(collectionId: CollectionId, id: PartitionId): Promise<void> {
    return this.#remote.releasePartitions(collectionId, [id]);
  }

  syncPartition(collectionId: CollectionId, id: PartitionId): Promise<void> {
    return this.#remote.syncPartition(collectionId, id);
  }

  collections(id?: CollectionId): Promise<ProgressOf<CollectionId>> {
    return noneUnlessLoaded(this.#remote.collectionProgress(id));
  }

  partitions(collectionId: CollectionId): Promise<ProgressOf<PartitionId>> {
    return noneUnlessLoaded(this.#remote.partitionProgress(collectionId));
  }

  replicas(collectionId: CollectionId, withShardNodes: boolean): Promise<readonly ReplicaInfo[]> {
    return this.#remote.replicas(collectionId, withShardNodes);
  }

  segments(collectionId: CollectionId): Promise<readonly QuerySegmentInfo[]> {
    return this.#remote.segments(collectionId);
  }
}

const remoteLoadOf = (
  { replicaNumber, resourceGroups, refresh }: LoadCommand,
  { collection, loadFields, fieldIndexes }: LoadOrder,
): RemoteLoad => ({
  collectionId: collection.id,
  schema: collection.schema,
  replicaNumber,
  resourceGroups,
  refresh,
  loadFields,
  fieldIndexes,
});

/** A QueryCoord refuses to tell of what is not loaded. */
async function noneUnlessLoaded<Id>(
  asked: Promise<ReadonlyMap<Id, LoadProgress>>,
): Promise<ProgressOf<Id>> {
  try {
    const progress = await asked;
    return (id) => progress.get(id);
  } catch (caught) {
    if (isKind(caught, 'CollectionNotLoaded') || isKind(caught, 'PartitionNotLoaded')) {
      return () => undefined;
    }
    throw caught;
  }
}
