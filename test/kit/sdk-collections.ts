import {
  type CreateCollectionReq,
  DataType,
  type DescribeCollectionResponse,
  type FieldType,
  type MilvusClient,
} from '@zilliz/milvus2-sdk-node';

/** What the SDK is told to create: each builder makes a valid thing, a test says what differs. */

let names = 0;

/** A collection name no other test of this file has. */
export function freshName(word = 'books'): string {
  names += 1;
  return `${word}_${names}`;
}

export const idField = (changes: Partial<FieldType> = {}): FieldType => ({
  name: 'id',
  data_type: DataType.Int64,
  is_primary_key: true,
  ...changes,
});

export const vectorField = (changes: Partial<FieldType> = {}): FieldType => ({
  name: 'vector',
  data_type: DataType.FloatVector,
  dim: 8,
  ...changes,
});

export const textField = (name: string, changes: Partial<FieldType> = {}): FieldType => ({
  name,
  data_type: DataType.VarChar,
  max_length: 64,
  ...changes,
});

type Request = Omit<CreateCollectionReq, 'fields' | 'schema' | 'collection_name'>;

/** A primary key, a vector and `extra` fields. */
export const collectionOf = (
  collection_name: string,
  extra: FieldType[] = [],
  changes: Partial<Request> = {},
): CreateCollectionReq => ({
  collection_name,
  fields: [idField(), vectorField(), ...extra],
  ...changes,
});

/** The answer to DescribeCollection; the SDK hands back refusals instead of throwing them. */
export async function describeThrough(
  sdk: MilvusClient,
  collection_name: string,
): Promise<DescribeCollectionResponse> {
  const answer = await sdk.describeCollection({ collection_name });
  if (answer.status.code === 0) return answer;
  throw new Error(`${collection_name}: ${answer.status.reason}`);
}

/** Creates and describes. */
export async function createThrough(
  sdk: MilvusClient,
  request: CreateCollectionReq,
): Promise<DescribeCollectionResponse> {
  await sdk.createCollection(request);
  return describeThrough(sdk, request.collection_name);
}

/** What a call that throws threw: the SDK throws whole statuses, not Errors. */
export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (caught) {
    return caught;
  }
  throw new Error('the call was expected to fail');
}
