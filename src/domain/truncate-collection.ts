import type { CollectionRecord } from './records.js';
import type { Timestamp } from './timestamp.js';

/**
 * The collection after TruncateCollection (Milvus 2.6): on every shard, rows older than `at` are
 * gone. Fields, partitions, aliases and properties stay. Truncating what is empty is a change, too:
 * rows may have come in that are not yet known here.
 */
export const truncateCollection = (record: CollectionRecord, at: Timestamp): CollectionRecord => ({
  ...record,
  lastTruncatedAt: record.virtualChannels.map(() => at),
  updatedAt: at,
});
