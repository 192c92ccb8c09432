import { type DatabaseId, DEFAULT_DATABASE_ID } from '../../domain/ids.js';
import { invariant } from '../../domain/invariant.js';
import { CollectionState } from '../../gen/etcd_meta.js';
import type { KeyValue } from '../../ports/meta-store.js';
import type { CollectionsSeen, FoundAliases } from './aliases.js';
import { findEarlyPartitions, inReleasedForm, removeEarlyPartitions } from './early-partitions.js';
import { forEachLiving, type Migration } from './migration.js';
import { idsOf } from './stored-value.js';
import {
  isOutdated,
  readCollection,
  type StoredCollection,
  type UpgradedCollection,
  upgradeCollection,
} from './upgrade-collection.js';

/** Everything the two passes over the collections learn. */
interface Sight extends CollectionsSeen {
  readonly targets: Set<bigint>;
  readonly skippedIds: Set<bigint>;
  readonly takenNames: Set<string>;
}

/**
 * Brings every collection into today's layout. Records of the default database that say database
 * 0 or still embed their children are rewritten where they stand; those without a database move.
 *
 * @throws CoordError naming the key of a value that is no collection; it stays as it is.
 */
export async function moveCollections(
  migration: Migration,
  aliases: FoundAliases,
): Promise<CollectionsSeen> {
  const sight: Sight = { targets: new Set(), skippedIds: new Set(), takenNames: new Set() };
  const currentIds = await rewriteOutdated(migration, sight);
  // A tombstone swept above may stand under a key that is written below.
  await migration.packer.flush();
  const { collections } = migration.oldKeys;
  const early = await findEarlyPartitions(migration);
  const read = (row: KeyValue, id: bigint) => readCollection(inReleasedForm(row, early, id), id);
  await forEachLiving(migration, collections, (row) => {
    const id = onlyId(row.key, collections);
    if (!currentIds.has(id)) noteTarget(read(row, id), sight);
  });
  await migration.packer.flush();
  await forEachLiving(migration, collections, async (row) => {
    const id = onlyId(row.key, collections);
    if (currentIds.has(id)) return removeSuperseded(migration, row.key);
    await moveCollection(migration, read(row, id), aliases, sight);
  });
  await migration.packer.flush();
  await removeEarlyPartitions(migration, sight.skippedIds);
  return sight;
}

/** @returns the ids of every collection in today's layout. */
async function rewriteOutdated(migration: Migration, sight: Sight): Promise<Set<bigint>> {
  const { keys, oldKeys, tally } = migration;
  const currentIds = new Set<bigint>();
  await forEachLiving(migration, keys.collections, async (row) => {
    const [databaseId, id] = idsOf(row.key, keys.collections, 2);
    invariant(databaseId !== undefined && id !== undefined, 'two ids were asked for');
    const collection = readCollection(row, id);
    currentIds.add(id);
    noteTarget(collection, sight);
    if (databaseId === DEFAULT_DATABASE_ID) noteName(collection, sight);
    if (!isOutdated(collection, databaseId)) return;
    await write(migration, upgradeCollection(keys, oldKeys, collection, databaseId as DatabaseId));
    tally.collections += 1;
  });
  return currentIds;
}

async function moveCollection(
  migration: Migration,
  collection: StoredCollection,
  aliases: FoundAliases,
  sight: Sight,
): Promise<void> {
  const { keys, oldKeys, tally } = migration;
  const { key, info } = collection;
  if (isHidden(collection, aliases, sight)) {
    sight.skippedIds.add(info.ID);
    tally.skipped.push(key);
    return;
  }
  noteName(collection, sight);
  const { children, completing } = upgradeCollection(
    keys,
    oldKeys,
    collection,
    DEFAULT_DATABASE_ID,
  );
  await write(migration, { children, completing: [...completing, { kind: 'remove', key }] });
  tally.collections += 1;
}

/**
 * Whether its name already means something else: another collection, or an alias, which hid a
 * collection of its name in 2.1 as well (facts/rootcoord §17.1).
 */
function isHidden({ info, schema }: StoredCollection, aliases: FoundAliases, sight: Sight) {
  if (info.state !== CollectionState.CollectionCreated) return false;
  if (sight.takenNames.has(schema.name)) return true;
  const alias = aliases.get(schema.name);
  return alias && alias.collectionId !== info.ID && sight.targets.has(alias.collectionId);
}

/** Children first: a crash leaves the old record, which writes the same children again. */
async function write({ packer }: Migration, { children, completing }: UpgradedCollection) {
  await packer.each(children);
  await packer.together(completing);
}

async function removeSuperseded({ packer, tally }: Migration, key: string): Promise<void> {
  await packer.together([{ kind: 'remove', key }]);
  tally.superseded.push(key);
}

/** The catalog takes no alias of a collection that comes or goes. */
function noteTarget({ info }: StoredCollection, { targets }: Sight): void {
  if (info.state === CollectionState.CollectionCreated) targets.add(info.ID);
}

function noteName({ info, schema }: StoredCollection, { takenNames }: Sight): void {
  if (info.state === CollectionState.CollectionCreated) takenNames.add(schema.name);
}

function onlyId(key: string, prefix: string): bigint {
  const [id] = idsOf(key, prefix, 1);
  invariant(id !== undefined, 'one id was asked for');
  return id;
}
