import type { CollectionId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { ConsistencyLevel, KeyValuePair } from '../../gen/common.js';
import type { CollectionSchema } from '../../gen/schema.js';

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

/** A collection actor finished the work of Creating. */
export interface MarkCreatedCommand {
  readonly kind: 'markCreated';
  readonly record: CollectionRecord;
}

/** A collection actor finished the work of Dropping, or of undoing Creating. */
export interface PurgeCollectionCommand {
  readonly kind: 'purgeCollection';
  readonly collectionId: CollectionId;
}

export type DdlCommand =
  | CreateCollectionCommand
  | DropCollectionCommand
  | MarkCreatedCommand
  | PurgeCollectionCommand;

/**
 * What a command must not overtake. Clients name collections, so they queue by name; what a
 * collection's own actor asks for touches that one record and queues by its id.
 */
export function orderKeyOf(command: DdlCommand): string {
  switch (command.kind) {
    case 'createCollection':
    case 'dropCollection':
      return `name:${command.databaseName}/${command.collectionName}`;
    case 'markCreated':
      return `id:${command.record.id}`;
    case 'purgeCollection':
      return `id:${command.collectionId}`;
    default:
      return unreachable(command);
  }
}

/** Lifecycle commands come from actors already admitted and are never refused for a full queue. */
export function laneOf(command: DdlCommand): 'client' | 'lifecycle' {
  switch (command.kind) {
    case 'createCollection':
    case 'dropCollection':
      return 'client';
    case 'markCreated':
    case 'purgeCollection':
      return 'lifecycle';
    default:
      return unreachable(command);
  }
}
