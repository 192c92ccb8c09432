import type { CollectionId, PartitionId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { ConsistencyLevel, KeyValuePair } from '../../gen/common.js';
import type { CollectionSchema } from '../../gen/schema.js';
import { type CatalogView, resolveCollection } from '../catalog/catalog-view.js';

/** Everything a client said about the collection it wants; not yet judged. */
export interface CreateCollectionCommand {
  readonly kind: 'createCollection';
  readonly databaseName: string;
  readonly collectionName: string;
  readonly schema: CollectionSchema;
  /** 0 or less asks for the default. */
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: readonly KeyValuePair[];
  /** Partitions of a partition-key collection; 0 for any other. */
  readonly numPartitions: bigint;
}

export interface DropCollectionCommand {
  readonly kind: 'dropCollection';
  readonly databaseName: string;
  readonly collectionName: string;
}

/** A partition of a collection, which may be named by an alias. */
export interface CreatePartitionCommand {
  readonly kind: 'createPartition';
  readonly databaseName: string;
  readonly collectionName: string;
  readonly partitionName: string;
}

export interface DropPartitionCommand {
  readonly kind: 'dropPartition';
  readonly databaseName: string;
  readonly collectionName: string;
  readonly partitionName: string;
}

/** A collection actor finished the work of Creating. */
export interface MarkCreatedCommand {
  readonly kind: 'markCreated';
  readonly record: CollectionRecord;
}

/** A collection actor asks whether a drop can no longer be taken back. */
export interface ConfirmDropCommand {
  readonly kind: 'confirmDrop';
  readonly collectionId: CollectionId;
}

/** A collection actor finished the work of Dropping, or of undoing Creating. */
export interface PurgeCollectionCommand {
  readonly kind: 'purgeCollection';
  readonly collectionId: CollectionId;
}

/** The same three for a partition's actor. */
export interface MarkPartitionCreatedCommand {
  readonly kind: 'markPartitionCreated';
  readonly collectionId: CollectionId;
  readonly partitionId: PartitionId;
}

export interface ConfirmPartitionDropCommand {
  readonly kind: 'confirmPartitionDrop';
  readonly collectionId: CollectionId;
  readonly partitionId: PartitionId;
  /** Its record does not say; undefined when the journal no longer tells, so long ago it is. */
  readonly droppedAt: Timestamp | undefined;
}

export interface PurgePartitionCommand {
  readonly kind: 'purgePartition';
  readonly collectionId: CollectionId;
  readonly partitionId: PartitionId;
}

/** What clients ask for. */
export type ClientCommand =
  | CreateCollectionCommand
  | DropCollectionCommand
  | CreatePartitionCommand
  | DropPartitionCommand;

/** What actors already admitted ask for: never refused for a full queue. */
export type LifecycleCommand =
  | MarkCreatedCommand
  | ConfirmDropCommand
  | PurgeCollectionCommand
  | MarkPartitionCreatedCommand
  | ConfirmPartitionDropCommand
  | PurgePartitionCommand;

export type DdlCommand = ClientCommand | LifecycleCommand;

/** The name a collection is ordered by: its own, whichever of its names the client used. */
function collectionKey(view: CatalogView, databaseName: string, name: string): string {
  const database = view.databaseByName(databaseName);
  const record = database && resolveCollection(view, database.id, name);
  return `name:${databaseName}/${record?.name ?? name}`;
}

/**
 * What a command must not overtake, nor be overtaken by: everything it names. Clients name things,
 * so they queue by name; what an object's own actor asks for touches that one record and queues by
 * its id.
 */
export function orderKeysOf(view: CatalogView, command: DdlCommand): readonly string[] {
  switch (command.kind) {
    case 'createCollection':
    case 'dropCollection':
      return [collectionKey(view, command.databaseName, command.collectionName)];
    case 'createPartition':
    case 'dropPartition': {
      // Not the collection's own key: partitions of one collection need not wait for each other.
      const key = collectionKey(view, command.databaseName, command.collectionName);
      return [`partition:${key}/${command.partitionName}`];
    }
    case 'markCreated':
      return [`id:${command.record.id}`];
    case 'confirmDrop':
    case 'purgeCollection':
      return [`id:${command.collectionId}`];
    case 'markPartitionCreated':
    case 'confirmPartitionDrop':
    case 'purgePartition':
      return [`id:${command.partitionId}`];
    default:
      return unreachable(command);
  }
}

/** Lifecycle commands come from actors already admitted and are never refused for a full queue. */
export function laneOf({ kind }: DdlCommand): 'client' | 'lifecycle' {
  switch (kind) {
    case 'createCollection':
    case 'dropCollection':
    case 'createPartition':
    case 'dropPartition':
      return 'client';
    case 'markCreated':
    case 'confirmDrop':
    case 'purgeCollection':
    case 'markPartitionCreated':
    case 'confirmPartitionDrop':
    case 'purgePartition':
      return 'lifecycle';
    default:
      return unreachable(kind);
  }
}
