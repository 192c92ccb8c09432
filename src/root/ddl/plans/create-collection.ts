import { virtualChannel } from '../../../domain/channels.js';
import { CoordError } from '../../../domain/errors.js';
import type { CollectionId, PartitionId } from '../../../domain/ids.js';
import type { CollectionRecord, DatabaseRecord, PartitionRecord } from '../../../domain/records.js';
import { consistencyLevelOf, timezoneOf } from '../../../domain/schema/collection-properties.js';
import { normaliseSchema } from '../../../domain/schema/normalise-schema.js';
import { hasPartitionKey } from '../../../domain/schema/partition-key.js';
import { checkRootPreconditions } from '../../../domain/schema/root-preconditions.js';
import { isSameDefinition } from '../../../domain/schema/schema-equality.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import { writeChildren, writeCollectionKey } from '../../catalog/collection.codec.js';
import { compactCollection } from '../../catalog/compact-collection.js';
import { shareField } from '../../catalog/shared-fields.js';
import { selectChannels } from '../../channels/dml-channels.js';
import type { CreateCollectionCommand } from '../commands.js';
import {
  type DdlLimits,
  NOTHING_TO_DO,
  type Plan,
  type PlanRules,
  stampChange,
  type TaskStamp,
} from '../plan.js';

/** Shards of a collection whose creator names no number (facts/rootcoord §5.1: 1 since 2.2.9). */
const DEFAULT_SHARDS_NUM = 1;

/** Database property that replaces the configured limit of collections per database. */
const DATABASE_MAX_COLLECTIONS = 'database.max.collections';

/** Ids a create may need: one for the collection and one for each partition it can get. */
export const idsForCreate = (command: CreateCollectionCommand, { limits }: PlanRules): number =>
  1 + partitionsOf(command, limits);

/** How many partitions, never past the limit: more are refused anyway. */
function partitionsOf({ numPartitions }: CreateCollectionCommand, limits: DdlLimits): number {
  const most = BigInt(limits.maxPartitionNum);
  return Math.max(1, Number(numPartitions < most ? numPartitions : most));
}

/**
 * Decides a create in the order RootCoord checks (facts/rootcoord §5.1), except that a repeat of
 * an identical create is recognised before the limits: it changes nothing, so none applies (§25 I6).
 */
export function planCreateCollection(
  catalog: CatalogView,
  command: CreateCollectionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const database = catalog.databaseByName(command.databaseName);
  if (!database) throw CoordError.of('DatabaseNotFound', { database: command.databaseName });
  checkShards(command.shardsNum, rules);
  const existing = catalog.collectionByName(database.id, command.collectionName);
  if (!existing) {
    const capacity = partitionsOf(command, rules.limits) * shardsOf(command);
    checkCollectionRoom(catalog, database, capacity, rules.limits);
  }
  checkRootPreconditions(command.collectionName, command.schema);
  checkPartitions(command, rules.limits);
  checkNoAlias(catalog, database, command.collectionName);
  const record = buildRecord(catalog, database, command, rules, stamp);
  return existing ? planRepeat(existing, record) : planFirst(record, rules, stamp);
}

function checkNoAlias(catalog: CatalogView, { id }: DatabaseRecord, name: string): void {
  if (!catalog.aliasByName(id, name)) return;
  throw CoordError.plain(
    `collection name [${name}] conflicts with an existing alias, please choose a unique name`,
  );
}

function planRepeat(existing: CollectionRecord, requested: CollectionRecord): Plan {
  if (isSameDefinition(existing, requested)) return NOTHING_TO_DO;
  throw CoordError.plain(
    `create duplicate collection with different parameters, collection: ${requested.name}`,
  );
}

function planFirst(record: CollectionRecord, { keys }: PlanRules, stamp: TaskStamp): Plan {
  const change = stampChange(stamp, 'collection.creating');
  return {
    kind: 'commit',
    changes: [{ ...change, kind: 'collection', before: undefined, after: record }],
    writes: [writeCollectionKey(keys, record)],
    children: writeChildren(keys, record),
    order: 'parentFirst',
    followUp: { kind: 'summon', record, origin: 'ddl' },
  };
}

function checkShards(shardsNum: number, { limits, channels }: PlanRules): void {
  if (shardsNum > channels.size) {
    throw CoordError.plain(`shard num (${shardsNum}) exceeds max configuration (${channels.size})`);
  }
  if (shardsNum > limits.maxShardNum) {
    throw CoordError.plain(`shard num (${shardsNum}) exceeds system limit (${limits.maxShardNum})`);
  }
}

