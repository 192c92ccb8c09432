import type { Status } from '../../../src/gen/common.js';
import {
  type BoolResponse,
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
  DropCollectionRequest,
  HasCollectionRequest,
  type MilvusServiceClient,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
} from '../../../src/gen/milvus.js';
import { answerOf } from '../../kit/answer-of.js';
import { type Codes, invalid, NO_COLLECTION, NO_DATABASE } from './row.js';

/** A question about collections that must be refused, with these codes and exactly these words. */
export interface ReadRefusal {
  readonly title: string;
  readonly ask: (milvus: MilvusServiceClient) => Promise<Status | undefined>;
  readonly codes: Codes;
  readonly reason: string;
}

type Words = readonly [codes: Codes, reason: string];

const described = (
  title: string,
  question: Parameters<typeof DescribeCollectionRequest.create>[0],
  [codes, reason]: Words,
): ReadRefusal => ({
  title,
  ask: async (milvus) => {
    const request = DescribeCollectionRequest.create(question);
    const { status } = await answerOf<DescribeCollectionResponse>((done) =>
      milvus.describeCollection(request, done),
    );
    return status;
  },
  codes,
  reason,
});

const had = (collectionName: string, [codes, reason]: Words): ReadRefusal => ({
  title: `HasCollection of the name "${collectionName}"`,
  ask: async (milvus) => {
    const request = HasCollectionRequest.create({ collectionName });
    const { status } = await answerOf<BoolResponse>((done) => milvus.hasCollection(request, done));
    return status;
  },
  codes,
  reason,
});

const dropped = (collectionName: string, [codes, reason]: Words): ReadRefusal => ({
  title: `DropCollection of the name "${collectionName}"`,
  ask: (milvus) => {
    const request = DropCollectionRequest.create({ collectionName });
    return answerOf<Status>((done) => milvus.dropCollection(request, done));
  },
  codes,
  reason,
});

const noName = invalid('collection name should not be empty');
const badName = invalid(
  'Invalid collection name: 1st.  the first character of a collection name must be an underscore or letter',
);

/** Bad names and missing things, asked for (facts/rootcoord §5.2–5.5, §19.3). */
export const readRefusals: readonly ReadRefusal[] = [
  described('DescribeCollection of neither name nor id', {}, noName),
  described('DescribeCollection of a bad name', { collectionName: '1st' }, badName),
  described('DescribeCollection of a missing name', { collectionName: 'missing' }, [
    NO_COLLECTION,
    "can't find collection[database=default][collection=missing]",
  ]),
  described('DescribeCollection of a missing id', { collectionID: 42n }, [
    NO_COLLECTION,
    "can't find collection[collection=42]",
  ]),
  described(
    'DescribeCollection in a missing database',
    { dbName: 'nowhere', collectionName: 'c' },
    [NO_DATABASE, 'database not found[database=nowhere]'],
  ),
  had('', noName),
  had('1st', badName),
  dropped('', noName),
  dropped('1st', badName),
  {
    title: 'ShowCollections of a missing database',
    ask: async (milvus) => {
      const request = ShowCollectionsRequest.create({ dbName: 'nowhere' });
      const { status } = await answerOf<ShowCollectionsResponse>((done) =>
        milvus.showCollections(request, done),
      );
      return status;
    },
    codes: NO_DATABASE,
    reason: 'database not found[database=nowhere]',
  },
];
