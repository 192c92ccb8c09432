import type { DatabaseId, FieldId, IndexId, PartitionId, ReplicaId } from '../../src/domain/ids.js';
import type { LoadRecord } from '../../src/domain/loads/load-record.js';
import { DEFAULT_RESOURCE_GROUP } from '../../src/domain/loads/replica-config.js';
import { COLLECTION_ID } from './partition-fixtures.js';

/** What is loaded of the collection `c`: its default partition, once. */
export const aLoad = (differences: Partial<LoadRecord> = {}): LoadRecord => ({
  collectionId: COLLECTION_ID,
  databaseId: 1n as DatabaseId,
  scope: 'collection',
  isReplicaModeOwn: false,
  loadFields: fieldIds(100n, 101n),
  fieldIndexes: new Map([[101n as FieldId, 500n as IndexId]]),
  partitionIds: new Set(partitionIds(101n)),
  replicas: [{ id: 700n as ReplicaId, resourceGroup: DEFAULT_RESOURCE_GROUP }],
  ...differences,
});

export const fieldIds = (...ids: readonly bigint[]): FieldId[] => ids.map((id) => id as FieldId);

export const partitionIds = (...ids: readonly bigint[]): PartitionId[] =>
  ids.map((id) => id as PartitionId);
