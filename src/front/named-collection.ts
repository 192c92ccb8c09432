import { checkCollectionName } from '../domain/names.js';
import type { CollectionRecord } from '../domain/records.js';
import type { Call } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

/** A request about one collection. */
export interface OnCollection {
  readonly dbName: string;
  readonly collectionName: string;
}

/**
 * The collection a request means, by name or alias.
 *
 * @throws CoordError `ParameterInvalid` for what can be no name, `DatabaseNotFound`,
 * `CollectionNotFound`.
 */
export const collectionReader =
  ({ root, schemaLimits }: FrontDeps) =>
  (call: Call<OnCollection>): CollectionRecord =>
    root().collection({
      databaseName: requestDatabase(call),
      collectionName: checkCollectionName(call.request.collectionName, schemaLimits.maxNameLength),
      collectionId: 0n,
      at: 0n,
    });
