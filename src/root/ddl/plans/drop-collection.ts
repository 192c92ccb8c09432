import type { CatalogView } from '../../catalog/catalog.js';
import { writeCollectionKey } from '../../catalog/collection.codec.js';
import type { DropCollectionCommand } from '../commands.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, type TaskStamp } from '../plan.js';

/**
 * Marks the collection Dropping, which hides it and frees its name at once; its actor does the
 * rest. A collection or database that is not there is no error (facts/rootcoord §5.2).
 */
export function planDropCollection(
  catalog: CatalogView,
  { databaseName, collectionName }: DropCollectionCommand,
  { keys }: PlanRules,
  { taskId, timestamp, actor }: TaskStamp,
): Plan {
  const database = catalog.databaseByName(databaseName);
  const before = database && catalog.collectionByName(database.id, collectionName);
  if (!before) return NOTHING_TO_DO;
  const after = { ...before, state: 'Dropping' as const, updatedAt: timestamp };
  return {
    kind: 'commit',
    change: {
      kind: 'collection',
      operation: 'collection.dropping',
      before,
      after,
      timestamp,
      taskId,
      actor,
    },
    parent: writeCollectionKey(keys, after),
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'summon', record: after },
  };
}
