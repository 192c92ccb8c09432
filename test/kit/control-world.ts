import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import {
  ListDatabasesRequest,
  type ListDatabasesResponse,
  type MilvusServiceClient,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
  ShowPartitionsRequest,
  type ShowPartitionsResponse,
} from '../../src/gen/milvus.js';
import { answerOf } from './answer-of.js';
import type { FeedFold, VisibleCollection } from './feed-fold.js';
import { describeCollection } from './milvus-calls.js';
import { collectionOf } from './sdk-collections.js';
import type { SeededRandom } from './seeded-random.js';

/** Random DDL of several clients on a few names, and what the server says of the result. */

const DATABASES = ['default', 'left', 'right'];
const NAMES = ['a', 'b', 'c', 'd'];
const ALIASES = ['x', 'y', 'c'];
const PARTITIONS = ['p', 'q'];

type Step = (sdk: MilvusClient, random: SeededRandom) => Promise<unknown>;

const where = (random: SeededRandom) => ({
  db_name: random.pick(DATABASES),
  collection_name: random.pick(NAMES),
});

const steps: readonly Step[] = [
  (sdk, random) => sdk.createDatabase({ db_name: random.pick(DATABASES) }),
  (sdk, random) => sdk.createDatabase({ db_name: random.pick(DATABASES) }),
  (sdk, random) => sdk.dropDatabase({ db_name: random.pick(DATABASES) }),
  (sdk, random) => sdk.createCollection({ ...collectionOf('any'), ...where(random) }),
  (sdk, random) => sdk.createCollection({ ...collectionOf('any'), ...where(random) }),
  (sdk, random) => sdk.createCollection({ ...collectionOf('any'), ...where(random) }),
  (sdk, random) => sdk.dropCollection(where(random)),
  (sdk, random) =>
    sdk.createPartition({ ...where(random), partition_name: random.pick(PARTITIONS) }),
  (sdk, random) =>
    sdk.createPartition({ ...where(random), partition_name: random.pick(PARTITIONS) }),
  (sdk, random) => sdk.dropPartition({ ...where(random), partition_name: random.pick(PARTITIONS) }),
  (sdk, random) => sdk.createAlias({ ...where(random), alias: random.pick(ALIASES) }),
  (sdk, random) => sdk.alterAlias({ ...where(random), alias: random.pick(ALIASES) }),
  (sdk, random) => sdk.dropAlias({ alias: random.pick(ALIASES) }),
  (sdk, random) =>
    sdk.renameCollection({
      ...where(random),
      new_collection_name: random.pick(NAMES),
      new_db_name: random.pick(DATABASES),
    }),
  (sdk, random) =>
    sdk.alterCollectionProperties({
      ...where(random),
      properties: { 'collection.ttl.seconds': 60 + random.below(600) },
    }),
];

/** Does `count` random things; refusals are part of life. */
export async function liveRandomly(
  sdk: MilvusClient,
  random: SeededRandom,
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    // The SDK throws what the server refuses to describe while it prepares a request.
    await random
      .pick(steps)(sdk, random)
      .catch(() => undefined);
  }
}

interface NamedCollection extends Omit<VisibleCollection, 'databaseId'> {
  readonly databaseName: string;
}

/** The fold in the words of the server's own answers. */
export function visibleIn(fold: FeedFold): NamedCollection[] {
  return fold.visibleCollections().map(({ databaseId, ...collection }) => ({
    ...collection,
    databaseName: fold.databases.get(databaseId)?.name ?? `database ${databaseId}`,
  }));
}

export const databaseNamesIn = (fold: FeedFold): string[] =>
  [...fold.databases.values()].map(({ name }) => name).sort();

export async function databaseNamesAt(milvus: MilvusServiceClient): Promise<string[]> {
  const { dbNames } = await answerOf<ListDatabasesResponse>((done) =>
    milvus.listDatabases(ListDatabasesRequest.create(), done),
  );
  return dbNames.sort();
}

/** What Show and Describe say of every database. */
export async function visibleAt(milvus: MilvusServiceClient): Promise<NamedCollection[]> {
  const found: NamedCollection[] = [];
  for (const databaseName of await databaseNamesAt(milvus)) {
    const { collectionNames } = await answerOf<ShowCollectionsResponse>((done) =>
      milvus.showCollections(ShowCollectionsRequest.create({ dbName: databaseName }), done),
    );
    for (const name of collectionNames) found.push(await describedAt(milvus, databaseName, name));
  }
  return found.sort((a, b) => Number(a.id - b.id));
}

async function describedAt(
  milvus: MilvusServiceClient,
  databaseName: string,
  collectionName: string,
): Promise<NamedCollection> {
  const question = { dbName: databaseName, collectionName };
  const { collectionID, aliases, updateTimestamp, properties, schema } = await describeCollection(
    milvus,
    question,
  );
  const { partitionNames } = await answerOf<ShowPartitionsResponse>((done) =>
    milvus.showPartitions(ShowPartitionsRequest.create(question), done),
  );
  return {
    id: collectionID,
    name: collectionName,
    databaseName,
    aliases: aliases.sort(),
    partitions: partitionNames.sort(),
    updateTimestamp,
    properties: properties.map(({ key, value }) => `${key}=${value}`).sort(),
    fields: (schema?.fields ?? []).map(({ name }) => name),
  };
}
