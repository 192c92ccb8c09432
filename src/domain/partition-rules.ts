import type { CollectionSchema } from '../gen/schema.js';
import { CoordError } from './errors.js';
import { hasPartitionKey } from './schema/partition-key.js';

/**
 * The partitions of a partition-key collection are the server's (facts/rootcoord §6.2, §19.3);
 * code 65535.
 */
export function checkPartitionKeyMode(schema: CollectionSchema, action: 'create' | 'drop'): void {
  if (!hasPartitionKey(schema)) return;
  throw CoordError.plain(`disable ${action} partition if partition key mode is used`);
}

/** Rows that name no partition go to the default one, so it stays (facts/rootcoord §6.2). */
export function checkNotDefaultPartition(
  partitionName: string,
  defaultPartitionName: string,
): void {
  if (partitionName !== defaultPartitionName) return;
  throw CoordError.plain('default partition cannot be deleted');
}
