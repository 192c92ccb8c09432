/** Gives a collection another name. The collection is said by its own name, never by an alias. */
export interface CreateAliasCommand {
  readonly kind: 'createAlias';
  readonly databaseName: string;
  readonly alias: string;
  readonly collectionName: string;
}

export interface DropAliasCommand {
  readonly kind: 'dropAlias';
  readonly databaseName: string;
  readonly alias: string;
}

/** Lets an alias mean another collection, said by its own name. */
export interface AlterAliasCommand {
  readonly kind: 'alterAlias';
  readonly databaseName: string;
  readonly alias: string;
  readonly collectionName: string;
}

export type AliasCommand = CreateAliasCommand | DropAliasCommand | AlterAliasCommand;
