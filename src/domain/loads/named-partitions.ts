import { CoordError } from '../errors.js';
import type { PartitionId } from '../ids.js';
import type { CollectionRecord } from '../records.js';
import { hasPartitionKey } from '../schema/partition-key.js';

/** The partitions of a partition-key collection come and go together; code 65535. */
export function checkNoPartitionKey(
  { schema }: CollectionRecord,
  action: 'load' | 'release',
): void {
  if (!hasPartitionKey(schema)) return;
  throw CoordError.plain(`disable ${action} partitions if partition key mode is used`);
}

/** Partitions clients may see. */
export const visiblePartitionIds = ({ partitions }: CollectionRecord): readonly PartitionId[] =>
  partitions.filter(({ state }) => state === 'Created').map(({ id }) => id);

/** Ids of the visible partitions of these names, each once; code 200 for one that is not there. */
export function namedPartitionIds(
  { partitions }: CollectionRecord,
  names: readonly string[],
): readonly PartitionId[] {
  const visible = partitions.filter(({ state }) => state === 'Created');
  const ids = new Map(visible.map(({ id, name }) => [name, id]));
  const found = names.map((name) => {
    const id = ids.get(name);
    if (id === undefined) throw CoordError.of('PartitionNotFound', { partition: name });
    return id;
  });
  return [...new Set(found)];
}
