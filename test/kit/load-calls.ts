import type { Status } from '../../src/gen/common.js';
import {
  GetCollectionStatisticsRequest,
  type GetCollectionStatisticsResponse,
  GetLoadingProgressRequest,
  type GetLoadingProgressResponse,
  GetLoadStateRequest,
  type GetLoadStateResponse,
  GetPartitionStatisticsRequest,
  type GetPartitionStatisticsResponse,
  GetPersistentSegmentInfoRequest,
  type GetPersistentSegmentInfoResponse,
  GetQuerySegmentInfoRequest,
  type GetQuerySegmentInfoResponse,
  GetReplicasRequest,
  type GetReplicasResponse,
  LoadCollectionRequest,
  LoadPartitionsRequest,
  type MilvusServiceClient,
  ReleaseCollectionRequest,
  ReleasePartitionsRequest,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
  ShowType,
} from '../../src/gen/milvus.js';
import { answerOf } from './answer-of.js';

/** Calls about loads and statistics, with fields no SDK fills in. */

type Client = MilvusServiceClient;
type Load = Parameters<typeof LoadCollectionRequest.create>[0];
type PartitionLoad = Parameters<typeof LoadPartitionsRequest.create>[0];
type OnPartitions = Parameters<typeof ReleasePartitionsRequest.create>[0];

export const loadCollection = (milvus: Client, load: Load): Promise<Status> =>
  answerOf((done) => milvus.loadCollection(LoadCollectionRequest.create(load), done));

export const loadPartitions = (milvus: Client, load: PartitionLoad): Promise<Status> =>
  answerOf((done) => milvus.loadPartitions(LoadPartitionsRequest.create(load), done));

export const releaseCollection = (milvus: Client, collectionName: string): Promise<Status> =>
  answerOf((done) =>
    milvus.releaseCollection(ReleaseCollectionRequest.create({ collectionName }), done),
  );

export const releasePartitions = (milvus: Client, subject: OnPartitions): Promise<Status> =>
  answerOf((done) => milvus.releasePartitions(ReleasePartitionsRequest.create(subject), done));

export const loadState = (milvus: Client, subject: OnPartitions): Promise<GetLoadStateResponse> =>
  answerOf((done) => milvus.getLoadState(GetLoadStateRequest.create(subject), done));

export const loadingProgress = (
  milvus: Client,
  subject: OnPartitions,
): Promise<GetLoadingProgressResponse> =>
  answerOf((done) => milvus.getLoadingProgress(GetLoadingProgressRequest.create(subject), done));

export const replicasOf = (
  milvus: Client,
  subject: Parameters<typeof GetReplicasRequest.create>[0],
): Promise<GetReplicasResponse> =>
  answerOf((done) => milvus.getReplicas(GetReplicasRequest.create(subject), done));

/** The loaded collections, or these. */
export const showLoaded = (
  milvus: Client,
  collectionNames: string[] = [],
): Promise<ShowCollectionsResponse> => {
  const request = ShowCollectionsRequest.create({ type: ShowType.InMemory, collectionNames });
  return answerOf((done) => milvus.showCollections(request, done));
};

export const collectionStatistics = (
  milvus: Client,
  collectionName: string,
): Promise<GetCollectionStatisticsResponse> =>
  answerOf((done) =>
    milvus.getCollectionStatistics(GetCollectionStatisticsRequest.create({ collectionName }), done),
  );

export const partitionStatistics = (
  milvus: Client,
  collectionName: string,
  partitionName: string,
): Promise<GetPartitionStatisticsResponse> => {
  const request = GetPartitionStatisticsRequest.create({ collectionName, partitionName });
  return answerOf((done) => milvus.getPartitionStatistics(request, done));
};

export const persistentSegments = (
  milvus: Client,
  collectionName: string,
): Promise<GetPersistentSegmentInfoResponse> => {
  const request = GetPersistentSegmentInfoRequest.create({ collectionName });
  return answerOf((done) => milvus.getPersistentSegmentInfo(request, done));
};

export const querySegments = (
  milvus: Client,
  collectionName: string,
): Promise<GetQuerySegmentInfoResponse> => {
  const request = GetQuerySegmentInfoRequest.create({ collectionName });
  return answerOf((done) => milvus.getQuerySegmentInfo(request, done));
};
