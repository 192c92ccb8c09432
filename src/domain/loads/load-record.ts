import type { CollectionId, DatabaseId, FieldId, IndexId, PartitionId, ReplicaId } from '../ids.js';

/** One copy of a loaded collection. No node of Rootstock's holds it: it is a promise on paper. */
export interface ReplicaRecord {
  readonly id: ReplicaId;
  readonly resourceGroup: string;
}

/** What is loaded of one collection. Immutable: a change makes a new record. */
export interface LoadRecord {
  readonly collectionId: CollectionId;
  readonly databaseId: DatabaseId;
  /** A collection that was loaded as a whole takes partitions in that come later. */
  readonly scope: 'collection' | 'partitions';
  /** The client itself asked for these replicas or resource groups. */
  readonly isReplicaModeOwn: boolean;
  readonly loadFields: readonly FieldId[];
  readonly fieldIndexes: ReadonlyMap<FieldId, IndexId>;
  readonly partitionIds: ReadonlySet<PartitionId>;
  readonly replicas: readonly ReplicaRecord[];
}

/** The groups the replicas are in, each once. */
export const resourceGroupsOf = ({ replicas }: LoadRecord): readonly string[] => [
  ...new Set(replicas.map(({ resourceGroup }) => resourceGroup)),
];

/** The record with these partitions loaded, too. */
export const withPartitions = (record: LoadRecord, ids: Iterable<PartitionId>): LoadRecord => ({
  ...record,
  partitionIds: new Set([...record.partitionIds, ...ids]),
});

/** The record with these partitions released. */
export function withoutPartitions(record: LoadRecord, ids: Iterable<PartitionId>): LoadRecord {
  const gone = new Set(ids);
  const kept = [...record.partitionIds].filter((id) => !gone.has(id));
  return { ...record, partitionIds: new Set(kept) };
}
