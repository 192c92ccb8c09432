import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import { ShowType } from '../../../src/gen/milvus.js';
import { createIndexed } from '../../kit/indexed-collections.js';
import {
  loadCollection,
  loadingProgress,
  loadPartitions,
  loadState,
  partitionStatistics,
  releasePartitions,
  showLoaded,
} from '../../kit/load-calls.js';
import { showPartitions } from '../../kit/partition-calls.js';
import { collectionOf, textField, vectorField } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import { nameRefusals } from './name-refusals.js';
import {
  COLLECTION_NOT_LOADED,
  INVALID,
  NO_GROUP,
  NO_INDEX,
  NO_NODES,
  NO_PARTITION,
  PARTITION_NOT_LOADED,
  PLAIN,
  type Refusal,
  statusOf,
} from './refusal.js';

/** Ready to be loaded, and never loaded. */
const IDLE = 'idle';
/** Loaded as a whole. */
const LOADED = 'busy';
/** Two vectors, of which one has an index. */
const HALF = 'half';
/** An index on a scalar field only. */
const SCALAR = 'scalar';
/** No index at all. */
const BARE = 'bare';
/** Its rows are spread over partitions by a key, and its vector has an index. */
const KEYED = 'spread';

const GROUP = '__default_resource_group';
const SPAWN = 'failed to spawn replica for collection: ';

type Load = Parameters<typeof loadCollection>[1];

const loading = (title: string, load: Load, refusal: Omit<Refusal, 'title' | 'ask'>): Refusal => ({
  title: `load: ${title}`,
  ask: (client) => loadCollection(client, load),
  ...refusal,
});

const idle = { collectionName: IDLE };
const loaded = { collectionName: LOADED };

const loadRefusals: readonly Refusal[] = [
  loading(
    'of another database',
    { ...idle, dbName: 'none' },
    {
      code: 800,
      errorCode: ErrorCode.UnexpectedError,
      reason: 'database not found[database=none]',
    },
  ),
  loading(
    'without any index',
    { collectionName: BARE },
    {
      ...NO_INDEX,
      reason: 'index not found[collection=bare]',
    },
  ),
  loading(
    'without the index of one vector',
    { collectionName: HALF },
    {
      ...PLAIN,
      reason: 'there is no vector index on field: [other], please create index firstly',
    },
  ),
  loading(
    'with an index on a scalar only',
    { collectionName: SCALAR },
    {
      ...PLAIN,
      reason: 'there is no vector index on field: [vector], please create index firstly',
    },
  ),
  loading(
    'of a field that is not there',
    { ...idle, loadFields: ['id', 'none'] },
    {
      ...PLAIN,
      reason: 'failed to get field schema by name: fieldName(none) not found',
    },
  ),
  loading(
    'of fields without the key',
    { ...idle, loadFields: ['vector'] },
    {
      ...INVALID,
      reason: 'load field list [vector] does not contain primary key field id: invalid parameter',
    },
  ),
  loading(
    'of fields without a vector',
    { ...idle, loadFields: ['id', 'title'] },
    {
      ...INVALID,
      reason: 'load field list [id title] does not contain vector field: invalid parameter',
    },
  ),
  loading(
    'of fields without the partition key',
    { collectionName: KEYED, loadFields: ['id', 'vector'] },
    {
      ...INVALID,
      reason:
        'load field list [id vector] does not contain partition key field title: invalid parameter',
    },
  ),
  loading(
    'into a group that is not there',
    { ...idle, resourceGroups: ['rg'] },
    {
      ...NO_GROUP,
      reason: `${SPAWN}resource group not found[rg=rg]`,
    },
  ),
  loading(
    'into more groups than replicas',
    { ...idle, replicaNumber: 3, resourceGroups: [GROUP, GROUP] },
    {
      ...PLAIN,
      reason: `${SPAWN}resource group num can only be 0, 1 or same as replica number`,
    },
  ),
  loading(
    'of more replicas than are kept',
    { ...idle, replicaNumber: 65 },
    {
      ...NO_NODES,
      reason: `${SPAWN}resource group node not enough[rg=${GROUP}][currentNodeNum=64][expectedNodeNum=65]`,
    },
  ),
  loading(
    'of as many replicas as there are numbers',
    { ...idle, replicaNumber: 2 ** 31 - 1 },
    {
      ...NO_NODES,
      reason: /expectedNodeNum=2147483647/,
    },
  ),
  loading(
    'only refreshed, of what is not loaded',
    { ...idle, refresh: true },
    {
      ...COLLECTION_NOT_LOADED,
      reason: /^collection not loaded\[collection=\d+\]$/,
    },
  ),
  loading(
    'of what is loaded, with other replicas',
    { ...loaded, replicaNumber: 2 },
    {
      ...INVALID,
      reason:
        "can't change the replica number for loaded collection: " +
        'invalid parameter[expected=1][actual=2]',
    },
  ),
  loading(
    'of what is loaded, in other groups',
    { ...loaded, resourceGroups: ['rg'] },
    {
      ...INVALID,
      reason:
        "can't change the resource groups for loaded collection: " +
        `invalid parameter[expected=[${GROUP}]][actual=[rg]]`,
    },
  ),
  loading(
    'of what is loaded, with other fields',
    { ...loaded, loadFields: ['id', 'vector'] },
    {
      ...INVALID,
      reason:
        "can't change the load field list for loaded collection: " +
        'invalid parameter[expected=[100 101 102]][actual=[100 101]]',
    },
  ),
];

type PartitionLoad = Parameters<typeof loadPartitions>[1];

const loadingPartitions = (
  title: string,
  load: PartitionLoad,
  refusal: Omit<Refusal, 'title' | 'ask'>,
): Refusal => ({
  title: `load partitions: ${title}`,
  ask: (client) => loadPartitions(client, load),
  ...refusal,
});

