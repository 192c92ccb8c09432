import type { Brand } from './brand.js';

export type DatabaseId = Brand<bigint, 'DatabaseId'>;
export type CollectionId = Brand<bigint, 'CollectionId'>;
export type PartitionId = Brand<bigint, 'PartitionId'>;
export type FieldId = Brand<bigint, 'FieldId'>;
export type SegmentId = Brand<bigint, 'SegmentId'>;
export type IndexId = Brand<bigint, 'IndexId'>;
/** One build of one index for one segment. */
export type BuildId = Brand<bigint, 'BuildId'>;
/** One copy of a loaded collection. */
export type ReplicaId = Brand<bigint, 'ReplicaId'>;
export type TaskId = Brand<bigint, 'TaskId'>;

/** The database every store has; clients that name none mean this one (facts/rootcoord §8). */
export const DEFAULT_DATABASE_ID = 1n as DatabaseId;
export const DEFAULT_DATABASE_NAME = 'default';
