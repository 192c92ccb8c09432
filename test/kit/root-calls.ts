import { MsgType, type Status } from '../../src/gen/common.js';
import {
  CreateCollectionRequest,
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
  DropCollectionRequest,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
} from '../../src/gen/milvus.js';
import {
  AllocIDRequest,
  type AllocIDResponse,
  AllocTimestampRequest,
  type AllocTimestampResponse,
  type RootCoordClient,
} from '../../src/gen/root_coord.js';
import { CollectionSchema } from '../../src/gen/schema.js';
import { answerOf } from './answer-of.js';
import { aSchema } from './schemas.js';

/** Calls of RootCoord the way a proxy makes them: with the message type, and nothing checked. */

type Changes = Partial<Omit<CreateCollectionRequest, 'schema'>> & {
  readonly schema?: CollectionSchema;
};

/** A key and a vector under this name, unless `changes` says otherwise. */
export function createAtRoot(
  root: RootCoordClient,
  collectionName: string,
  { schema = aSchema([], { name: collectionName }), ...changes }: Changes = {},
): Promise<Status> {
  const request = CreateCollectionRequest.create({
    base: { msgType: MsgType.CreateCollection },
    collectionName,
    schema: CollectionSchema.encode(schema).finish(),
    ...changes,
  });
  return answerOf<Status>((done) => root.createCollection(request, done));
}

export const dropAtRoot = (root: RootCoordClient, collectionName: string): Promise<Status> =>
  answerOf<Status>((done) =>
    root.dropCollection(
      DropCollectionRequest.create({ base: { msgType: MsgType.DropCollection }, collectionName }),
      done,
    ),
  );

export const describeAtRoot = (root: RootCoordClient, collectionName: string) =>
  answerOf<DescribeCollectionResponse>((done) =>
    root.describeCollection(
      DescribeCollectionRequest.create({
        base: { msgType: MsgType.DescribeCollection },
        collectionName,
      }),
      done,
    ),
  );

/** Names of every visible collection, in order. */
export async function namesAtRoot(root: RootCoordClient): Promise<string[]> {
  const request = ShowCollectionsRequest.create({ base: { msgType: MsgType.ShowCollections } });
  const { collectionNames } = await answerOf<ShowCollectionsResponse>((done) =>
    root.showCollections(request, done),
  );
  return collectionNames.sort();
}

export const allocateTimestamps = (root: RootCoordClient, count: number, blockTimestamp = 0n) =>
  answerOf<AllocTimestampResponse>((done) =>
    root.allocTimestamp(AllocTimestampRequest.create({ count, blockTimestamp }), done),
  );

export const allocateIds = (root: RootCoordClient, count: number) =>
  answerOf<AllocIDResponse>((done) => root.allocId(AllocIDRequest.create({ count }), done));
