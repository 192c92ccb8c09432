import { namedPartitionIds } from '../domain/loads/named-partitions.js';
import type { CollectionRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { byNameNow } from '../root/catalog/catalog-reader.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

/** There are no segments yet, so no collection has rows (facts/datacoord §4.5). */
const NO_ROWS = { status: StatusOk, stats: [{ key: 'row_count', value: '0' }] };
const NO_SEGMENTS = { status: StatusOk, infos: [] };

/**
 * Rows and segments as MilvusService tells of them (facts/wire-surface §2.4). Like a proxy it looks
 * the name up without asking whether it could be one.
 */
export function statisticsHandlers(deps: FrontDeps) {
  const { root, query } = deps;
  const service = MilvusServiceService;
  const collectionOf = (
    call: Call<{ readonly dbName: string }>,
    collectionName: string,
  ): CollectionRecord =>
    root().collection(byNameNow({ databaseName: requestDatabase(call), collectionName }));

  return {
    getCollectionStatistics: unary(deps, service.getCollectionStatistics, (call) => {
      collectionOf(call, call.request.collectionName);
      return NO_ROWS;
    }),

    getPartitionStatistics: unary(deps, service.getPartitionStatistics, (call) => {
      const { collectionName, partitionName } = call.request;
      namedPartitionIds(collectionOf(call, collectionName), [partitionName]);
      return NO_ROWS;
    }),

    getPersistentSegmentInfo: unary(deps, service.getPersistentSegmentInfo, (call) => {
      collectionOf(call, call.request.collectionName);
      return NO_SEGMENTS;
    }),

    getQuerySegmentInfo: unary(deps, service.getQuerySegmentInfo, async (call) => {
      const { id } = collectionOf(call, call.request.collectionName);
      return { status: StatusOk, infos: [...(await query().loads.segments(id))] };
    }),
  };
}
