import { CoordError } from '../../../domain/errors.js';
import type { PartitionId } from '../../../domain/ids.js';
import { invariant } from '../../../domain/invariant.js';
import { partitionIsLoaded } from '../../../domain/loads/loaded-rules.js';
import { checkNotDefaultPartition } from '../../../domain/partition-rules.js';
import type { CollectionRecord, PartitionRecord } from '../../../domain/records.js';
import { isLive, keptPartitionsOf } from '../../catalog/catalog-totals.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type { PartitionTransition } from '../../catalog/change.js';
import { writePartitionKey } from '../../catalog/collection.codec.js';
import { applyPartitionChange, visiblePartition } from '../../catalog/partitions.js';
import type {
  ConfirmPartitionDropCommand,
  CreatePartitionCommand,
  DropPartitionCommand,
  MarkPartitionCreatedCommand,
  PurgePartitionCommand,
} from '../commands.js';
import {
  type CommitPlan,
  type DdlLimits,
  type FollowUp,
  NOTHING_TO_DO,
  type Plan,
  type PlanRules,
  stampChange,
  type TaskStamp,
} from '../plan.js';
import { findCollection } from './find-collection.js';
import { droppedState, dropStillKept, isKept } from './lifecycle.js';

/**
 * Decides a create in the order RootCoord checks (facts/rootcoord §6.1), repeats first (§25 I6).
 */
export function planCreatePartition(
  catalog: CatalogView,
  command: CreatePartitionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const collection = findCollection(catalog, command);
  const { partitionName: name } = command;
  const namesake = collection.partitions.find((other) => other.name === name && isLive(other));
  if (namesake?.state === 'Created') return NOTHING_TO_DO;
  if (namesake) throw CoordError.of('ServiceUnavailable', {}, 'the partition is being created');
  checkPartitionRoom(catalog, collection, rules.limits);
  const partition: PartitionRecord = {
    id: stamp.firstId as PartitionId,
    name,
    createdAt: stamp.timestamp,
    state: 'Creating',
  };
  const change = transition(collection, undefined, partition);
  return commit(change, rules, stamp, 'partition.creating', {
    kind: 'summonPartition',
    origin: 'ddl',
    subject: { collection: applyPartitionChange(collection, change), partition },
  });
}

/**
 * Marks the partition Dropping, or Dropped where no drop is kept; one that is not there is no error
 * (facts/rootcoord §6.2).
 *
 * @throws CoordError `CollectionNotFound`, `Unexpected` for the default partition and a loaded one.
 */
export function planDropPartition(
  catalog: CatalogView,
  command: DropPartitionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  checkNotDefaultPartition(command.partitionName, rules.defaultPartitionName);
  const collection = findCollection(catalog, command);
  const before = visiblePartition(collection, command.partitionName);
  if (!before) return NOTHING_TO_DO;
  if (rules.loads.isPartitionLoaded(collection.id, before.id)) throw partitionIsLoaded();
  const partition = { ...before, state: droppedState(rules) };
  const change = transition(collection, before, partition);
  return commit(change, rules, stamp, 'partition.dropping', {
    kind: 'summonPartition',
    origin: 'ddl',
    subject: { collection: applyPartitionChange(collection, change), partition },
  });
}

/** Makes a partition visible. @throws CoordError `CollectionNotFound` when its collection went. */
export function planMarkPartitionCreated(
  catalog: CatalogView,
  { collectionId, partitionId }: MarkPartitionCreatedCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const collection = catalog.collectionById(collectionId);
  if (collection?.state !== 'Created') {
    throw CoordError.of('CollectionNotFound', { collection: collectionId });
  }
  const before = collection.partitions.find(({ id }) => id === partitionId);
  invariant(before?.state === 'Creating', 'only a partition being created becomes Created');
  const change = transition(collection, before, { ...before, state: 'Created' });
  const record = applyPartitionChange(collection, change);
  return commit(change, rules, stamp, 'partition.created', { kind: 'settle', record });
}

