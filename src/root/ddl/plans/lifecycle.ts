import { CoordError } from '../../../domain/errors.js';
import { invariant } from '../../../domain/invariant.js';
import { physicalMsOf, type Timestamp } from '../../../domain/timestamp.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import { childKeys, writeCollectionKey } from '../../catalog/collection.codec.js';
import type {
  ConfirmDropCommand,
  MarkCreatedCommand,
  PurgeCollectionCommand,
} from '../commands.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, stampChange, type TaskStamp } from '../plan.js';

/**
 * Makes a collection visible. The change is stamped with the create's own timestamp, so that a
 * reader at that moment sees it (facts/rootcoord §4).
 */
export function planMarkCreated(
  catalog: CatalogView,
  { record }: MarkCreatedCommand,
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const before = catalog.collectionById(record.id);
  invariant(before?.state === 'Creating', 'only a collection being created becomes Created');
  const after = { ...before, state: 'Created' as const };
  const stamped = { ...stampChange(stamp, 'collection.created'), timestamp: before.createdAt };
  return {
    kind: 'commit',
    changes: [{ ...stamped, kind: 'collection', before, after }],
    writes: [writeCollectionKey(keys, after)],
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'settle', record: after },
  };
}

/** Whether a drop committed at `droppedAt` can still be taken back at `now`. */
export const isKept = (droppedAt: Timestamp, now: Timestamp, { undropKeepMs }: PlanRules) =>
  physicalMsOf(now) < physicalMsOf(droppedAt) + undropKeepMs;

/** For as long as a drop can be taken back nothing of it may be removed. */
export const dropStillKept = (): CoordError =>
  CoordError.of('ServiceUnavailable', {}, 'the drop can still be taken back');

/**
 * Settles once no undrop can be committed any more: both go through this one queue, and its
 * timestamps only grow. @throws CoordError `ServiceUnavailable` while it is too early.
 */
export function planConfirmDrop(
  catalog: CatalogView,
  { collectionId }: ConfirmDropCommand,
  rules: PlanRules,
  { timestamp }: TaskStamp,
): Plan {
  const record = catalog.collectionById(collectionId);
  if (!record) return NOTHING_TO_DO;
  // Its updatedAt is the drop's own timestamp: nothing changes a collection after that.
  if (record.state === 'Created' || isKept(record.updatedAt, timestamp, rules)) {
    throw dropStillKept();
  }
  return NOTHING_TO_DO;
}

/** Removes every key of a collection, children first. Asked a second time it has nothing to do. */
export function planPurgeCollection(
  catalog: CatalogView,
  { collectionId }: PurgeCollectionCommand,
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const before = catalog.collectionById(collectionId);
  if (!before) return NOTHING_TO_DO;
  invariant(before.state !== 'Created', 'a visible collection is never purged');
  const operation = before.state === 'Creating' ? 'collection.undone' : 'collection.dropped';
  return {
    kind: 'commit',
    changes: [{ ...stampChange(stamp, operation), kind: 'collection', before, after: undefined }],
    writes: [{ kind: 'remove', key: keys.collection(before.databaseId, before.id) }],
    children: childKeys(keys, before).map((key) => ({ kind: 'remove', key })),
    order: 'parentLast',
    followUp: { kind: 'settle', record: before },
  };
}
