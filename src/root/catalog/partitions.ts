import type { CollectionRecord, PartitionRecord } from '../../domain/records.js';
import type { PartitionTransition } from './change.js';

const byId = (a: PartitionRecord, b: PartitionRecord): number => (a.id < b.id ? -1 : 1);

/** The collection with one partition put in, replaced or, without `partition`, taken out. */
function withPartition(
  collection: CollectionRecord,
  id: PartitionRecord['id'],
  partition: PartitionRecord | undefined,
): CollectionRecord {
  const others = collection.partitions.filter((other) => other.id !== id);
  const partitions = partition ? [...others, partition].sort(byId) : others;
  return { ...collection, partitions };
}

type Edit = Pick<PartitionTransition, 'before' | 'after'>;

const idOf = ({ before, after }: Edit) => after?.id ?? before?.id;

/** The collection as a partition's change leaves it. */
export function applyPartitionChange(collection: CollectionRecord, edit: Edit): CollectionRecord {
  const id = idOf(edit);
  return id === undefined ? collection : withPartition(collection, id, edit.after);
}

/** The collection as it was before the change. */
export function undoPartitionChange(collection: CollectionRecord, edit: Edit): CollectionRecord {
  const id = idOf(edit);
  return id === undefined ? collection : withPartition(collection, id, edit.before);
}

/** Whether readers see another set of partitions after the change. */
export const changesVisiblePartitions = ({ before, after }: Edit): boolean =>
  (before?.state === 'Created') !== (after?.state === 'Created');

/** The partition clients may see under this name. */
export const visiblePartition = (
  { partitions }: CollectionRecord,
  name: string,
): PartitionRecord | undefined =>
  partitions.find((partition) => partition.name === name && partition.state === 'Created');