/** Makes the drop final. @throws CoordError `ServiceUnavailable` while it is too early. */
export function planConfirmPartitionDrop(
  catalog: CatalogView,
  { collectionId, partitionId, droppedAt }: ConfirmPartitionDropCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const collection = catalog.collectionById(collectionId);
  const before = collection?.partitions.find(({ id }) => id === partitionId);
  if (!collection || !before || before.state === 'Dropped') return NOTHING_TO_DO;
  const isYoung = droppedAt !== undefined && isKept(droppedAt, stamp.timestamp, rules);
  const mayStay = isYoung && !areTooManyKept(catalog, collection, rules);
  // With a dropped collection its partitions come back as they were: their own time stands still.
  if (collection.state !== 'Created' || before.state !== 'Dropping' || mayStay) {
    throw dropStillKept();
  }
  const change = transition(collection, before, { ...before, state: 'Dropped' });
  const record = applyPartitionChange(collection, change);
  return commit(change, rules, stamp, 'partition.final', { kind: 'settle', record });
}

const areTooManyKept = (catalog: CatalogView, collection: CollectionRecord, rules: PlanRules) =>
  catalog.countKeptPartitions() > rules.keptMax ||
  keptPartitionsOf(collection) > rules.keptPartitionsMax;

/**
 * Removes the partition's key. Asked a second time, or after its collection, it has nothing to do.
 */
export function planPurgePartition(
  catalog: CatalogView,
  { collectionId, partitionId }: PurgePartitionCommand,
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const collection = catalog.collectionById(collectionId);
  const before = collection?.partitions.find(({ id }) => id === partitionId);
  if (!collection || !before) return NOTHING_TO_DO;
  invariant(before.state !== 'Created', 'a visible partition is never purged');
  const change = transition(collection, before, undefined);
  const operation = before.state === 'Creating' ? 'partition.undone' : 'partition.dropped';
  return {
    kind: 'commit',
    changes: [{ ...stampChange(stamp, operation), ...change }],
    writes: [{ kind: 'remove', key: keys.partition(collectionId, partitionId) }],
    children: [],
    order: 'parentLast',
    followUp: { kind: 'settle', record: applyPartitionChange(collection, change) },
  };
}

/**
 * @throws CoordError `GeneralCapacityExceeded`, `Unexpected` when there is no room for one more.
 */
export function checkPartitionRoom(
  catalog: CatalogView,
  collection: CollectionRecord,
  limits: DdlLimits,
): void {
  const wanted = catalog.generalCapacityUsed() + collection.shardsNum;
  if (wanted > limits.maxGeneralCapacity) {
    throw CoordError.of('GeneralCapacityExceeded', {
      current: wanted,
      limit: limits.maxGeneralCapacity,
    });
  }
  const live = collection.partitions.filter(isLive).length;
  if (live < limits.maxPartitionNum) return;
  throw CoordError.plain(
    `partition number (${live}) exceeds max configuration (${limits.maxPartitionNum}), collection: ${collection.name}`,
  );
}

/** What happens to one partition of a collection. */
export const transition = (
  { id, databaseId }: CollectionRecord,
  before: PartitionRecord | undefined,
  after: PartitionRecord | undefined,
): PartitionTransition => ({ kind: 'partition', collectionId: id, databaseId, before, after });

/** A plan that writes nothing but the partition's own key. */
export function commit(
  change: PartitionTransition,
  { keys }: PlanRules,
  stamp: TaskStamp,
  operation: string,
  followUp: FollowUp,
): CommitPlan {
  invariant(change.after, 'a partition that is written exists');
  return {
    kind: 'commit',
    changes: [{ ...stampChange(stamp, operation), ...change }],
    writes: [writePartitionKey(keys, change.collectionId, change.after)],
    children: [],
    order: 'parentFirst',
    followUp,
  };
}
