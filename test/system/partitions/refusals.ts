import { describe, expect, it } from 'vitest';
import { ErrorCode, type Status } from '../../../src/gen/common.js';
import type { MilvusServiceClient } from '../../../src/gen/milvus.js';
import type { RootCoordClient } from '../../../src/gen/root_coord.js';
import {
  createPartition,
  dropPartition,
  hasPartition,
  showPartitions,
  showPartitionsInternal,
} from '../../kit/partition-calls.js';
import { collectionOf, createThrough } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

type Ask<Client> = (client: Client) => Promise<Status | undefined>;

interface Refusal<Client> {
  readonly title: string;
  readonly ask: Ask<Client>;
  readonly code: number;
  readonly errorCode: ErrorCode;
  readonly reason: string;
}

const PLAIN = { code: 65535, errorCode: ErrorCode.UnexpectedError };
const INVALID = { code: 1100, errorCode: ErrorCode.IllegalArgument };
const NO_COLLECTION = { code: 100, errorCode: ErrorCode.CollectionNotExists };
const NOTHING_FOUND = {
  ...NO_COLLECTION,
  reason: 'collection not found[database=default][collection=nothing]',
};

const COLLECTION = 'shelves';
const KEYED = 'keyed';

const statusOf = async (answer: Promise<{ readonly status?: Status | undefined }>) =>
  (await answer).status;

/** The calls that name a partition, each on a collection and partition of one's choice. */
const calls = {
  create: createPartition,
  drop: dropPartition,
  has: (client: MilvusServiceClient, collection: string, partition: string) =>
    statusOf(hasPartition(client, collection, partition)),
};

const everyCall = (
  what: string,
  [collection, partition]: readonly [string, string],
  refusal: Omit<Refusal<never>, 'title' | 'ask'>,
): Refusal<MilvusServiceClient>[] =>
  Object.entries(calls).map(([verb, call]) => ({
    title: `${verb}: ${what}`,
    ask: (client) => call(client, collection, partition),
    ...refusal,
  }));

const badPartition = (what: string, name: string, rule: string) =>
  everyCall(what, [COLLECTION, name], {
    ...PLAIN,
    reason: `Invalid partition name: ${name.trim()}. ${rule}`,
  });

/** What a proxy refuses (facts/rootcoord §6, §19.1, §19.3). */
const frontRefusals: readonly Refusal<MilvusServiceClient>[] = [
  ...everyCall('the name of the collection is white space', [' ', 'p'], {
    ...INVALID,
    reason: 'collection name should not be empty: invalid parameter',
  }),
  ...everyCall('the name of the collection has a hyphen', ['a-b', 'p'], {
    ...INVALID,
    reason:
      'Invalid collection name: a-b.  ' +
      'collection name can only contain numbers, letters and underscores: invalid parameter',
  }),
  ...badPartition('the name is white space', ' \t', 'Partition name should not be empty.'),
  ...badPartition(
    'the name has a hyphen first',
    '-p',
    'The first character of a partition name must be an underscore or letter.',
  ),
  ...badPartition(
    'the name has a dot',
    'a.b',
    'Partition name can only contain numbers, letters and underscores.',
  ),
  ...badPartition(
    'the name has 256 characters',
    'p'.repeat(256),
    'The length of a partition name must be less than 255 characters.',
  ),
  ...everyCall('there is no such collection', ['nothing', 'p'], NOTHING_FOUND),
  ...(['create', 'drop'] as const).map((verb) => ({
    title: `${verb}: the collection has a partition key`,
    ask: (client: MilvusServiceClient) => calls[verb](client, KEYED, 'p'),
    ...PLAIN,
    reason: `disable ${verb} partition if partition key mode is used`,
  })),
  {
    title: 'drop: the default partition',
    ask: (client) => dropPartition(client, COLLECTION, '_default'),
    ...PLAIN,
    reason: 'default partition cannot be deleted',
  },
  {
    title: 'show: the collection has no name and no id',
    ask: (client) => statusOf(showPartitions(client, {})),
    ...INVALID,
    reason: 'collection name should not be empty: invalid parameter',
  },
  {
    title: 'show: there is no such collection',
    ask: (client) => statusOf(showPartitions(client, { collectionName: 'nothing' })),
    ...NOTHING_FOUND,
  },
  {
    title: 'show: there is no such id',
    ask: (client) => statusOf(showPartitions(client, { collectionID: 77n })),
    ...NO_COLLECTION,
    reason: 'collection not found[collection=77]',
  },
  {
    title: 'show: there is no such database',
    ask: (client) =>
      statusOf(showPartitions(client, { dbName: 'nowhere', collectionName: COLLECTION })),
    code: 800,
    errorCode: ErrorCode.UnexpectedError,
    reason: 'database not found[database=nowhere]',
  },
];

/** What RootCoord itself refuses, whoever asks. */
const rootRefusals: readonly Refusal<RootCoordClient>[] = [
  {
    title: 'create: there is no such collection',
    ask: (client) => createPartition(client, 'nothing', 'p'),
    ...NOTHING_FOUND,
  },
  {
    title: 'drop: there is no such collection',
    ask: (client) => dropPartition(client, 'nothing', 'p'),
    ...NOTHING_FOUND,
  },
  {
    title: 'drop: the default partition, before the collection is looked for',
    ask: (client) => dropPartition(client, 'nothing', '_default'),
    ...PLAIN,
    reason: 'default partition cannot be deleted',
  },
  {
    title: 'has: there is no such collection',
    ask: (client) => statusOf(hasPartition(client, 'nothing', 'p')),
    ...NOTHING_FOUND,
  },
  {
    title: 'show, for coordinators: there is no such id',
    ask: (client) => statusOf(showPartitionsInternal(client, { collectionID: 77n })),
    ...NO_COLLECTION,
    reason: 'collection not found[collection=77]',
  },
];

/** Every refusal of the partition RPCs, with code, legacy code and text. */
export function partitionRefusalSuite(server: SuiteServer): void {
  describe('partitions are refused', () => {
    it('of collections made for it', async () => {
      await createThrough(server.sdk, collectionOf(COLLECTION));
      await createThrough(
        server.sdk,
        collectionOf(KEYED, [{ name: 'owner', data_type: 'Int64', is_partition_key: true }]),
      );
    });

    for (const { title, ask, ...refusal } of frontRefusals) {
      it(`by a proxy: ${title}`, async () => {
        expect(await ask(server.milvus)).toMatchObject(refusal);
      });
    }

    for (const { title, ask, ...refusal } of rootRefusals) {
      it(`by RootCoord: ${title}`, async () => {
        expect(await ask(server.root)).toMatchObject(refusal);
      });
    }

    it('without having changed anything', async () => {
      const { partitionNames } = await showPartitions(server.root, { collectionName: COLLECTION });
      expect(partitionNames).toEqual(['_default']);
    });
  });
}
