import { CoordError, echo } from '../../../domain/errors.js';
import { checkCollectionName } from '../../../domain/names.js';
import type { CollectionRecord, DatabaseRecord } from '../../../domain/records.js';
import { renameCollection } from '../../../domain/rename-collection.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type { RenameCollectionCommand } from '../alteration-commands.js';
import type { Plan, PlanRules, TaskStamp } from '../plan.js';
import { planReplacement } from './alter-collection.js';
import { checkDatabaseRoom } from './create-collection.js';
import { collectionNotFound, findDatabase } from './find-collection.js';

/**
 * Gives a collection another name, perhaps in another database, in one commit (facts/rootcoord
 * §5.7). Aliases follow a plain rename and forbid a move, since they live in the database. A new
 * name that is the old one is taken like any other.
 *
 * @throws CoordError `ParameterInvalid` for a new name that can be none, `DatabaseNotFound`,
 * `CollectionNotFound`, `CollectionLimitExceeded` of the target database; `Unexpected` for the rest
 * of §5.7.
 */
export function planRenameCollection(
  catalog: CatalogView,
  command: RenameCollectionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const { collectionName } = command;
  const newName = checkCollectionName(command.newName, rules.schemaLimits.maxNameLength);
  const database = findDatabase(catalog, command.databaseName);
  const target = findTarget(catalog, command.newDatabaseName);
  if (catalog.aliasByName(database.id, collectionName)) {
    throw CoordError.plain(
      `unsupported use an alias to rename collection, alias:${echo(collectionName)}`,
    );
  }
  checkFree(catalog, target, newName);
  const before = catalog.collectionByName(database.id, collectionName);
  if (!before) throw collectionNotFound(database.name, collectionName);
  if (target.id !== database.id) checkMove(catalog, before, target, rules);
  const after = renameCollection(before, newName, target, stamp.timestamp);
  return planReplacement(before, after, rules, stamp, 'collection.renamed');
}

function findTarget(catalog: CatalogView, name: string): DatabaseRecord {
  const target = catalog.databaseByName(name);
  if (target) return target;
  throw CoordError.plain(`target database:${echo(name)} not found`);
}

function checkFree(catalog: CatalogView, { id }: DatabaseRecord, name: string): void {
  if (!catalog.collectionClaiming(id, name) && !catalog.aliasByName(id, name)) return;
  throw CoordError.plain(
    `duplicated new collection name :${echo(name)} with other collection name or alias`,
  );
}

function checkMove(
  catalog: CatalogView,
  { id }: CollectionRecord,
  target: DatabaseRecord,
  { limits }: PlanRules,
): void {
  if (catalog.aliasNamesOf(id).length > 0) {
    throw CoordError.plain(
      'fail to rename db name, must drop all aliases of this collection before rename',
    );
  }
  checkDatabaseRoom(catalog, target, limits);
}
