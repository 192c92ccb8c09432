import type { CollectionId, PartitionId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';

/** Takes the drop of a collection back. What history knows of it the facade looked up before. */
export interface UndropCollectionCommand {
  readonly kind: 'undropCollection';
  readonly databaseName: string;
  /** The name it had. */
  readonly collectionName: string;
  readonly collectionId: CollectionId;
  /** Another name for it, a valid one; empty for its own. */
  readonly newName: string;
  /** The drop that is meant: another may follow before this command has its turn. */
  readonly droppedAt: Timestamp;
  /** As clients saw it last; undefined when the journal no longer tells. */
  readonly lastSeen: CollectionRecord | undefined;
  /** Names of the aliases it had then, in order of creation. */
  readonly aliases: readonly string[];
}

/** Takes the drop of a partition back, in a collection that may be named by an alias. */
export interface UndropPartitionCommand {
  readonly kind: 'undropPartition';
  readonly databaseName: string;
  readonly collectionName: string;
  readonly partitionName: string;
  readonly partitionId: PartitionId;
  /** Undefined when the journal no longer tells, so long ago it is. */
  readonly droppedAt: Timestamp | undefined;
}

export type UndropCommand = UndropCollectionCommand | UndropPartitionCommand;
