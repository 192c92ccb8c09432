import type { DataCoord } from '../../data/data-coord.js';
import type { IndexQuery } from '../../data/indexes/index-reader.js';
import type { CollectionId } from '../../domain/ids.js';
import { StatusOk } from '../../domain/status.js';
import { IndexState } from '../../gen/common.js';
import { DataCoordService } from '../../gen/data_coord.js';
import { GetSegmentIndexStateResponse, SegmentInfo } from '../../gen/index_coord.js';
import { indexInfoOf, plainIndexInfoOf } from '../index-replies.js';
import { type RpcDeps, unary } from '../unary.js';

interface Asked {
  readonly collectionID: bigint;
  readonly indexName: string;
}

const queryOf = ({ collectionID, indexName }: Asked): IndexQuery => ({
  collectionId: collectionID as CollectionId,
  name: indexName,
});

/** What `milvus.proto.data.DataCoord` tells of indexes (facts/datacoord §16.5). */
export function indexStateHandlers(deps: RpcDeps, data: () => DataCoord) {
  const service = DataCoordService;
  return {
    describeIndex: unary(deps, service.describeIndex, ({ request }) => ({
      status: StatusOk,
      indexInfos: data().indexes.describe(queryOf(request), request.timestamp).map(indexInfoOf),
    })),

    getIndexStatistics: unary(deps, service.getIndexStatistics, ({ request }) => ({
      status: StatusOk,
      indexInfos: data().indexes.statistics(queryOf(request)).map(indexInfoOf),
    })),

    listIndexes: unary(deps, service.listIndexes, ({ request: { collectionID } }) => ({
      status: StatusOk,
      indexInfos: data()
        .indexes.find(queryOf({ collectionID, indexName: '' }))
        .map(plainIndexInfoOf),
    })),

    getIndexState: unary(deps, service.getIndexState, ({ request }) => {
      const { progress } = data().indexes.only(queryOf(request));
      return {
        status: StatusOk,
        state: IndexState[progress.state],
        failReason: progress.failReason,
      };
    }),

    getIndexBuildProgress: unary(deps, service.getIndexBuildProgress, ({ request }) => {
      const { indexedRows, totalRows, pendingRows } = data().indexes.only(
        queryOf(request),
      ).progress;
      return { status: StatusOk, indexedRows, totalRows, pendingIndexRows: pendingRows };
    }),

    ...segmentHandlers(deps, data),
  };
}

function segmentHandlers(deps: RpcDeps, data: () => DataCoord) {
  const service = DataCoordService;
  return {
    getSegmentIndexState: unary(deps, service.getSegmentIndexState, ({ request }) => {
      const states = data().indexes.segmentStates(queryOf(request), request.segmentIDs);
      return GetSegmentIndexStateResponse.fromPartial({
        status: StatusOk,
        states: states.map(({ segmentId, indexName, state, reason }) => ({
          segmentID: segmentId,
          indexName,
          state: IndexState[state],
          failReason: reason,
        })),
      });
    }),

    // No segment has an index file yet, so none is told of.
    getIndexInfos: unary(deps, service.getIndexInfos, ({ request }) => ({
      status: StatusOk,
      segmentInfo: new Map(
        request.segmentIDs.map((segmentID) => [
          segmentID,
          SegmentInfo.fromPartial({ collectionID: request.collectionID, segmentID }),
        ]),
      ),
    })),
  };
}
