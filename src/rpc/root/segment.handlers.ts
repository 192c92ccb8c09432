import type { DataCoord } from '../../data/data-coord.js';
import { CoordError } from '../../domain/errors.js';
import type { CollectionId } from '../../domain/ids.js';
import { visiblePartitionIds } from '../../domain/loads/named-partitions.js';
import type { CollectionRecord } from '../../domain/records.js';
import { StatusOk } from '../../domain/status.js';
import { MsgBase, MsgType } from '../../gen/common.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { type RpcDeps, unary } from '../unary.js';
import { checkType } from './request.js';

/**
 * Segment RPCs of the RootCoord of Milvus 2.1 (facts/rootcoord §15). There are no segments yet: a
 * collection and a partition that are there have none, and whoever names one is told so.
 */
export function segmentHandlers(deps: RpcDeps, root: () => RootCoord, data: () => DataCoord) {
  const service = RootCoordService;
  const collectionOf = (collectionId: bigint): CollectionRecord => {
    const record = root().visibleCollection(collectionId as CollectionId);
    if (record) return record;
    throw CoordError.of('CollectionNotFound', { collection: collectionId });
  };

  return {
    describeSegment: unary(deps, service.describeSegment, ({ request }) => {
      checkType(request.base, MsgType.DescribeSegment);
      const { id } = collectionOf(request.collectionID);
      throw CoordError.plain(`segment id ${request.segmentID} not belong to collection id ${id}`);
    }),

    describeSegments: unary(deps, service.describeSegments, ({ request }) => {
      checkType(request.base, MsgType.DescribeSegments);
      const { id } = collectionOf(request.collectionID);
      const [segmentId] = request.segmentIDs;
      if (segmentId !== undefined) {
        throw CoordError.plain(`segment not found, collection: ${id}, segment: ${segmentId}`);
      }
      return { status: StatusOk, collectionID: id, segmentInfos: new Map() };
    }),

    showSegments: unary(deps, service.showSegments, ({ request }) => {
      checkType(request.base, MsgType.ShowSegments);
      const { collectionID, partitionID } = request;
      const isInside = visiblePartitionIds(collectionOf(collectionID)).some(
        (id) => id === partitionID,
      );
      if (isInside) return { status: StatusOk, segmentIDs: [] };
      throw CoordError.plain(
        `partition id = ${partitionID} not belong to collection id = ${collectionID}`,
      );
    }),

    ...noticeHandlers(deps, root, data, collectionOf),
  };
}

/** What 2.1's coordinators tell RootCoord about segments. */
function noticeHandlers(
  deps: RpcDeps,
  root: () => RootCoord,
  data: () => DataCoord,
  collectionOf: (id: bigint) => CollectionRecord,
) {
  const service = RootCoordService;
  return {
    // Only DataCoord's own records count: a segment it has not is no work, and no error.
    segmentFlushCompleted: unary(deps, service.segmentFlushCompleted, ({ request }) => {
      checkType(request.base, MsgType.SegmentFlushDone);
      const { id } = collectionOf(request.segment?.collectionID ?? 0n);
      data().indexBuilds.coverSoon(id);
      return StatusOk;
    }),

    // Also of a collection that is gone: its streams go with the last of its searches.
    releaseDqlMessageStream: unary(deps, service.releaseDqlMessageStream, async ({ request }) => {
      const { dbID, collectionID } = request;
      const base = MsgBase.fromPartial({ msgType: request.base?.msgType ?? MsgType.Undefined });
      await root().proxies?.caches.releaseDqlMessageStream({ base, dbID, collectionID });
      return StatusOk;
    }),
  };
}
