import { CoordError } from '../domain/errors.js';
import type { CollectionId, PartitionId } from '../domain/ids.js';
import type { LoadProgress, ProgressOf } from '../domain/loads/load-progress.js';
import { namedPartitionIds } from '../domain/loads/named-partitions.js';
import type { CollectionRecord, PartitionRecord } from '../domain/records.js';
import { byNameNow } from '../root/catalog/catalog-reader.js';
import type { FrontDeps } from './collection.handlers.js';

/** Loaded things, and how far each is loaded. */
interface Loaded<Id, Records> {
  readonly records: Records;
  readonly progressOf: ProgressOf<Id>;
}

/**
 * The loaded ones of a database's collections; with names those, under the names asked for.
 *
 * @throws CoordError `CollectionNotFound`, `CollectionNotLoaded` for a name.
 */
export async function loadedCollections(
  { root, query }: FrontDeps,
  databaseName: string,
  names: readonly string[],
): Promise<Loaded<CollectionId, Iterable<CollectionRecord | undefined>>> {
  const { loads } = query();
  if (names.length === 0) {
    const all = root().listings.collections(databaseName, 0n);
    const progressOf = await loads.collections();
    return { records: only(all, ({ id }) => progressOf(id) !== undefined), progressOf };
  }
  const records = [...new Set(names)].map((name) => {
    const query = byNameNow({ databaseName, collectionName: name });
    return { ...root().collection(query), name };
  });
  const [first, ...others] = records;
  const progressOf = await loads.collections(others.length === 0 ? first?.id : undefined);
  for (const { id, name } of records) {
    if (!progressOf(id)) throw CoordError.of('CollectionNotLoaded', { collection: name });
  }
  return { records, progressOf };
}

/**
 * The loaded ones of a collection's partitions; with names those.
 *
 * @throws CoordError `PartitionNotFound`, `PartitionNotLoaded` for a name.
 */
export async function loadedPartitions(
  { query }: FrontDeps,
  collection: CollectionRecord,
  names: readonly string[],
): Promise<Loaded<PartitionId, readonly PartitionRecord[]>> {
  const named = namedPartitionIds(collection, names);
  const progressOf = await query().loads.partitions(collection.id);
  loadedOf(named, progressOf);
  const records = collection.partitions.filter(
    ({ id, state }) => state === 'Created' && progressOf(id) !== undefined,
  );
  return { records, progressOf };
}

/** How far each of these is loaded. @throws CoordError `PartitionNotLoaded` for one that is not. */
export const loadedOf = (
  ids: readonly PartitionId[],
  progressOf: ProgressOf<PartitionId>,
): readonly LoadProgress[] =>
  ids.map((id) => {
    const progress = progressOf(id);
    if (progress) return progress;
    throw CoordError.of('PartitionNotLoaded', { partition: id });
  });

/** A place without a collection stays: whoever walks the list may pause there. */
function* only(
  collections: Iterable<CollectionRecord | undefined>,
  isWanted: (record: CollectionRecord) => boolean,
): Generator<CollectionRecord | undefined> {
  for (const record of collections) yield record && isWanted(record) ? record : undefined;
}
