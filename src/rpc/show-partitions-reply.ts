import type { PartitionId } from '../domain/ids.js';
import type { ProgressOf } from '../domain/loads/load-progress.js';
import type { PartitionRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { physicalMsOf } from '../domain/timestamp.js';
import { ShowPartitionsResponse } from '../gen/milvus.js';

/**
 * Parallel arrays, one place per partition (facts/rootcoord §6.4); with `names` only those. A proxy
 * tells how far a partition is loaded only when it was asked what is in memory; `progressOf` is
 * that.
 */
export function showPartitionsReply(
  partitions: readonly PartitionRecord[],
  names: readonly string[] = [],
  progressOf?: ProgressOf<PartitionId>,
): ShowPartitionsResponse {
  const wanted = names.length === 0 ? undefined : new Set(names);
  const reply = ShowPartitionsResponse.fromPartial({ status: StatusOk });
  for (const { id, name, createdAt } of partitions) {
    if (wanted && !wanted.has(name)) continue;
    reply.partitionNames.push(name);
    reply.partitionIDs.push(id);
    reply.createdTimestamps.push(createdAt);
    reply.createdUtcTimestamps.push(BigInt(physicalMsOf(createdAt)));
    const progress = progressOf?.(id);
    if (progress) reply.inMemoryPercentages.push(progress.percent);
  }
  return reply;
}