/**
 * Whether one more collection may live in the database.
 *
 * @param capacity its partitions × shards.
 * @throws CoordError `CollectionLimitExceeded`, `GeneralCapacityExceeded`.
 */
export function checkCollectionRoom(
  catalog: CatalogView,
  database: DatabaseRecord,
  capacity: number,
  limits: DdlLimits,
): void {
  checkDatabaseRoom(catalog, database, limits);
  if (catalog.countCollections() >= limits.maxCollectionNum) {
    throw collectionLimitExceeded(database.name, limits.maxCollectionNum);
  }
  const wanted = catalog.generalCapacityUsed() + capacity;
  if (wanted > limits.maxGeneralCapacity) {
    throw CoordError.of('GeneralCapacityExceeded', {
      current: wanted,
      limit: limits.maxGeneralCapacity,
    });
  }
}

/** @throws CoordError `CollectionLimitExceeded` when the database takes no further collection. */
export function checkDatabaseRoom(
  catalog: CatalogView,
  database: DatabaseRecord,
  limits: DdlLimits,
): void {
  const most = collectionLimitOf(database, limits);
  if (catalog.countCollectionsIn(database.id) < most) return;
  throw collectionLimitExceeded(database.name, most);
}

function collectionLimitOf(database: DatabaseRecord, limits: DdlLimits): number {
  const property = database.properties.find(({ key }) => key === DATABASE_MAX_COLLECTIONS);
  const own = Number.parseInt(property?.value ?? '', 10);
  return Number.isNaN(own) ? limits.maxCollectionNumPerDatabase : own;
}

const collectionLimitExceeded = (databaseName: string, limit: number): CoordError =>
  CoordError.of('CollectionLimitExceeded', { dbName: databaseName, limit });

function checkPartitions(command: CreateCollectionCommand, limits: DdlLimits): void {
  const { numPartitions, schema } = command;
  if (hasPartitionKey(schema) && numPartitions <= 0n) {
    throw CoordError.plain(
      'the specified partitions should be greater than 0 if partition key is used',
    );
  }
  if (numPartitions > limits.maxPartitionNum) {
    throw CoordError.invalid(
      `partition number (${numPartitions}) exceeds max configuration (${limits.maxPartitionNum})`,
    );
  }
}

const shardsOf = ({ shardsNum }: CreateCollectionCommand): number =>
  shardsNum > 0 ? shardsNum : DEFAULT_SHARDS_NUM;

function buildRecord(
  catalog: CatalogView,
  database: DatabaseRecord,
  command: CreateCollectionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): CollectionRecord {
  const id = stamp.firstId as CollectionId;
  const shardsNum = shardsOf(command);
  const physicalChannels = selectChannels(rules.channels, shardsNum, (channel) =>
    catalog.channelReferences(channel),
  );
  const schema = normaliseSchema(
    { ...command.schema, dbName: database.name },
    timezoneOf(command.properties),
  );
  return compactCollection({
    id,
    databaseId: database.id,
    name: command.collectionName,
    state: 'Creating',
    schema: { ...schema, fields: schema.fields.map(shareField) },
    partitions: buildPartitions(command, rules, stamp),
    shardsNum,
    virtualChannels: physicalChannels.map((name, shard) => virtualChannel(name, id, shard)),
    physicalChannels,
    startPositions: [],
    consistencyLevel: consistencyLevelOf(command.consistencyLevel, command.properties),
    properties: command.properties,
    createdAt: stamp.timestamp,
    updatedAt: stamp.timestamp,
    lastTruncatedAt: [],
  });
}

/** One default partition, or `_default_0 …` for a partition key (facts/rootcoord §5.1). */
function buildPartitions(
  command: CreateCollectionCommand,
  { defaultPartitionName, limits }: PlanRules,
  { firstId, timestamp }: TaskStamp,
): PartitionRecord[] {
  const names = hasPartitionKey(command.schema)
    ? Array.from(
        { length: partitionsOf(command, limits) },
        (_, i) => `${defaultPartitionName}_${i}`,
      )
    : [defaultPartitionName];
  return names.map((name, i) => ({
    id: (firstId + 1n + BigInt(i)) as PartitionId,
    name,
    createdAt: timestamp,
    // Like Milvus: partitions born with their collection are Created inside its Creating (§6.1).
    state: 'Created',
  }));
}
