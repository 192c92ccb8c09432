import { CoordError } from '../../../domain/errors.js';
import { invariant } from '../../../domain/invariant.js';
import type { LifecycleState } from '../../../domain/records.js';
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
 * Makes a collection visible, with the places its channels' readers begin at. The change is stamped
 * with the create's own timestamp, so that a reader at that moment sees it (facts/rootcoord §4).
 */
export function planMarkCreated(
  catalog: CatalogView,
  { record }: MarkCreatedCommand,
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const before = catalog.collectionById(record.id);
  invariant(before?.state === 'Creating', 'only a collection being created becomes Created');
  const { startPositions } = record;
  const after = { ...before, startPositions, state: 'Created' as const };
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

/** What a drop makes of an object: where none is kept, each is final from the beginning. */
export const droppedState = ({ undropKeepMs }: PlanRules): LifecycleState =>
  undropKeepMs > 0 ? 'Dropping' : 'Dropped';

/** For as long as a drop can be taken back nothing of it may be removed. */
export const dropStillKept = (): CoordError =>
  CoordError.of('ServiceUnavailable', {}, 'the drop can still be taken back');

/**
 * Makes a drop final: its time is over, or too many are kept. Undrops go through the same queue, so
 * the word that is committed first decides, whatever a later configuration says.
 *
 * @throws CoordError `ServiceUnavailable` while it is too early.
 */
export function planConfirmDrop(
  catalog: CatalogView,
  { collectionId }: ConfirmDropCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const before = catalog.collectionById(collectionId);
  if (!before || before.state === 'Dropped') return NOTHING_TO_DO;
  const isSurplus = catalog.countKeptCollections() > rules.keptMax;
  // Its updatedAt is the drop's own timestamp, and stays so: clients see no change any more.
  const mayStay = !isSurplus && isKept(before.updatedAt, stamp.timestamp, rules);
  if (before.state !== 'Dropping' || mayStay) throw dropStillKept();
  const after = { ...before, state: 'Dropped' as const };
  return {
    kind: 'commit',
    changes: [{ ...stampChange(stamp, 'collection.final'), kind: 'collection', before, after }],
    writes: [writeCollectionKey(rules.keys, after)],
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'settle', record: after },
  };
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
