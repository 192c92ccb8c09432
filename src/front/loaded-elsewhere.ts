import { checkChangeWhileLoaded, partitionIsLoaded } from '../domain/loads/loaded-rules.js';
import type { PropertyChange } from '../domain/property-changes.js';
import { byNameNow, type CollectionName } from '../root/catalog/catalog-reader.js';
import { visiblePartition } from '../root/catalog/partitions.js';
import type { FrontDeps } from './collection.handlers.js';

/**
 * What only a QueryCoord in another process knows is asked before the DDL, as proxies do; a load in
 * between goes unseen. Where loads are kept in this process, RootCoord looks itself when it plans.
 */

interface PartitionName extends CollectionName {
  readonly partitionName: string;
}

/** @throws CoordError code 65535 while the partition is loaded (facts/rootcoord §6.2). */
export async function checkReleased(
  { root, query }: FrontDeps,
  name: PartitionName,
): Promise<void> {
  const { loads } = query();
  if (loads.view) return;
  const collection = root().collection(byNameNow(name));
  const partition = visiblePartition(collection, name.partitionName);
  if (!partition) return;
  const progressOf = await loads.partitions(collection.id);
  if (progressOf(partition.id)) throw partitionIsLoaded();
}

/**
 * @throws CoordError `CollectionLoaded` for what a loaded collection keeps (facts/rootcoord §5.6).
 */
export async function checkChangeable(
  { root, query }: FrontDeps,
  name: CollectionName,
  change: PropertyChange,
): Promise<void> {
  const { loads } = query();
  if (loads.view) return;
  const collection = root().collection(byNameNow(name));
  const progressOf = await loads.collections(collection.id);
  if (progressOf(collection.id)) checkChangeWhileLoaded(collection.name, change);
}
