import { MsgType, type Status } from '../../src/gen/common.js';
import type { DataCoordClient } from '../../src/gen/data_coord.js';
import {
  AlterIndexRequest as DataAlterIndexRequest,
  CreateIndexRequest as DataCreateIndexRequest,
  DescribeIndexRequest as DataDescribeIndexRequest,
  type DescribeIndexResponse as DataDescribeIndexResponse,
  DropIndexRequest as DataDropIndexRequest,
  type ListIndexesResponse,
} from '../../src/gen/index_coord.js';
import {
  AlterIndexRequest,
  CreateIndexRequest,
  DescribeIndexRequest,
  type DescribeIndexResponse,
  DropIndexRequest,
  GetIndexBuildProgressRequest,
  type GetIndexBuildProgressResponse,
  GetIndexStateRequest,
  type GetIndexStateResponse,
  GetIndexStatisticsRequest,
  type GetIndexStatisticsResponse,
  type MilvusServiceClient,
} from '../../src/gen/milvus.js';
import type { RootCoordClient } from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';

/** Calls about indexes. Asked of RootCoord they say their message type, as a proxy of 2.1 does. */

type Either = MilvusServiceClient | RootCoordClient;

type Fields<Request> = Partial<Omit<Request, 'base' | '_unknownFields'>>;

export const createIndex = (client: Either, fields: Fields<CreateIndexRequest>) =>
  answerOf<Status>((done) =>
    client.createIndex(
      CreateIndexRequest.create({ base: { msgType: MsgType.CreateIndex }, ...fields }),
      done,
    ),
  );

export const describeIndex = (client: Either, fields: Fields<DescribeIndexRequest>) =>
  answerOf<DescribeIndexResponse>((done) =>
    client.describeIndex(
      DescribeIndexRequest.create({ base: { msgType: MsgType.DescribeIndex }, ...fields }),
      done,
    ),
  );

export const dropIndex = (client: Either, fields: Fields<DropIndexRequest>) =>
  answerOf<Status>((done) =>
    client.dropIndex(
      DropIndexRequest.create({ base: { msgType: MsgType.DropIndex }, ...fields }),
      done,
    ),
  );

export const alterIndex = (client: MilvusServiceClient, fields: Fields<AlterIndexRequest>) =>
  answerOf<Status>((done) => client.alterIndex(AlterIndexRequest.create(fields), done));

export const indexState = (client: MilvusServiceClient, fields: Fields<GetIndexStateRequest>) =>
  answerOf<GetIndexStateResponse>((done) =>
    client.getIndexState(GetIndexStateRequest.create(fields), done),
  );

export const indexProgress = (
  client: MilvusServiceClient,
  fields: Fields<GetIndexBuildProgressRequest>,
) =>
  answerOf<GetIndexBuildProgressResponse>((done) =>
    client.getIndexBuildProgress(GetIndexBuildProgressRequest.create(fields), done),
  );

export const indexStatistics = (
  client: MilvusServiceClient,
  fields: Fields<GetIndexStatisticsRequest>,
) =>
  answerOf<GetIndexStatisticsResponse>((done) =>
    client.getIndexStatistics(GetIndexStatisticsRequest.create(fields), done),
  );

/** The same of DataCoord, by id. */
export const createAtData = (client: DataCoordClient, fields: Fields<DataCreateIndexRequest>) =>
  answerOf<Status>((done) => client.createIndex(DataCreateIndexRequest.create(fields), done));

export const alterAtData = (client: DataCoordClient, fields: Fields<DataAlterIndexRequest>) =>
  answerOf<Status>((done) => client.alterIndex(DataAlterIndexRequest.create(fields), done));

export const dropAtData = (client: DataCoordClient, fields: Fields<DataDropIndexRequest>) =>
  answerOf<Status>((done) => client.dropIndex(DataDropIndexRequest.create(fields), done));

export const describeAtData = (client: DataCoordClient, fields: Fields<DataDescribeIndexRequest>) =>
  answerOf<DataDescribeIndexResponse>((done) =>
    client.describeIndex(DataDescribeIndexRequest.create(fields), done),
  );

export const listAtData = (client: DataCoordClient, collectionID: bigint) =>
  answerOf<ListIndexesResponse>((done) => client.listIndexes({ collectionID }, done));

/** `{ M: '8' }` for the pairs of an answer. */
export const valuesOf = (
  params: readonly { readonly key: string; readonly value: string | number }[],
): Record<string, string> =>
  Object.fromEntries(params.map(({ key, value }) => [key, String(value)]));
