import type {
  CollectionId,
  DatabaseId,
  FieldId,
  IndexId,
  PartitionId,
  ReplicaId,
} from '../domain/ids.js';
import type { LoadRecord, ReplicaRecord } from '../domain/loads/load-record.js';
import { DEFAULT_RESOURCE_GROUP } from '../domain/loads/replica-config.js';
import {
  CollectionLoadInfo,
  LoadStatus,
  LoadType,
  PartitionLoadInfo,
  Replica,
} from '../gen/query_coord.js';

export const encodeCollection = (record: LoadRecord): Uint8Array =>
  CollectionLoadInfo.encode(
    CollectionLoadInfo.fromPartial({
      collectionID: record.collectionId,
      replicaNumber: record.replicas.length,
      status: LoadStatus.Loaded,
      fieldIndexID: new Map(record.fieldIndexes),
      loadType: record.scope === 'collection' ? LoadType.LoadCollection : LoadType.LoadPartition,
      loadFields: [...record.loadFields],
      dbID: record.databaseId,
      userSpecifiedReplicaMode: record.isReplicaModeOwn,
    }),
  ).finish();

export const encodePartition = (record: LoadRecord, partitionID: PartitionId): Uint8Array =>
  PartitionLoadInfo.encode(
    PartitionLoadInfo.fromPartial({
      collectionID: record.collectionId,
      partitionID,
      replicaNumber: record.replicas.length,
      status: LoadStatus.Loaded,
      fieldIndexID: new Map(record.fieldIndexes),
    }),
  ).finish();

export const encodeReplica = (
  collectionID: CollectionId,
  { id, resourceGroup }: ReplicaRecord,
): Uint8Array =>
  Replica.encode(Replica.fromPartial({ ID: id, collectionID, resourceGroup })).finish();

/** What the collection's own key says; partitions and replicas have keys of their own. */
export function decodeCollection(bytes: Uint8Array): LoadRecord {
  const info = CollectionLoadInfo.decode(bytes);
  const fieldIndexes = [...info.fieldIndexID].map(
    ([field, index]) => [field as FieldId, index as IndexId] as const,
  );
  return {
    collectionId: info.collectionID as CollectionId,
    databaseId: info.dbID as DatabaseId,
    scope: info.loadType === LoadType.LoadPartition ? 'partitions' : 'collection',
    isReplicaModeOwn: info.userSpecifiedReplicaMode,
    loadFields: info.loadFields.map((id) => id as FieldId),
    fieldIndexes: new Map(fieldIndexes),
    partitionIds: new Set(),
    replicas: [],
  };
}

export function decodePartition(bytes: Uint8Array) {
  const { collectionID, partitionID } = PartitionLoadInfo.decode(bytes);
  return { collectionId: collectionID as CollectionId, id: partitionID as PartitionId };
}

/** Milvus 2.2.0 knew no groups. */
export function decodeReplica(bytes: Uint8Array) {
  const { collectionID, ID, resourceGroup } = Replica.decode(bytes);
  const replica: ReplicaRecord = {
    id: ID as ReplicaId,
    resourceGroup: resourceGroup || DEFAULT_RESOURCE_GROUP,
  };
  return { collectionId: collectionID as CollectionId, replica };
}
