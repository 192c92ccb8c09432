import { invariant } from '../../../domain/invariant.js';
import type { CatalogView } from '../../catalog/catalog.js';
import { childKeys, writeCollectionKey } from '../../catalog/collection.codec.js';
import type { MarkCreatedCommand, PurgeCollectionCommand } from '../commands.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, type TaskStamp } from '../plan.js';

/**
 * Makes a collection visible. The change is stamped with the create's own timestamp, so that a
 * reader at that moment sees it (facts/rootcoord §4).
 */
export function planMarkCreated(
  catalog: CatalogView,
  { record }: MarkCreatedCommand,
  { keys }: PlanRules,
  { taskId, actor }: TaskStamp,
): Plan {
  const before = catalog.collectionById(record.id);
  invariant(before?.state === 'Creating', 'only a collection being created becomes Created');
  const after = { ...before, state: 'Created' as const };
  return {
    kind: 'commit',
    change: {
      kind: 'collection',
      operation: 'collection.created',
      before,
      after,
      timestamp: before.createdAt,
      taskId,
      actor,
    },
    parent: writeCollectionKey(keys, after),
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
  { taskId, timestamp, actor }: TaskStamp,
): Plan {
  const before = catalog.collectionById(collectionId);
  if (!before) return NOTHING_TO_DO;
  invariant(before.state !== 'Created', 'a visible collection is never purged');
  return {
    kind: 'commit',
    change: {
      kind: 'collection',
      operation: before.state === 'Creating' ? 'collection.undone' : 'collection.dropped',
      before,
      after: undefined,
      timestamp,
      taskId,
      actor,
    },
    parent: { kind: 'remove', key: keys.collection(before.databaseId, before.id) },
    children: childKeys(keys, before).map((key) => ({ kind: 'remove', key })),
    order: 'parentLast',
    followUp: { kind: 'settle', record: before },
  };
}
