import { isKind } from '../domain/errors.js';
import type { CollectionId } from '../domain/ids.js';
import { namedPartitionIds } from '../domain/loads/named-partitions.js';
import type { CollectionRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { LoadState } from '../gen/common.js';
import { MilvusServiceService, ReplicaInfo } from '../gen/milvus.js';
import { LOADED_PERCENT } from '../query/load-reader.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { collectionReader, type OnCollection } from './named-collection.js';
import { requestDatabase } from './request-database.js';

interface OnLoad extends OnCollection {
  readonly partitionNames: readonly string[];
}

/** What MilvusService tells of loads. */
export function loadStateHandlers(deps: FrontDeps) {
  const { root, query } = deps;
  const service = MilvusServiceService;
  const collectionOf = collectionReader(deps);

  /** Without names the collection itself is meant. */
  const assertLoaded = (collection: CollectionRecord, partitionNames: readonly string[]) => {
    if (partitionNames.length === 0) return query().loads.assertLoaded(collection.id);
    const ids = namedPartitionIds(collection, partitionNames);
    query().loads.assertPartitionsLoaded(collection.id, ids);
  };

  /** A collection that is not there is a state of its own, and no failure. */
  const stateOf = (call: Call<OnLoad>): LoadState => {
    try {
      assertLoaded(collectionOf(call), call.request.partitionNames);
      return LoadState.LoadStateLoaded;
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
    getLoadState: unary(deps, service.getLoadState, (call) => ({
      status: StatusOk,
      state: stateOf(call),
    })),

    getLoadingProgress: unary(deps, service.getLoadingProgress, (call) => {
      assertLoaded(collectionOf(call), call.request.partitionNames);
      return { status: StatusOk, progress: LOADED_PERCENT, refreshProgress: LOADED_PERCENT };
    }),

    getReplicas: unary(deps, service.getReplicas, (call) => {
      const { collectionID, collectionName } = call.request;
      const databaseName = requestDatabase(call);
      const id =
        collectionName === ''
          ? (collectionID as CollectionId)
          : root().collection({ databaseName, collectionName, collectionId: 0n, at: 0n }).id;
      const replicas = query().loads.find(id)?.replicas ?? [];
      return {
        status: StatusOk,
        replicas: replicas.map(({ id: replicaID, resourceGroup: resourceGroupName }) =>
          ReplicaInfo.fromPartial({ replicaID, collectionID: id, resourceGroupName }),
        ),
      };
    }),
  };
}
