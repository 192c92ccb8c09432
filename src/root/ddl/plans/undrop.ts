import { CoordError } from '../../../domain/errors.js';
import type { CollectionRecord, DatabaseRecord } from '../../../domain/records.js';
import { renameCollection } from '../../../domain/rename-collection.js';
import { physicalMsOf, type Timestamp } from '../../../domain/timestamp.js';
import { encodeAlias } from '../../catalog/alias.codec.js';
import { isLive } from '../../catalog/catalog-totals.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type { AliasChange } from '../../catalog/change.js';
import { childKeys, writeCollectionKey } from '../../catalog/collection.codec.js';
import { applyPartitionChange } from '../../catalog/partitions.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, stampChange, type TaskStamp } from '../plan.js';
import type { UndropCollectionCommand, UndropPartitionCommand } from '../undrop-commands.js';
import { checkCollectionRoom } from './create-collection.js';
import { findCollection } from './find-collection.js';
import { isKept } from './lifecycle.js';
import { checkPartitionRoom, commit, transition } from './partitions.js';

/**
 * Makes a dropped collection what it was: the same ids, schema, partitions and properties, and
 * those of its aliases whose names are still free. One that is back already is left as it is.
 *
 * @throws CoordError `CollectionNotFound` when the drop cannot be taken back, or is another than
 * was meant; `DatabaseNotFound`; `Unexpected` when its name is taken; every limit of a create.
 */
export function planUndropCollection(
  catalog: CatalogView,
  command: UndropCollectionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const name = command.newName || command.collectionName;
  const before = catalog.collectionById(command.collectionId);
  if (before?.state === 'Created' && before.name === name) return NOTHING_TO_DO;
  if (before?.state === 'Dropped') throw noSuchDrop(command, 'its drop is final');
  if (before?.state !== 'Dropping' || before.updatedAt !== command.droppedAt) {
    throw noSuchDrop(command, 'it is not dropped');
  }
  checkRestorable(before, command, rules, stamp);
  const database = catalog.databaseById(before.databaseId);
  if (!database) throw CoordError.of('DatabaseNotFound', { database: command.databaseName });
  checkNameFree(catalog, database, name);
  const capacity = before.partitions.filter(isLive).length * before.shardsNum;
  checkCollectionRoom(catalog, database, capacity, rules.limits);
  const after = {
    ...renameCollection(before, name, database, stamp.timestamp),
    state: 'Created' as const,
    updatedAt: stamp.timestamp,
  };
  return planReturn(before, after, restoredAliases(catalog, after, command, stamp), rules, stamp);
}

function planReturn(
  before: CollectionRecord,
  after: CollectionRecord,
  aliases: readonly AliasChange[],
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const change = stampChange(stamp, 'collection.undropped');
  const puts = aliases.flatMap(({ after: alias }) =>
    alias
      ? [
          {
            kind: 'put' as const,
            key: keys.alias(alias.databaseId, alias.name),
            value: encodeAlias(alias),
          },
        ]
      : [],
  );
  return {
    kind: 'commit',
    changes: [{ ...change, kind: 'collection', before, after }, ...aliases],
    writes: [writeCollectionKey(keys, after), ...puts],
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'summon', record: after, origin: 'alteration' },
  };
}

/** A drop may be final by its age before its record says so. */
function checkRestorable(
  before: CollectionRecord,
  command: UndropCollectionCommand,
  rules: PlanRules,
  { timestamp }: TaskStamp,
): void {
  const { lastSeen } = command;
  if (!isKept(before.updatedAt, timestamp, rules)) {
    throw noSuchDrop(command, whyFinal(before.updatedAt, rules));
  }
  if (!lastSeen) throw noSuchDrop(command, 'history does not reach back to its drop');
  const left = new Set(childKeys(rules.keys, before));
  const partitions = lastSeen.partitions.filter(({ state }) => state === 'Created');
  const isWhole = childKeys(rules.keys, { ...lastSeen, partitions }).every((key) => left.has(key));
  if (!isWhole) throw noSuchDrop(command, 'parts of it are gone already');
}

const whyFinal = (droppedAt: Timestamp, { undropKeepMs }: PlanRules): string =>
  `its drop is final since ${new Date(physicalMsOf(droppedAt) + undropKeepMs).toISOString()}`;

const noSuchDrop = (
  { databaseName, collectionName }: UndropCollectionCommand,
  why: string,
): CoordError =>
  CoordError.of(
    'CollectionNotFound',
    { database: databaseName, collection: collectionName },
    `the drop cannot be taken back, ${why}`,
  );

function checkNameFree(catalog: CatalogView, database: DatabaseRecord, name: string): void {
  const owner = nameOwner(catalog, database, name);
  if (!owner) return;
  throw CoordError.plain(
    `collection name [${name}] is taken by ${owner} of database [${database.name}], ` +
      'please choose another name',
  );
}

function nameOwner(catalog: CatalogView, { id }: DatabaseRecord, name: string) {
  if (catalog.collectionClaiming(id, name)) return 'a collection';
  return catalog.aliasByName(id, name) ? 'an alias' : undefined;
}

function restoredAliases(
  catalog: CatalogView,
  { id, databaseId, name: ownName }: CollectionRecord,
  { aliases }: UndropCollectionCommand,
  stamp: TaskStamp,
): AliasChange[] {
  const isFree = (name: string) =>
    name !== ownName &&
    !catalog.collectionClaiming(databaseId, name) &&
    !catalog.aliasByName(databaseId, name);
  return aliases.filter(isFree).map((name) => ({
    ...stampChange(stamp, 'alias.created'),
    kind: 'alias',
    before: undefined,
    after: { databaseId, name, collectionId: id, createdAt: stamp.timestamp },
  }));
}

/**
 * Makes a dropped partition Created again. One that is back already is left as it is.
 *
 * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`; `PartitionNotFound` when the drop
 * cannot be taken back; `Unexpected` when its name is taken; every limit of a create.
 */
export function planUndropPartition(
  catalog: CatalogView,
  command: UndropPartitionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const collection = findCollection(catalog, command);
  const { partitionId, partitionName: name, droppedAt } = command;
  const before = collection.partitions.find(({ id }) => id === partitionId);
  if (before?.state === 'Created') return NOTHING_TO_DO;
  if (before?.state === 'Dropped') throw noSuchPartitionDrop(command, 'its drop is final');
  if (before?.state !== 'Dropping') throw noSuchPartitionDrop(command, 'it is not dropped');
  if (droppedAt === undefined) {
    throw noSuchPartitionDrop(command, 'history does not reach back to its drop');
  }
  if (!isKept(droppedAt, stamp.timestamp, rules)) {
    throw noSuchPartitionDrop(command, whyFinal(droppedAt, rules));
  }
  if (collection.partitions.some((other) => other.name === name && isLive(other))) {
    throw CoordError.plain(
      `partition name [${name}] is taken by a partition of collection [${collection.name}]`,
    );
  }
  checkPartitionRoom(catalog, collection, rules.limits);
  const partition = { ...before, state: 'Created' as const };
  const change = transition(collection, before, partition);
  return commit(change, rules, stamp, 'partition.undropped', {
    kind: 'summonPartition',
    origin: 'alteration',
    subject: { collection: applyPartitionChange(collection, change), partition },
  });
}

const noSuchPartitionDrop = (
  { collectionName, partitionName }: UndropPartitionCommand,
  why: string,
): CoordError =>
  CoordError.of(
    'PartitionNotFound',
    { collection: collectionName, partition: partitionName },
    `the drop cannot be taken back, ${why}`,
  );
