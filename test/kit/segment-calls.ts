import { MsgType, type Status } from '../../src/gen/common.js';
import { SegmentFlushCompletedMsg } from '../../src/gen/data_coord.js';
import {
  DescribeSegmentRequest,
  type DescribeSegmentResponse,
  ShowSegmentsRequest,
  type ShowSegmentsResponse,
} from '../../src/gen/milvus.js';
import { ReleaseDQLMessageStreamRequest } from '../../src/gen/proxy.js';
import {
  DescribeSegmentsRequest,
  type DescribeSegmentsResponse,
  type RootCoordClient,
} from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';

/** Calls about segments as the coordinators and proxies of Milvus 2.1 make them. */

interface SegmentsOf {
  readonly collectionID: bigint;
  /** The right one of the call by default. */
  readonly msgType?: MsgType;
}

export const describeSegment = (
  root: RootCoordClient,
  { msgType = MsgType.DescribeSegment, ...fields }: SegmentsOf & { readonly segmentID: bigint },
) =>
  answerOf<DescribeSegmentResponse>((done) =>
    root.describeSegment(DescribeSegmentRequest.create({ base: { msgType }, ...fields }), done),
  );

export const describeSegments = (
  root: RootCoordClient,
  { msgType = MsgType.DescribeSegments, ...fields }: SegmentsOf & { readonly segmentIDs: bigint[] },
) =>
  answerOf<DescribeSegmentsResponse>((done) =>
    root.describeSegments(DescribeSegmentsRequest.create({ base: { msgType }, ...fields }), done),
  );

export const showSegments = (
  root: RootCoordClient,
  { msgType = MsgType.ShowSegments, ...fields }: SegmentsOf & { readonly partitionID: bigint },
) =>
  answerOf<ShowSegmentsResponse>((done) =>
    root.showSegments(ShowSegmentsRequest.create({ base: { msgType }, ...fields }), done),
  );

export const segmentFlushCompleted = (
  root: RootCoordClient,
  { msgType = MsgType.SegmentFlushDone, collectionID }: SegmentsOf,
) =>
  answerOf<Status>((done) =>
    root.segmentFlushCompleted(
      SegmentFlushCompletedMsg.fromPartial({
        base: { msgType },
        segment: { ID: 9n, collectionID, numOfRows: 3_000n },
      }),
      done,
    ),
  );

export const releaseStream = (root: RootCoordClient, collectionID: bigint) =>
  answerOf<Status>((done) =>
    root.releaseDqlMessageStream(
      ReleaseDQLMessageStreamRequest.create({ dbID: 1n, collectionID }),
      done,
    ),
  );
