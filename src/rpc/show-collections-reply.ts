import type { CollectionRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { physicalMsOf } from '../domain/timestamp.js';
import { ShowCollectionsResponse } from '../gen/milvus.js';

/**
 * Parallel arrays, one place per collection (facts/rootcoord §5.5); with `names` only those.
 */
export function showCollectionsReply(
  collections: Iterable<CollectionRecord>,
  names: readonly string[],
): ShowCollectionsResponse {
  const wanted = names.length === 0 ? undefined : new Set(names);
  const reply = ShowCollectionsResponse.fromPartial({ status: StatusOk });
  for (const { id, name, createdAt, shardsNum } of collections) {
    if (wanted && !wanted.has(name)) continue;
    reply.collectionNames.push(name);
    reply.collectionIds.push(id);
    reply.createdTimestamps.push(createdAt);
    reply.createdUtcTimestamps.push(BigInt(physicalMsOf(createdAt)));
    reply.shardsNum.push(shardsNum);
  }
  return reply;
}
