import type { MilvusServiceClient } from '../../src/gen/milvus.js';
import {
  AllocTimestampRequest,
  type AllocTimestampResponse,
  type BoolResponse,
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
  HasCollectionRequest,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
} from '../../src/gen/milvus.js';
import { answerOf } from './answer-of.js';

/** Reads of MilvusService with the fields no SDK fills in. */

/** A timestamp of this moment: whatever happens later has a larger one. */
export async function timestampNow(milvus: MilvusServiceClient): Promise<bigint> {
  const { timestamp } = await answerOf<AllocTimestampResponse>((done) =>
    milvus.allocTimestamp(AllocTimestampRequest.create(), done),
  );
  return timestamp;
}

/** By name, or by id when the name is empty; `timeStamp` 0 asks for the present. */
interface Question {
  readonly dbName?: string;
  readonly collectionName?: string;
  readonly collectionID?: bigint;
  readonly timeStamp?: bigint;
}

export const describeCollection = (milvus: MilvusServiceClient, question: Question) =>
  answerOf<DescribeCollectionResponse>((done) =>
    milvus.describeCollection(DescribeCollectionRequest.create(question), done),
  );

export const hasCollection = (milvus: MilvusServiceClient, question: Question) =>
  answerOf<BoolResponse>((done) =>
    milvus.hasCollection(HasCollectionRequest.create(question), done),
  );

export const showCollections = (milvus: MilvusServiceClient, timeStamp = 0n) =>
  answerOf<ShowCollectionsResponse>((done) =>
    milvus.showCollections(ShowCollectionsRequest.create({ timeStamp }), done),
  );
