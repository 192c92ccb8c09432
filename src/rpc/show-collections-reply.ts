import type { CollectionId } from '../domain/ids.js';
import type { ProgressOf } from '../domain/loads/load-progress.js';
import type { CollectionRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { physicalMsOf } from '../domain/timestamp.js';
import { ShowCollectionsResponse } from '../gen/milvus.js';
import { encodeInSteps } from './encode-in-steps.js';
import type { WorkLane } from './work-lane.js';

/**
 * An encoded ShowCollectionsResponse: parallel arrays, one place per collection
 * (facts/rootcoord §5.5); with `names` only those. A proxy tells how far a collection is loaded only
 * when it was asked what is in memory; `progressOf` is that.
 */
export async function showCollectionsReply(
  lane: WorkLane,
  collections: Iterable<CollectionRecord | undefined>,
  names: readonly string[],
  progressOf?: ProgressOf<CollectionId>,
): Promise<Uint8Array> {
  const wanted = names.length === 0 ? undefined : new Set(names);
  return encodeInSteps(lane, collections, (part, writer) => {
    const shown = wanted ? part.filter(({ name }) => wanted.has(name)) : part;
    ShowCollectionsResponse.encode(replyOf(shown, progressOf), writer);
  });
}

function replyOf(
  collections: readonly CollectionRecord[],
  progressOf: ProgressOf<CollectionId> | undefined,
): ShowCollectionsResponse {
  const reply = ShowCollectionsResponse.fromPartial({ status: StatusOk });
  for (const { id, name, createdAt, shardsNum } of collections) {
    reply.collectionNames.push(name);
    reply.collectionIds.push(id);
    reply.createdTimestamps.push(createdAt);
    reply.createdUtcTimestamps.push(BigInt(physicalMsOf(createdAt)));
    reply.shardsNum.push(shardsNum);
    const progress = progressOf?.(id);
    if (!progress) continue;
    reply.inMemoryPercentages.push(progress.percent);
    reply.queryServiceAvailable.push(progress.isSearchable);
  }
  return reply;
}
