import type { CollectionId, PartitionId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { ConsistencyLevel, KeyValuePair } from '../../gen/common.js';
import type { CollectionSchema } from '../../gen/schema.js';
import { type CatalogView, collectionNamed } from '../catalog/catalog-view.js';
import type { AliasCommand } from './alias-commands.js';
import type { AlterationCommand, RenameCollectionCommand } from './alteration-commands.js';
import type { DatabaseCommand } from './database-commands.js';
import type { UndropCollectionCommand, UndropCommand } from './undrop-commands.js';

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
  | AlterationCommand
  | RenameCollectionCommand
  | CreatePartitionCommand
  | DropPartitionCommand
  | DatabaseCommand
  | AliasCommand
  | UndropCommand;

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
  const record = collectionNamed(view, databaseName, name);
  return `name:${databaseName}/${record?.name ?? name}`;
}

/**
 * What a command on a collection is ordered by: the name it says, and the collection itself, which
 * a rename on its way may soon let be called something else.
 */
function collectionKeys(view: CatalogView, databaseName: string, name: string): readonly string[] {
  const record = collectionNamed(view, databaseName, name);
  const nameKey = collectionKey(view, databaseName, name);
  return record ? [nameKey, `collection:${record.id}`] : [nameKey];
}

/** An alias is ordered like a collection of its name, and with the collection it means so far. */
const aliasKeys = (view: CatalogView, { databaseName, alias }: AliasCommand): string[] => [
  `name:${databaseName}/${alias}`,
  ...collectionKeys(view, databaseName, alias),
];

/** Every name the collection may come back under, or bring back. */
function undropKeys(view: CatalogView, command: UndropCollectionCommand): readonly string[] {
  const { databaseName, collectionName, newName, collectionId, aliases } = command;
  const names = [collectionName, newName || collectionName, ...aliases];
  return [
    `collection:${collectionId}`,
    ...names.map((name) => `name:${databaseName}/${name}`),
    ...names.map((name) => collectionKey(view, databaseName, name)),
  ];
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
    case 'alterCollection':
    case 'alterCollectionField':
    case 'addCollectionField':
    case 'truncateCollection':
    case 'addCollectionFunction':
    case 'alterCollectionFunction':
    case 'dropCollectionFunction':
      return collectionKeys(view, command.databaseName, command.collectionName);
    case 'renameCollection':
      return [
        ...collectionKeys(view, command.databaseName, command.collectionName),
        ...collectionKeys(view, command.newDatabaseName, command.newName),
      ];
    case 'undropCollection':
      return undropKeys(view, command);
    case 'createPartition':
    case 'dropPartition':
    case 'undropPartition': {
      // Not the collection's own key: partitions of one collection need not wait for each other.
      const key = collectionKey(view, command.databaseName, command.collectionName);
      return [`partition:${key}/${command.partitionName}`];
    }
    // Commands about what is in a database do not have its key, or all of them would queue in one
    // line: whether it is there is decided when they are planned, one after the other.
    case 'createDatabase':
    case 'dropDatabase':
    case 'alterDatabase':
      return [`database:${command.databaseName}`];
    case 'createAlias':
    case 'alterAlias':
      return [
        ...aliasKeys(view, command),
        ...collectionKeys(view, command.databaseName, command.collectionName),
      ];
    case 'dropAlias':
      return aliasKeys(view, command);
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
    case 'alterCollection':
    case 'alterCollectionField':
    case 'addCollectionField':
    case 'truncateCollection':
    case 'addCollectionFunction':
    case 'alterCollectionFunction':
    case 'dropCollectionFunction':
    case 'renameCollection':
    case 'createPartition':
    case 'dropPartition':
    case 'undropCollection':
    case 'undropPartition':
    case 'createDatabase':
    case 'dropDatabase':
    case 'alterDatabase':
    case 'createAlias':
    case 'dropAlias':
    case 'alterAlias':
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
