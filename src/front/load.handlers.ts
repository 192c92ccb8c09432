import { StatusOk } from '../domain/status.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { checkUnkeyed } from '../rpc/check-unkeyed.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { collectionReader, type OnCollection } from './named-collection.js';
import { requestDatabase } from './request-database.js';

interface Load extends OnCollection {
  readonly replicaNumber: number;
  readonly resourceGroups: readonly string[];
  readonly refresh: boolean;
  readonly loadFields: readonly string[];
  readonly skipLoadDynamicField: boolean;
}

/** Loads and releases of MilvusService: which collection is meant, then QueryCoord. */
export function loadHandlers(deps: FrontDeps) {
  const { root, query } = deps;
  const service = MilvusServiceService;
  const collectionOf = collectionReader(deps);

  const loadOf = (call: Call<Load>) => {
    const { replicaNumber, resourceGroups, refresh, loadFields, skipLoadDynamicField } =
      call.request;
    return {
      collectionId: collectionOf(call).id,
      databaseProperties: root().databases.describe(requestDatabase(call), 0n).properties,
      replicaNumber,
      resourceGroups,
      refresh,
      loadFields,
      skipLoadDynamicField,
    };
  };

  return {
    loadCollection: unary(deps, service.loadCollection, async (call) => {
      checkUnkeyed(call);
      await query().loads.loadCollection(loadOf(call));
      return StatusOk;
    }),

    releaseCollection: unary(deps, service.releaseCollection, async (call) => {
      checkUnkeyed(call);
      await query().loads.releaseCollection(collectionOf(call).id);
      return StatusOk;
    }),

    loadPartitions: unary(deps, service.loadPartitions, async (call) => {
      checkUnkeyed(call);
      const { partitionNames } = call.request;
      await query().loads.loadPartitions({ ...loadOf(call), partitionNames });
      return StatusOk;
    }),

    releasePartitions: unary(deps, service.releasePartitions, async (call) => {
      checkUnkeyed(call);
      const { partitionNames } = call.request;
      const collectionId = collectionOf(call).id;
      await query().loads.releasePartitions({ collectionId, partitionNames });
      return StatusOk;
    }),
  };
}
