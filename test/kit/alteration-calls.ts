import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { DescribeCollectionResponse, MilvusServiceClient } from '../../src/gen/milvus.js';
import { describeCollection, timestampNow } from './milvus-calls.js';
import { collectionOf, textField } from './sdk-collections.js';

/** A collection with a text besides its key and vector. */
export const createBooks = (sdk: MilvusClient, name: string, changes: object = {}) =>
  sdk.createCollection(collectionOf(name, [textField('title')], changes));

/** The answer now, without what differs from call to call; a refusal fails the test. */
export async function describeNow(
  milvus: MilvusServiceClient,
  collectionName: string,
  timeStamp = 0n,
): Promise<DescribeCollectionResponse> {
  const answer = await describeCollection(milvus, { collectionName, timeStamp });
  if (answer.status?.code === 0) return answer;
  throw new Error(`${collectionName}: ${answer.status?.reason}`);
}

/** What describe said, and a moment at which it was true. */
export interface Moment {
  readonly collectionName: string;
  readonly at: bigint;
  readonly answer: DescribeCollectionResponse;
}

/** Notes what describe says of a collection, and when. */
export async function noteMoment(
  milvus: MilvusServiceClient,
  collectionName: string,
): Promise<Moment> {
  const answer = await describeCollection(milvus, { collectionName });
  return { collectionName, answer, at: await timestampNow(milvus) };
}

/** A field as describe shows it; undefined when there is none. */
export const fieldNamed = ({ schema }: DescribeCollectionResponse, name: string) =>
  schema?.fields.find((field) => field.name === name);

/** Properties or params by key. */
export const valuesOf = (
  pairs: readonly { readonly key: string; readonly value: string }[] = [],
): Record<string, string> => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
