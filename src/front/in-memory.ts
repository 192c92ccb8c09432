import { CoordError } from '../domain/errors.js';
import { namedPartitionIds } from '../domain/loads/named-partitions.js';
import type { CollectionRecord, PartitionRecord } from '../domain/records.js';
import type { FrontDeps } from './collection.handlers.js';

/**
 * The loaded ones of a database's collections; with names those, under the names asked for.
 *
 * @throws CoordError `CollectionNotFound`, `CollectionNotLoaded` for a name.
 */
export function loadedCollections(
  { root, query }: FrontDeps,
  databaseName: string,
  names: readonly string[],
): Iterable<CollectionRecord | undefined> {
  const { loads } = query();
  const isLoaded = ({ id }: CollectionRecord) => loads.isCollectionLoaded(id);
  if (names.length === 0) {
    return only(root().listings.collections(databaseName, 0n), isLoaded);
  }
  return [...new Set(names)].map((name) => {
    const question = { databaseName, collectionName: name, collectionId: 0n, at: 0n };
    const record = root().collection(question);
    if (!isLoaded(record)) throw CoordError.of('CollectionNotLoaded', { collection: name });
    return { ...record, name };
  });
}

/**
 * The loaded ones of a collection's partitions; with names those.
 *
 * @throws CoordError `PartitionNotFound`, `PartitionNotLoaded` for a name.
 */
export function loadedPartitions(
  { query }: FrontDeps,
  collection: CollectionRecord,
  names: readonly string[],
): readonly PartitionRecord[] {
  const { loads } = query();
  loads.assertPartitionsLoaded(collection.id, namedPartitionIds(collection, names));
  return collection.partitions.filter(
    ({ id, state }) => state === 'Created' && loads.isPartitionLoaded(collection.id, id),
  );
}

/** A place without a collection stays: whoever walks the list may pause there. */
function* only(
  collections: Iterable<CollectionRecord | undefined>,
  isWanted: (record: CollectionRecord) => boolean,
): Generator<CollectionRecord | undefined> {
  for (const record of collections) yield record && isWanted(record) ? record : undefined;
}
