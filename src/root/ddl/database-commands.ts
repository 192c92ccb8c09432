import type { KeyValuePair } from '../../gen/common.js';

export interface CreateDatabaseCommand {
  readonly kind: 'createDatabase';
  readonly databaseName: string;
  readonly properties: readonly KeyValuePair[];
}

export interface DropDatabaseCommand {
  readonly kind: 'dropDatabase';
  readonly databaseName: string;
}

/** New property values, or keys to forget; never both. */
export interface AlterDatabaseCommand {
  readonly kind: 'alterDatabase';
  readonly databaseName: string;
  readonly properties: readonly KeyValuePair[];
  readonly deleteKeys: readonly string[];
}

export type DatabaseCommand = CreateDatabaseCommand | DropDatabaseCommand | AlterDatabaseCommand;
