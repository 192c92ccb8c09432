import { MsgType } from '../../../src/gen/common.js';
import { SegmentFlushCompletedMsg } from '../../../src/gen/data_coord.js';
import { DescribeSegmentRequest, ShowSegmentsRequest } from '../../../src/gen/milvus.js';
import { ReleaseDQLMessageStreamRequest } from '../../../src/gen/proxy.js';
import { DescribeSegmentsRequest, RootCoordService as R } from '../../../src/gen/root_coord.js';
import type { BuiltRpc } from './built-rpcs.js';

const collectionID = 100n;

const describe = DescribeSegmentRequest.create({
  base: { msgType: MsgType.DescribeSegment },
  collectionID,
  segmentID: 1n,
});
const describeMany = DescribeSegmentsRequest.create({
  base: { msgType: MsgType.DescribeSegments },
  collectionID,
  segmentIDs: [1n, 2n],
});
const show = ShowSegmentsRequest.create({
  base: { msgType: MsgType.ShowSegments },
  collectionID,
  partitionID: 101n,
});
const flushed = SegmentFlushCompletedMsg.fromPartial({
  base: { msgType: MsgType.SegmentFlushDone },
  segment: {
    ...{ ID: 1n, collectionID, partitionID: 101n, numOfRows: 3000n },
    binlogs: [{ fieldID: 101n, binlogs: [{ entriesNum: 3000n, logID: 7n }] }],
  },
});
const release = ReleaseDQLMessageStreamRequest.create({ dbID: 1n, collectionID });

/** Segment RPCs of the RootCoord of Milvus 2.1, and requests of a form they take. */
export const segmentRpcs: readonly BuiltRpc[] = [
  [R.describeSegment.path, R.describeSegment.requestSerialize(describe)] as const,
  [R.describeSegments.path, R.describeSegments.requestSerialize(describeMany)] as const,
  [R.showSegments.path, R.showSegments.requestSerialize(show)] as const,
  [R.segmentFlushCompleted.path, R.segmentFlushCompleted.requestSerialize(flushed)] as const,
  [R.releaseDqlMessageStream.path, R.releaseDqlMessageStream.requestSerialize(release)] as const,
].map(([path, valid]) => ({ service: 'rootCoord', path, valid }));
