import { DELETE_PROTECTION_KEY } from '../../../src/domain/delete-protection.js';
import type { KeyValuePair } from '../../../src/gen/common.js';
import type { Command } from '../crash-scenario.js';
import { aCreate, aDrop, aPartitionedCreate } from '../ddl-fixtures.js';

/** What clients ask for in the scenarios. */

type CreateDifferences = Parameters<typeof aCreate>[1];

export const createCollection =
  (name: string, differences: CreateDifferences = {}): Command =>
  (root, asker) =>
    root.createCollection(aCreate(name, differences), asker);

export const createPartitioned =
  (name: string, partitions: number): Command =>
  (root, asker) =>
    root.createCollection(aPartitionedCreate(name, partitions), asker);

export const dropCollection =
  (name: string, databaseName = 'default'): Command =>
  (root, asker) =>
    root.dropCollection({ ...aDrop(name), databaseName }, asker);

export const createDatabase =
  (databaseName: string, properties: KeyValuePair[] = []): Command =>
  (root, asker) =>
    root.databases.create({ databaseName, properties }, asker);

export const dropDatabase =
  (databaseName: string): Command =>
  (root, asker) =>
    root.databases.drop({ databaseName }, asker);

export const alterDatabase =
  (databaseName: string, properties: KeyValuePair[], deleteKeys: string[] = []): Command =>
  (root, asker) =>
    root.databases.alter({ databaseName, properties, deleteKeys }, asker);

export const createPartition =
  (partitionName: string, collectionName = 'c'): Command =>
  (root, asker) =>
    root.partitions.create({ databaseName: 'default', collectionName, partitionName }, asker);

export const dropPartition =
  (partitionName: string, collectionName = 'c'): Command =>
  (root, asker) =>
    root.partitions.drop({ databaseName: 'default', collectionName, partitionName }, asker);

export const createAlias =
  (alias: string, collectionName: string): Command =>
  (root, asker) =>
    root.aliases.create({ databaseName: 'default', alias, collectionName }, asker);

export const alterAlias =
  (alias: string, collectionName: string): Command =>
  (root, asker) =>
    root.aliases.alter({ databaseName: 'default', alias, collectionName }, asker);

export const dropAlias =
  (alias: string): Command =>
  (root, asker) =>
    root.aliases.drop({ databaseName: 'default', alias }, asker);

export const alterCollection =
  (collectionName: string, properties: KeyValuePair[], deleteKeys: string[] = []): Command =>
  (root, asker) =>
    root.alterations.alter(
      { databaseName: 'default', collectionName, properties, deleteKeys },
      asker,
    );

export const rename =
  (
    collectionName: string,
    newName: string,
    databaseName = 'default',
    newDatabaseName = databaseName,
  ): Command =>
  (root, asker) =>
    root.alterations.rename({ databaseName, collectionName, newName, newDatabaseName }, asker);

export const undropCollection =
  (collectionName: string, newName = '', databaseName = 'default'): Command =>
  (root, asker) =>
    root.undrop.collection({ databaseName, collectionName, collectionId: 0n, newName }, asker);

export const undropPartition =
  (partitionName: string, collectionName = 'c'): Command =>
  (root, asker) =>
    root.undrop.partition(
      { databaseName: 'default', collectionName, partitionName, partitionId: 0n },
      asker,
    );

export const PROTECTED: KeyValuePair[] = [{ key: DELETE_PROTECTION_KEY, value: 'true' }];
export const UNPROTECTED: KeyValuePair[] = [{ key: DELETE_PROTECTION_KEY, value: 'false' }];
