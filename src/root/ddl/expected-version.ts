import { CoordError } from '../../domain/errors.js';
import { unreachable } from '../../domain/invariant.js';
import type { AliasRecord } from '../../domain/records.js';
import { type CatalogView, collectionNamed } from '../catalog/catalog-view.js';
import type { DdlCommand } from './commands.js';

/**
 * Refuses a command about a record that moved on since its caller looked. A collection's version
 * is its update timestamp, as Describe tells it (partitions come and go without moving it); an alias' the timestamp it was last moved at; 0
 * stands for what is not there.
 *
 * @throws CoordError `RecordMovedOn`; `ParameterInvalid` where there is no version to compare.
 */
export function checkExpectedVersion(
  view: CatalogView,
  command: DdlCommand,
  expected: bigint | undefined,
): void {
  if (expected === undefined) return;
  const actual = versionOf(view, command);
  if (actual === expected) return;
  throw CoordError.of('RecordMovedOn', { expected, actual });
}

function versionOf(view: CatalogView, command: DdlCommand): bigint {
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
    case 'renameCollection':
    case 'createPartition':
    case 'dropPartition':
    case 'undropPartition':
      return collectionNamed(view, command.databaseName, command.collectionName)?.updatedAt ?? 0n;
    case 'undropCollection':
      return view.collectionById(command.collectionId)?.updatedAt ?? 0n;
    case 'createAlias':
    case 'alterAlias':
    case 'dropAlias':
      return aliasNamed(view, command)?.createdAt ?? 0n;
    case 'createDatabase':
    case 'dropDatabase':
    case 'alterDatabase':
      throw CoordError.invalid('a database has no version to expect');
    case 'markCreated':
    case 'confirmDrop':
    case 'purgeCollection':
    case 'markPartitionCreated':
    case 'confirmPartitionDrop':
    case 'purgePartition':
      throw CoordError.invalid('only clients expect versions');
    default:
      return unreachable(command);
  }
}

function aliasNamed(
  view: CatalogView,
  { databaseName, alias }: { databaseName: string; alias: string },
): AliasRecord | undefined {
  const database = view.databaseByName(databaseName);
  return database && view.aliasByName(database.id, alias);
}
