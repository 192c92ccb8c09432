import { CollectionInfo, PartitionInfo } from '../../gen/etcd_meta.js';
import type { KeyValue } from '../../ports/meta-store.js';
import { forEachLiving, type Migration } from './migration.js';
import { renumbered } from './renumbered.js';
import { damaged, decodeStored, idsOf } from './stored-value.js';

/** Names of the partitions that stand under keys of their own, by collection and partition id. */
export type EarlyPartitions = ReadonlyMap<bigint, ReadonlyMap<bigint, string>>;

/** partition_name 1, partitionID 2, segmentIDs 3, in today's numbers; segments are DataCoord's. */
const PARTITION_TAGS = new Map([
  [0x0a, 0x12],
  [0x10, 0x08],
  [0x18, undefined],
  [0x1a, undefined],
]);

/** field_indexes 5, virtual_channel_names 6, physical_channel_names 7 moved up by one. */
const COLLECTION_TAGS = new Map([
  [0x2a, 0x32],
  [0x32, 0x3a],
  [0x3a, 0x42],
]);

/**
 * Reads `partition/<collection>/<partition>`, which only the builds before 2.0 wrote: seed 001
 * §6.6.2. Their collections number their fields differently.
 */
export async function findEarlyPartitions(migration: Migration): Promise<EarlyPartitions> {
  const { partitions } = migration.oldKeys;
  const found = new Map<bigint, Map<bigint, string>>();
  await forEachLiving(migration, partitions, (row) => {
    const [collectionId = 0n, id = 0n] = idsOf(row.key, partitions, 2);
    const info = decodeStored(PartitionInfo, renumbered(row, PARTITION_TAGS));
    if (info.partitionID !== id) throw damaged(row.key, `it holds partition ${info.partitionID}`);
    const names = found.get(collectionId) ?? new Map<bigint, string>();
    found.set(collectionId, names.set(id, info.partitionName));
  });
  return found;
}

/** The collection as 2.0 would have stored it; any other one as it is. */
export function inReleasedForm(row: KeyValue, names: EarlyPartitions, id: bigint): KeyValue {
  const ownNames = names.get(id);
  if (!ownNames) return row;
  const released = renumbered(row, COLLECTION_TAGS);
  const info = decodeStored(CollectionInfo, released);
  const partitionNames = info.partitionIDs.map((partitionId) => {
    const name = ownNames.get(partitionId);
    if (name === undefined) throw damaged(row.key, `its partition ${partitionId} has no record`);
    return name;
  });
  return { key: row.key, value: CollectionInfo.encode({ ...info, partitionNames }).finish() };
}

/** Removes the early partition keys of every collection that has moved. */
export async function removeEarlyPartitions(
  migration: Migration,
  skippedIds: ReadonlySet<bigint>,
): Promise<void> {
  const { packer, oldKeys } = migration;
  await forEachLiving(migration, oldKeys.partitions, async ({ key }) => {
    const [collectionId = 0n] = idsOf(key, oldKeys.partitions, 2);
    if (!skippedIds.has(collectionId)) await packer.together([{ kind: 'remove', key }]);
  });
}
