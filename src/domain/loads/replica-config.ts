import type { KeyValuePair } from '../../gen/common.js';
import { CoordError, echo } from '../errors.js';
import { refusal, unexpectedValue } from '../refusals.js';
import { isDecimal, paramOf } from '../schema/params.js';
import { type LoadRecord, resourceGroupsOf } from './load-record.js';

/** The one resource group there is. */
export const DEFAULT_RESOURCE_GROUP = '__default_resource_group';

/** Its replicas and the collection's own record must fit in one commit (etcd takes 128 keys). */
const REPLICA_NUMBER_MAX = 64;

/** How many replicas a load makes, and where. */
export interface ReplicaConfig {
  readonly replicaNumber: number;
  /** One for all replicas, or one for each. */
  readonly resourceGroups: readonly string[];
  /** False when nothing of it was in the request. */
  readonly isOwn: boolean;
}

/** A request's own words; 0 and the empty list say nothing. */
type Asked = Pick<ReplicaConfig, 'replicaNumber' | 'resourceGroups'>;

/**
 * The request's word counts as soon as it says either; else the collection's properties, else its
 * database's, else one replica in the default group. What a property's text cannot mean is passed
 * over, as Milvus does.
 */
export function replicaConfigOf(
  { replicaNumber, resourceGroups }: Asked,
  collectionProperties: readonly KeyValuePair[],
  databaseProperties: readonly KeyValuePair[],
): ReplicaConfig {
  if (replicaNumber > 0 || resourceGroups.length > 0) {
    return { ...completed({ replicaNumber, resourceGroups }), isOwn: true };
  }
  const own = configuredIn(collectionProperties, 'collection');
  const inherited = configuredIn(databaseProperties, 'database');
  const configured = {
    replicaNumber: own.replicaNumber || inherited.replicaNumber,
    resourceGroups: own.resourceGroups.length > 0 ? own.resourceGroups : inherited.resourceGroups,
  };
  return { ...completed(configured), isOwn: false };
}

const completed = ({ replicaNumber, resourceGroups }: Asked): Asked => ({
  replicaNumber: Math.max(1, replicaNumber),
  resourceGroups: resourceGroups.length > 0 ? resourceGroups : [DEFAULT_RESOURCE_GROUP],
});

function configuredIn(
  properties: readonly KeyValuePair[],
  owner: 'collection' | 'database',
): Asked {
  const number = paramOf(properties, `${owner}.replica.number`) ?? '';
  const groups = paramOf(properties, `${owner}.resource_groups`) ?? '';
  return {
    replicaNumber: isDecimal(number) ? Math.max(0, Number(number)) : 0,
    resourceGroups: groups
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}

/** What is loaded keeps its replicas until it is released; code 1100, in Milvus 2.4's words. */
export function checkReplicasUnchanged(loaded: LoadRecord, asked: ReplicaConfig): void {
  const number = loaded.replicas.length;
  if (number !== asked.replicaNumber) {
    throw unexpectedValue(
      `can't change the replica number for loaded ${loaded.scope}`,
      String(number),
      String(asked.replicaNumber),
    );
  }
  const groups = resourceGroupsOf(loaded);
  const wanted = new Set(asked.resourceGroups);
  if (groups.length === wanted.size && groups.every((name) => wanted.has(name))) return;
  throw unexpectedValue(
    `can't change the resource groups for loaded ${loaded.scope}`,
    listed(groups),
    listed(asked.resourceGroups),
  );
}

const NOT_SPAWNED = 'failed to spawn replica for collection';

/**
 * The group of each replica. Code 65535 for a number of groups that fits no rule, 300 for a group
 * there is not, 304 for more replicas than are kept.
 */
export function spawnedGroups({ replicaNumber, resourceGroups }: ReplicaConfig): readonly string[] {
  if (resourceGroups.length !== 1 && resourceGroups.length !== replicaNumber) {
    throw CoordError.plain(
      `${NOT_SPAWNED}: resource group num can only be 0, 1 or same as replica number`,
    );
  }
  const unknown = resourceGroups.find((name) => name !== DEFAULT_RESOURCE_GROUP);
  if (unknown !== undefined) throw refusal('ResourceGroupNotFound', NOT_SPAWNED, { rg: unknown });
  if (replicaNumber > REPLICA_NUMBER_MAX) {
    throw refusal('ResourceGroupNodeNotEnough', NOT_SPAWNED, {
      rg: DEFAULT_RESOURCE_GROUP,
      currentNodeNum: String(REPLICA_NUMBER_MAX),
      expectedNodeNum: String(replicaNumber),
    });
  }
  return Array.from({ length: replicaNumber }, () => DEFAULT_RESOURCE_GROUP);
}

/** `[a b]`, as Milvus prints lists. */
const listed = (texts: readonly string[]): string => echo(`[${texts.join(' ')}]`);
