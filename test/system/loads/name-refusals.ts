import type { Status } from '../../../src/gen/common.js';
import type { MilvusServiceClient } from '../../../src/gen/milvus.js';
import {
  collectionStatistics,
  loadCollection,
  loadingProgress,
  loadPartitions,
  loadState,
  partitionStatistics,
  persistentSegments,
  querySegments,
  releaseCollection,
  releasePartitions,
  replicasOf,
  showLoaded,
} from '../../kit/load-calls.js';
import { INVALID, NO_COLLECTION, type Refusal, statusOf } from './refusal.js';

type Call = (client: MilvusServiceClient, collectionName: string) => Promise<Status | undefined>;

/** Calls that name a collection and may be asked of any. */
const namedCalls: Readonly<Record<string, Call>> = {
  load: (client, collectionName) => loadCollection(client, { collectionName }),
  release: releaseCollection,
  'load partitions': (client, collectionName) =>
    loadPartitions(client, { collectionName, partitionNames: ['_default'] }),
  'release partitions': (client, collectionName) =>
    releasePartitions(client, { collectionName, partitionNames: ['_default'] }),
  progress: (client, collectionName) => statusOf(loadingProgress(client, { collectionName })),
};

/** They look the name up without asking whether it could be one. */
const lookUps: Readonly<Record<string, Call>> = {
  replicas: (client, collectionName) => statusOf(replicasOf(client, { collectionName })),
  'what is in memory': (client, collectionName) => statusOf(showLoaded(client, [collectionName])),
  statistics: (client, name) => statusOf(collectionStatistics(client, name)),
  'partition statistics': (client, name) => statusOf(partitionStatistics(client, name, 'p')),
  'persistent segments': (client, name) => statusOf(persistentSegments(client, name)),
  'query segments': (client, name) => statusOf(querySegments(client, name)),
};

const everyCall = (
  calls: Readonly<Record<string, Call>>,
  what: string,
  collectionName: string,
  refusal: Omit<Refusal, 'title' | 'ask'>,
): Refusal[] =>
  Object.entries(calls).map(([verb, call]) => ({
    title: `${verb}: ${what}`,
    ask: (client) => call(client, collectionName),
    ...refusal,
  }));

/** What may be no collection's name, or is none's. */
export const nameRefusals: readonly Refusal[] = [
  ...everyCall(namedCalls, 'the name is empty', '', {
    ...INVALID,
    reason: 'collection name should not be empty: invalid parameter',
  }),
  ...everyCall(namedCalls, 'the name has a hyphen', 'a-b', {
    ...INVALID,
    reason:
      'Invalid collection name: a-b.  ' +
      'collection name can only contain numbers, letters and underscores: invalid parameter',
  }),
  ...everyCall({ ...namedCalls, ...lookUps }, 'nothing has the name', 'nothing', {
    ...NO_COLLECTION,
    reason: 'collection not found[database=default][collection=nothing]',
  }),
  {
    title: 'state: the name begins with a digit',
    ask: (client) => statusOf(loadState(client, { collectionName: '1st' })),
    ...INVALID,
    reason:
      'Invalid collection name: 1st.  the first character of a collection name must be an ' +
      'underscore or letter: invalid parameter',
  },
];