const partitionNames = ['_default'];
const onNone = { ...idle, partitionNames: ['_default', 'none'] };

const partitionRefusals: readonly Refusal[] = [
  loadingPartitions('one is not there', onNone, NO_PARTITION),
  loadingPartitions('of none', idle, {
    ...PLAIN,
    reason: 'failed to load partition, due to no partition specified',
  }),
  loadingPartitions(
    'of a partition-key collection',
    { collectionName: KEYED, partitionNames },
    {
      ...PLAIN,
      reason: 'disable load partitions if partition key mode is used',
    },
  ),
  loadingPartitions(
    'without any index',
    { collectionName: BARE, partitionNames },
    {
      ...NO_INDEX,
      reason: 'index not found[collection=bare]',
    },
  ),
  loadingPartitions(
    'with an index on a scalar only',
    { collectionName: SCALAR, partitionNames },
    {
      ...PLAIN,
      reason: 'there is no vector index on collection: scalar, please create index firstly',
    },
  ),
  loadingPartitions(
    'without the index of one vector',
    { collectionName: HALF, partitionNames },
    {
      ...PLAIN,
      reason: 'there is no vector index on field: [other], please create index firstly',
    },
  ),
  loadingPartitions(
    'only refreshed',
    { ...idle, partitionNames, refresh: true },
    {
      ...COLLECTION_NOT_LOADED,
      reason: /^collection not loaded\[collection=\d+\]$/,
    },
  ),
  loadingPartitions(
    'with other replicas',
    { ...loaded, partitionNames, replicaNumber: 2 },
    {
      ...INVALID,
      reason: /^can't change the replica number for loaded collection: invalid parameter/,
    },
  ),
  {
    title: 'release partitions: one is not there',
    ask: (client) => releasePartitions(client, onNone),
    ...NO_PARTITION,
  },
  {
    title: 'release partitions: none',
    ask: (client) => releasePartitions(client, idle),
    ...INVALID,
    reason: 'invalid parameter[expected=any partition][actual=empty partition list]',
  },
  {
    title: 'release partitions: of a partition-key collection',
    ask: (client) => releasePartitions(client, { collectionName: KEYED, partitionNames }),
    ...PLAIN,
    reason: 'disable release partitions if partition key mode is used',
  },
];

const stateRefusals: readonly Refusal[] = [
  {
    title: 'progress: of a collection that is not loaded',
    ask: (client) => statusOf(loadingProgress(client, idle)),
    ...COLLECTION_NOT_LOADED,
    reason: /^collection not loaded\[collection=\d+\]$/,
  },
  {
    title: 'progress: of a partition that is not loaded',
    ask: (client) => statusOf(loadingProgress(client, { ...idle, partitionNames })),
    ...PARTITION_NOT_LOADED,
    reason: /^partition not loaded\[partition=\d+\]$/,
  },
  {
    title: 'progress: of a partition that is not there',
    ask: (client) => statusOf(loadingProgress(client, onNone)),
    ...NO_PARTITION,
  },
  {
    title: 'state: of a partition that is not there',
    ask: (client) => statusOf(loadState(client, onNone)),
    ...NO_PARTITION,
  },
  {
    title: 'what is in memory: a collection that is not loaded',
    ask: (client) => statusOf(showLoaded(client, [LOADED, IDLE])),
    ...COLLECTION_NOT_LOADED,
    reason: 'collection not loaded[collection=idle]',
  },
  {
    title: 'what is in memory: a partition that is not loaded',
    ask: (client) =>
      statusOf(showPartitions(client, { ...idle, partitionNames, type: ShowType.InMemory })),
    ...PARTITION_NOT_LOADED,
    reason: /^partition not loaded\[partition=\d+\]$/,
  },
  {
    title: 'partition statistics: the partition is not there',
    ask: (client) => statusOf(partitionStatistics(client, IDLE, 'none')),
    ...NO_PARTITION,
  },
];

/** What a proxy and QueryCoord refuse about loads and statistics. */
export function loadRefusalSuite(server: SuiteServer): void {
  const all = [...nameRefusals, ...loadRefusals, ...partitionRefusals, ...stateRefusals];

  const prepare = async () => {
    const { sdk, milvus } = server;
    const title = textField('title');
    await createIndexed(sdk, collectionOf(IDLE, [title]));
    await createIndexed(sdk, collectionOf(LOADED, [title]));
    await createIndexed(sdk, collectionOf(HALF, [vectorField({ name: 'other' })]));
    await createIndexed(sdk, collectionOf(SCALAR, [title]), []);
    const index = { collection_name: SCALAR, field_name: 'title', index_type: 'INVERTED' };
    await sdk.createIndex(index);
    await createIndexed(sdk, collectionOf(BARE), []);
    await createIndexed(sdk, collectionOf(KEYED, [{ ...title, is_partition_key: true }]));
    await loadCollection(milvus, { collectionName: LOADED });
  };

  describe('refusals', () => {
    it('are more than thirty', async () => {
      await prepare();
      expect(all.length).toBeGreaterThan(30);
    });

    it.each(all)('$title', async ({ ask, code, errorCode, reason }) => {
      const status = await ask(server.milvus);
      expect(status).toMatchObject({ code, errorCode });
      if (typeof reason === 'string') expect(status?.reason).toBe(reason);
      else expect(status?.reason).toMatch(reason);
    });

    it('leave everything as it was', async () => {
      const { collectionNames } = await showLoaded(server.milvus);
      const names = [IDLE, HALF, SCALAR, BARE, KEYED];
      expect(collectionNames.filter((name) => names.includes(name))).toEqual([]);
      expect(collectionNames).toContain(LOADED);
    });
  });
}
