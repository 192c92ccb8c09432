import type { CreateCollectionReq, MilvusClient } from '@zilliz/milvus2-sdk-node';

/** Creates a collection with an index on each of these fields, so that it can be loaded. */
export async function createIndexed(
  sdk: MilvusClient,
  request: CreateCollectionReq,
  vectors: readonly string[] = ['vector'],
): Promise<void> {
  const { collection_name } = request;
  await sdk.createCollection(request);
  for (const field_name of vectors) {
    const index = { collection_name, field_name, index_type: 'AUTOINDEX', metric_type: 'L2' };
    const { code, reason } = await sdk.createIndex(index);
    if (code !== 0) throw new Error(`index on ${field_name}: ${reason}`);
  }
}
