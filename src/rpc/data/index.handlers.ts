import type { DataCoord } from '../../data/data-coord.js';
import type { CollectionId, FieldId } from '../../domain/ids.js';
import { StatusOk } from '../../domain/status.js';
import { DataCoordService } from '../../gen/data_coord.js';
import { checkUnkeyed } from '../check-unkeyed.js';
import { type RpcDeps, unary } from '../unary.js';

/** Index DDL of `milvus.proto.data.DataCoord` (facts/datacoord §16). */
export function indexHandlers(deps: RpcDeps, data: () => DataCoord) {
  return {
    createIndex: unary(deps, DataCoordService.createIndex, async (call) => {
      checkUnkeyed(call);
      const { request } = call;
      await data().indexes.create({
        collectionId: request.collectionID as CollectionId,
        fieldId: request.fieldID as FieldId,
        name: request.indexName,
        typeParams: request.typeParams,
        indexParams: request.indexParams,
        userIndexParams: request.userIndexParams,
        isAutoIndex: request.isAutoIndex,
        isMetricGiven: request.userAutoindexMetricTypeSpecified,
        at: request.timestamp,
      });
      return StatusOk;
    }),

    alterIndex: unary(deps, DataCoordService.alterIndex, async (call) => {
      checkUnkeyed(call);
      const { request } = call;
      await data().indexes.alter({
        collectionId: request.collectionID as CollectionId,
        name: request.indexName,
        params: request.params,
        deleteKeys: request.deleteKeys,
      });
      return StatusOk;
    }),

    dropIndex: unary(deps, DataCoordService.dropIndex, async (call) => {
      checkUnkeyed(call);
      const { request } = call;
      const { collectionID, indexName: name, dropAll, partitionIDs } = request;
      // Dropping a partition asks for it in 2.1; the index is the collection's and stays (§16.6).
      if (partitionIDs.length > 0) return StatusOk;
      await data().indexes.drop({ collectionId: collectionID as CollectionId, name, dropAll });
      return StatusOk;
    }),
  };
}
