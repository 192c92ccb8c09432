import type { FieldId, PartitionId } from '../ids.js';
import { type LoadRecord, withPartitions } from './load-record.js';
import { checkReplicasUnchanged, type ReplicaConfig, spawnedGroups } from './replica-config.js';
import { checkFieldsUnchanged, type FieldSelection } from './requested-fields.js';

/** What a load is to lead to, once the request has been understood. */
export interface LoadGoal {
  readonly scope: LoadRecord['scope'];
  readonly partitionIds: readonly PartitionId[];
  readonly replicas: ReplicaConfig;
  readonly selection: FieldSelection;
  readonly loadFields: readonly FieldId[];
}

export type LoadPlan =
  | { readonly kind: 'nothing' }
  /** The first load: replicas come into being, one in each of these groups. */
  | { readonly kind: 'create'; readonly groups: readonly string[] }
  | { readonly kind: 'extend'; readonly after: LoadRecord; readonly added: readonly PartitionId[] };

/**
 * What a load changes. Loading what is loaded is a success, be it a partition of a collection that
 * is loaded as a whole; loading the whole adds what is missing. A request that says nothing of
 * replicas leaves them as they are.
 *
 * @throws CoordError for replicas or fields that differ from what is loaded, or cannot be had.
 */
export function planLoad(before: LoadRecord | undefined, goal: LoadGoal): LoadPlan {
  if (!before) return { kind: 'create', groups: spawnedGroups(goal.replicas) };
  if (goal.replicas.isOwn) checkReplicasUnchanged(before, goal.replicas);
  checkFieldsUnchanged(before, goal.selection, goal.loadFields);
  const added = goal.partitionIds.filter((id) => !before.partitionIds.has(id));
  const scope = goal.scope === 'collection' ? goal.scope : before.scope;
  if (added.length === 0 && scope === before.scope) return { kind: 'nothing' };
  return { kind: 'extend', added, after: { ...withPartitions(before, added), scope } };
}
