import { checkCollectionName } from '../domain/names.js';
import type { CollectionRecord } from '../domain/records.js';
import { byNameNow, type CollectionName } from '../root/catalog/catalog-reader.js';
import type { Call } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

/** A request about one collection. */
export interface OnCollection {
  readonly dbName: string;
  readonly collectionName: string;
}

/**
 * What a request calls its collection.
 *
 * @throws CoordError `ParameterInvalid` for what can be no name (facts/rootcoord §19.3).
 */
export const collectionNameReader =
  ({ schemaLimits }: FrontDeps) =>
  (call: Call<OnCollection>): CollectionName => ({
    databaseName: requestDatabase(call),
    collectionName: checkCollectionName(call.request.collectionName, schemaLimits.maxNameLength),
  });

/**
 * The collection a request means, by name or alias.
 *
 * @throws CoordError `ParameterInvalid` for what can be no name, `DatabaseNotFound`,
 * `CollectionNotFound`.
 */
export function collectionReader(deps: FrontDeps) {
  const collectionNameOf = collectionNameReader(deps);
  return (call: Call<OnCollection>): CollectionRecord =>
    deps.root().collection(byNameNow(collectionNameOf(call)));
}
