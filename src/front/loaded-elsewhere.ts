import { checkChangeWhileLoaded, partitionIsLoaded } from '../domain/loads/loaded-rules.js';
import type { PropertyChange } from '../domain/property-changes.js';
import type { FrontDeps } from './collection.handlers.js';

/**
 * What only a QueryCoord in another process knows is asked before the DDL, as proxies do; a load in
 * between goes unseen. Where loads are kept in this process, RootCoord looks itself when it plans.
 */

interface NamedCollection {
  readonly databaseName: string;
  readonly collectionName: string;
}

interface NamedPartition extends NamedCollection {
  readonly partitionName: string;
}

/** @throws CoordError code 65535 while the partition is loaded (facts/rootcoord §6.2). */
export async function checkReleased(
  { root, query }: FrontDeps,
  { partitionName, ...name }: NamedPartition,
): Promise<void> {
  const { loads } = query();
  if (loads.view) return;
  const { id, partitions } = root().collection({ ...name, collectionId: 0n, at: 0n });
  // Dropped namesakes are kept beside it.
  const partition = partitions.find(
    ({ name: own, state }) => own === partitionName && state === 'Created',
  );
  if (!partition) return;
  const progressOf = await loads.partitions(id);
  if (progressOf(partition.id)) throw partitionIsLoaded();
}

/**
 * @throws CoordError `CollectionLoaded` for what a loaded collection keeps (facts/rootcoord §5.6).
 */
export async function checkChangeable(
  { root, query }: FrontDeps,
  name: NamedCollection,
  change: PropertyChange,
): Promise<void> {
  const { loads } = query();
  if (loads.view) return;
  const collection = root().collection({ ...name, collectionId: 0n, at: 0n });
  const progressOf = await loads.collections(collection.id);
  if (progressOf(collection.id)) checkChangeWhileLoaded(collection.name, change);
}
