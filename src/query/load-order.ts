import { CoordError } from '../domain/errors.js';
import type { CollectionId, FieldId, IndexId, PartitionId } from '../domain/ids.js';
import { checkIndexed } from '../domain/loads/check-indexed.js';
import type { LoadRecord } from '../domain/loads/load-record.js';
import {
  checkNoPartitionKey,
  namedPartitionIds,
  visiblePartitionIds,
} from '../domain/loads/named-partitions.js';
import { loadFieldIdsOf } from '../domain/loads/requested-fields.js';
import type { CollectionRecord } from '../domain/records.js';
import type { IndexCatalogPeer, RootCoordPeer } from '../ports/peers.js';
import type { LoadCommand, ReleasePartitionsCommand } from './load-service.js';

export interface LoadOrderDeps {
  readonly rootCoord: Pick<RootCoordPeer, 'collection'>;
  readonly indexes: IndexCatalogPeer;
}

/** A load whose names are looked up and that Milvus' proxy would let through. */
export interface LoadOrder {
  readonly collection: CollectionRecord;
  readonly partitionIds: readonly PartitionId[];
  readonly loadFields: readonly FieldId[];
  readonly fieldIndexes: ReadonlyMap<FieldId, IndexId>;
}

/** What is loaded of a collection. @throws CoordError for what cannot be. */
export interface LoadScope {
  readonly scope: LoadRecord['scope'];
  readonly choose: (collection: CollectionRecord) => readonly PartitionId[];
}

export const WHOLE: LoadScope = { scope: 'collection', choose: visiblePartitionIds };

export const onlyThese = (names: readonly string[]): LoadScope => ({
  scope: 'partitions',
  choose: (collection) => {
    const ids = namedPartitionIds(collection, names);
    if (ids.length > 0) return ids;
    throw CoordError.plain('failed to load partition, due to no partition specified');
  },
});

/**
 * Judges a load and performs it while no index of the collection can be dropped: what is loaded has
 * its indexes.
 *
 * @throws CoordError see `LoadService.loadCollection`.
 */
export async function withLoadOrder(
  deps: LoadOrderDeps,
  command: LoadCommand,
  { scope, choose }: LoadScope,
  perform: (order: LoadOrder) => Promise<void>,
): Promise<void> {
  const collection = await visibleCollection(deps, command.collectionId);
  if (scope === 'partitions') checkNoPartitionKey(collection, 'load');
  const loadFields = loadFieldIdsOf(collection.schema, command);
  await deps.indexes.whileIndexed(collection.id, async (fieldIndexes) => {
    checkIndexed(collection, loadFields, fieldIndexes, scope);
    const partitionIds = choose(collection);
    await perform({ collection, partitionIds, loadFields, fieldIndexes });
  });
}

/** @throws CoordError see `LoadService.releasePartitions`. */
export async function partitionsToRelease(
  deps: LoadOrderDeps,
  { collectionId, partitionNames }: ReleasePartitionsCommand,
): Promise<readonly PartitionId[]> {
  const collection = await visibleCollection(deps, collectionId);
  checkNoPartitionKey(collection, 'release');
  const ids = namedPartitionIds(collection, partitionNames);
  if (ids.length > 0) return ids;
  const fields = { expected: 'any partition', actual: 'empty partition list' };
  throw CoordError.of('ParameterInvalid', fields);
}

/** Asked for when its turn has come: it may have been dropped while others had theirs. */
async function visibleCollection(
  { rootCoord }: LoadOrderDeps,
  id: CollectionId,
): Promise<CollectionRecord> {
  const collection = await rootCoord.collection(id);
  if (!collection) throw CoordError.of('CollectionNotFound', { collection: id });
  return collection;
}
