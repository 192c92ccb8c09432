import { CoordError, isKind } from '../domain/errors.js';
import type { CollectionId } from '../domain/ids.js';
import { type LoadProgress, meanProgress } from '../domain/loads/load-progress.js';
import { namedPartitionIds } from '../domain/loads/named-partitions.js';
import { StatusOk } from '../domain/status.js';
import { LoadState } from '../gen/common.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { byNameNow } from '../root/catalog/catalog-reader.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { loadedOf } from './in-memory.js';
import { collectionReader, type OnCollection } from './named-collection.js';
import { requestDatabase } from './request-database.js';

interface OnLoad extends OnCollection {
  readonly partitionNames: readonly string[];
}

const FULL_PERCENT = 100n;

/** What MilvusService tells of loads. */
export function loadStateHandlers(deps: FrontDeps) {
  const { root, query } = deps;
  const service = MilvusServiceService;
  const collectionOf = collectionReader(deps);

  /** Without names the collection itself is meant. */
  const progressOf = async (call: Call<OnLoad>): Promise<LoadProgress> => {
    const collection = collectionOf(call);
    const { loads } = query();
    const { partitionNames } = call.request;
    if (partitionNames.length > 0) {
      const ids = namedPartitionIds(collection, partitionNames);
      return meanProgress(loadedOf(ids, await loads.partitions(collection.id)));
    }
    const progress = (await loads.collections(collection.id))(collection.id);
    if (progress) return progress;
    throw CoordError.of('CollectionNotLoaded', { collection: collection.id });
  };

  /** A collection that is not there is a state of its own, and no failure. */
  const stateOf = async (call: Call<OnLoad>): Promise<LoadState> => {
    try {
      const { percent } = await progressOf(call);
      return percent < FULL_PERCENT ? LoadState.LoadStateLoading : LoadState.LoadStateLoaded;
    } catch (caught) {
      if (isKind(caught, 'CollectionNotFound') || isKind(caught, 'DatabaseNotFound')) {
        return LoadState.LoadStateNotExist;
      }
      if (isKind(caught, 'CollectionNotLoaded') || isKind(caught, 'PartitionNotLoaded')) {
        return LoadState.LoadStateNotLoad;
      }
      throw caught;
    }
  };

  return {
    getLoadState: unary(deps, service.getLoadState, async (call) => ({
      status: StatusOk,
      state: await stateOf(call),
    })),

    getLoadingProgress: unary(deps, service.getLoadingProgress, async (call) => {
      const { percent: progress, refreshPercent: refreshProgress } = await progressOf(call);
      return { status: StatusOk, progress, refreshProgress };
    }),

    getReplicas: unary(deps, service.getReplicas, async (call) => {
      const { collectionID, collectionName, withShardNodes } = call.request;
      const databaseName = requestDatabase(call);
      const id =
        collectionName === ''
          ? (collectionID as CollectionId)
          : root().collection(byNameNow({ databaseName, collectionName })).id;
      const replicas = await query().loads.replicas(id, withShardNodes);
      return { status: StatusOk, replicas: [...replicas] };
    }),
  };
}
