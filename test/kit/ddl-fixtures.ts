import type { TaskId } from '../../src/domain/ids.js';
import type { CollectionRecord, DatabaseRecord } from '../../src/domain/records.js';
import { DEFAULT_SCHEMA_LIMITS } from '../../src/domain/schema/schema-limits.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import { ConsistencyLevel } from '../../src/gen/common.js';
import type { Write } from '../../src/ports/meta-store.js';
import { NOTHING_LOADED } from '../../src/ports/peers.js';
import { Catalog } from '../../src/root/catalog/catalog.js';
import type { CollectionChange } from '../../src/root/catalog/change.js';
import type {
  CreateCollectionCommand,
  DropCollectionCommand,
} from '../../src/root/ddl/commands.js';
import type { PlannedCommit } from '../../src/root/ddl/commit-units.js';
import type { CommitPlan, Plan, PlanRules, TaskStamp } from '../../src/root/ddl/plan.js';
import { aDatabase, KEYS } from './catalog-store.js';
import { aSchema } from './records.js';
import { aField, aSchema as aSchemaWith } from './schemas.js';

/** Rules a test need not think about: far limits, a pool of eight channels, final drops. */
export const RULES: PlanRules = {
  keys: KEYS,
  limits: {
    maxShardNum: 8,
    maxPartitionNum: 1_024,
    maxCollectionNum: 65_536,
    maxCollectionNumPerDatabase: 65_536,
    maxGeneralCapacity: 65_536,
    maxDatabaseNum: 64,
  },
  schemaLimits: DEFAULT_SCHEMA_LIMITS,
  channels: { prefix: 'by-dev-rootcoord-dml', size: 8 },
  defaultPartitionName: '_default',
  undropKeepMs: 0,
  keptMax: 10_000,
  keptPartitionsMax: 1_024,
  loads: NOTHING_LOADED,
};

export const withLimits = (limits: Partial<PlanRules['limits']>): PlanRules => ({
  ...RULES,
  limits: { ...RULES.limits, ...limits },
});

export const aCreate = (
  name: string,
  differences: Partial<CreateCollectionCommand> = {},
): CreateCollectionCommand => ({
  kind: 'createCollection',
  databaseName: 'default',
  collectionName: name,
  schema: aSchema(name),
  shardsNum: 1,
  consistencyLevel: ConsistencyLevel.Bounded,
  properties: [],
  numPartitions: 0n,
  ...differences,
});

/** A create of a collection whose rows are spread over partitions by a key. */
export const aPartitionedCreate = (name: string, partitions: number): CreateCollectionCommand =>
  aCreate(name, {
    schema: aSchemaWith([aField('key', { isPartitionKey: true })], { name }),
    numPartitions: BigInt(partitions),
  });

export const aDrop = (name: string): DropCollectionCommand => ({
  kind: 'dropCollection',
  databaseName: 'default',
  collectionName: name,
});

export const aStamp = (differences: Partial<TaskStamp> = {}): TaskStamp => ({
  taskId: 1n as TaskId,
  timestamp: 5_000n as Timestamp,
  firstId: 400n,
  actor: 'test',
  ...differences,
});

/** A catalog that holds these collections in the default database. */
export function catalogOf(
  records: readonly CollectionRecord[] = [],
  database: DatabaseRecord = aDatabase(),
): Catalog {
  const catalog = new Catalog();
  catalog.apply({ kind: 'database', before: undefined, after: database });
  for (const after of records) catalog.apply({ kind: 'collection', before: undefined, after });
  return catalog;
}

/** The plan, when it is one that changes something; anything else fails the test. */
export function asCommit(plan: Plan): CommitPlan {
  if (plan.kind !== 'commit') throw new Error(`expected a plan to commit, got "${plan.kind}"`);
  return plan;
}

/** What the plan does to its subject, a collection; anything else fails the test. */
export function collectionChangeOf({ changes: [subject] }: PlannedCommit): CollectionChange {
  if (subject?.kind !== 'collection') throw new Error('the plan does not change a collection');
  return subject;
}

/** Every key a plan writes, in order. */
export const writesOf = ({ writes, children }: PlannedCommit): Write[] => [...writes, ...children];

/** The one key a plan writes besides the keys below it; any other number fails the test. */
export function parentOf({ writes }: PlannedCommit): Write {
  const [parent, ...more] = writes;
  if (!parent || more.length > 0) throw new Error(`expected one write, got ${writes.length}`);
  return parent;
}

/** The record a plan makes. */
export function recordOf(plan: Plan): CollectionRecord {
  const { after } = collectionChangeOf(asCommit(plan));
  if (!after) throw new Error('the plan leaves no record');
  return after;
}
