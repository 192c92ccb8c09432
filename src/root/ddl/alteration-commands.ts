import type { PropertyChange } from '../../domain/property-changes.js';
import type { FieldSchema, FunctionSchema } from '../../gen/schema.js';

/** The collection meant: by its own name or an alias. */
interface OnCollection {
  readonly databaseName: string;
  readonly collectionName: string;
}

/** New values for properties, or keys to forget. */
export interface AlterCollectionCommand extends OnCollection, PropertyChange {
  readonly kind: 'alterCollection';
}

/** The same for the params of one field. */
export interface AlterCollectionFieldCommand extends OnCollection, PropertyChange {
  readonly kind: 'alterCollectionField';
  readonly fieldName: string;
}

export interface AddCollectionFieldCommand extends OnCollection {
  readonly kind: 'addCollectionField';
  /** As the client sent it: without an id. */
  readonly field: FieldSchema;
}

/** Rows go, everything else stays. */
export interface TruncateCollectionCommand extends OnCollection {
  readonly kind: 'truncateCollection';
}

export interface AddCollectionFunctionCommand extends OnCollection {
  readonly kind: 'addCollectionFunction';
  readonly fn: FunctionSchema | undefined;
}

export interface AlterCollectionFunctionCommand extends OnCollection {
  readonly kind: 'alterCollectionFunction';
  readonly functionName: string;
  readonly fn: FunctionSchema | undefined;
}

export interface DropCollectionFunctionCommand extends OnCollection {
  readonly kind: 'dropCollectionFunction';
  readonly functionName: string;
}

/** Not by an alias: the collection's own name is what changes. */
export interface RenameCollectionCommand extends OnCollection {
  readonly kind: 'renameCollection';
  readonly newName: string;
  /** The same database as before for a plain rename. */
  readonly newDatabaseName: string;
}

/** What changes a collection where it stands. */
export type AlterationCommand =
  | AlterCollectionCommand
  | AlterCollectionFieldCommand
  | AddCollectionFieldCommand
  | TruncateCollectionCommand
  | AddCollectionFunctionCommand
  | AlterCollectionFunctionCommand
  | DropCollectionFunctionCommand;
