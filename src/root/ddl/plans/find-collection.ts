import { CoordError } from '../../../domain/errors.js';
import type { CollectionRecord, DatabaseRecord } from '../../../domain/records.js';
import { type CatalogView, resolveCollection } from '../../catalog/catalog-view.js';

/** @throws CoordError `DatabaseNotFound`. */
export function findDatabase(catalog: CatalogView, name: string): DatabaseRecord {
  const database = catalog.databaseByName(name);
  if (database) return database;
  throw CoordError.of('DatabaseNotFound', { database: name });
}

export const collectionNotFound = (databaseName: string, collectionName: string): CoordError =>
  CoordError.of('CollectionNotFound', { database: databaseName, collection: collectionName });

/**
 * The collection a command means, by its own name or an alias.
 *
 * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`.
 */
export function findCollection(
  catalog: CatalogView,
  {
    databaseName,
    collectionName,
  }: { readonly databaseName: string; readonly collectionName: string },
): CollectionRecord {
  const database = findDatabase(catalog, databaseName);
  const record = resolveCollection(catalog, database.id, collectionName);
  if (record) return record;
  throw collectionNotFound(databaseName, collectionName);
}
