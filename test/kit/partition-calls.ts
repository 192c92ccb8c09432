import { MsgType, type Status } from '../../src/gen/common.js';
import {
  type BoolResponse,
  CreatePartitionRequest,
  DropPartitionRequest,
  HasPartitionRequest,
  type MilvusServiceClient,
  ShowPartitionsRequest,
  type ShowPartitionsResponse,
} from '../../src/gen/milvus.js';
import type { RootCoordClient } from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';

/**
 * Calls about partitions. Asked of RootCoord they say their message type, as a proxy does; a
 * MilvusService does not look at it.
 */

type Either = MilvusServiceClient | RootCoordClient;

export const createPartition = (
  client: Either,
  collectionName: string,
  partitionName: string,
): Promise<Status> => {
  const base = { msgType: MsgType.CreatePartition };
  const request = CreatePartitionRequest.create({ base, collectionName, partitionName });
  return answerOf<Status>((done) => client.createPartition(request, done));
};

export const dropPartition = (
  client: Either,
  collectionName: string,
  partitionName: string,
): Promise<Status> => {
  const base = { msgType: MsgType.DropPartition };
  const request = DropPartitionRequest.create({ base, collectionName, partitionName });
  return answerOf<Status>((done) => client.dropPartition(request, done));
};

export const hasPartition = (client: Either, collectionName: string, partitionName: string) => {
  const base = { msgType: MsgType.HasPartition };
  const request = HasPartitionRequest.create({ base, collectionName, partitionName });
  return answerOf<BoolResponse>((done) => client.hasPartition(request, done));
};

type Question = Parameters<typeof ShowPartitionsRequest.create>[0];

const showRequest = (question: Question) =>
  ShowPartitionsRequest.create({ base: { msgType: MsgType.ShowPartitions }, ...question });

export const showPartitions = (client: Either, question: Question) =>
  answerOf<ShowPartitionsResponse>((done) => client.showPartitions(showRequest(question), done));

/** What other coordinators are told. */
export const showPartitionsInternal = (root: RootCoordClient, question: Question) =>
  answerOf<ShowPartitionsResponse>((done) =>
    root.showPartitionsInternal(showRequest(question), done),
  );
