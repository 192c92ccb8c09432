import type { CollectionId, PartitionId } from '../../src/domain/ids.js';
import type {
  CollectionRecord,
  LifecycleState,
  PartitionRecord,
} from '../../src/domain/records.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { PartitionChange } from '../../src/root/catalog/change.js';
import type { CreatePartitionCommand, DropPartitionCommand } from '../../src/root/ddl/commands.js';
import type { CommitPlan } from '../../src/root/ddl/plan.js';
import { aRecord } from './records.js';

/** Partitions as plans meet them: in the collection `c` of the default database. */

export const COLLECTION_ID = 100n as CollectionId;

export const aPartition = (
  name: string,
  state: LifecycleState = 'Created',
  id = 900n,
): PartitionRecord => ({
  id: id as PartitionId,
  name,
  createdAt: 2_000n as Timestamp,
  state,
});

/** The collection `c` with its default partition and these. */
export function aCollectionWith(
  partitions: readonly PartitionRecord[],
  differences: Partial<CollectionRecord> = {},
): CollectionRecord {
  const bare = aRecord({ id: COLLECTION_ID, name: 'c', ...differences });
  return { ...bare, partitions: [...bare.partitions, ...partitions] };
}

export const aPartitionCreate = (
  partitionName: string,
  collectionName = 'c',
): CreatePartitionCommand => ({
  kind: 'createPartition',
  databaseName: 'default',
  collectionName,
  partitionName,
});

export const aPartitionDrop = (
  partitionName: string,
  collectionName = 'c',
): DropPartitionCommand => ({
  kind: 'dropPartition',
  databaseName: 'default',
  collectionName,
  partitionName,
});

/** What the plan does to its subject, a partition; anything else fails the test. */
export function partitionChangeOf({ changes: [subject] }: CommitPlan): PartitionChange {
  if (subject.kind !== 'partition') throw new Error(`the plan changes a ${subject.kind}`);
  return subject;
}
