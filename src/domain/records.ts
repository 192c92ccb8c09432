import type { ConsistencyLevel, KeyDataPair, KeyValuePair } from '../gen/common.js';
import type { CollectionSchema } from '../gen/schema.js';
import type { CollectionId, DatabaseId, PartitionId } from './ids.js';
import type { Timestamp } from './timestamp.js';

/**
 * Where an object stands in its life. The word is committed before its work starts, so a crash is
 * finished (Dropping, Dropped) or undone (Creating) by whoever reads the record next. A drop can be
 * taken back while the word is Dropping; from Dropped on it is final, and its data and keys go.
 */
export type LifecycleState = 'Creating' | 'Created' | 'Dropping' | 'Dropped';

export interface DatabaseRecord {
  readonly id: DatabaseId;
  readonly name: string;
  /** Unix nanoseconds, as Milvus stores it; not a hybrid timestamp (facts/rootcoord §8). */
  readonly createdUnixNs: bigint;
  readonly properties: readonly KeyValuePair[];
}

export interface PartitionRecord {
  readonly id: PartitionId;
  readonly name: string;
  readonly createdAt: Timestamp;
  readonly state: LifecycleState;
}

/** Another name of one collection, in the name space collections and aliases share. */
export interface AliasRecord {
  readonly databaseId: DatabaseId;
  readonly name: string;
  readonly collectionId: CollectionId;
  /** When it came to point where it points now. */
  readonly createdAt: Timestamp;
}

/** A collection as the catalog holds it. Immutable: a change makes a new record. */
export interface CollectionRecord {
  readonly id: CollectionId;
  readonly databaseId: DatabaseId;
  readonly name: string;
  readonly state: LifecycleState;
  /** Whole schema: user fields, `$meta` when dynamic, system fields, functions, struct arrays. */
  readonly schema: CollectionSchema;
  readonly partitions: readonly PartitionRecord[];
  readonly shardsNum: number;
  /** Index i of both lists belongs to shard i. */
  readonly virtualChannels: readonly string[];
  readonly physicalChannels: readonly string[];
  readonly startPositions: readonly KeyDataPair[];
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: readonly KeyValuePair[];
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** Rows of shard i older than its place are gone (Milvus 2.6); empty when never truncated. */
  readonly lastTruncatedAt: readonly Timestamp[];
}
