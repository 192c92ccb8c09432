import { DEFAULT_DATABASE_ID } from '../../domain/ids.js';
import { AliasInfo, AliasState, CollectionInfo } from '../../gen/etcd_meta.js';
import type { KeyValue, Write } from '../../ports/meta-store.js';
import { forEachLiving, type Migration } from './migration.js';
import { damaged, decodeStored } from './stored-value.js';

/** An alias of the default database, gathered from every place it may stand in. */
interface FoundAlias {
  readonly collectionId: bigint;
  readonly createdTime: bigint;
  /** Keys of earlier releases that hold it. */
  readonly oldKeys: readonly string[];
  /** It stands in today's layout, whatever the older keys say. */
  readonly isCurrent: boolean;
}

export type FoundAliases = Map<string, FoundAlias>;

/** What reading the collections told about the aliases. */
export interface CollectionsSeen {
  /** Ids of the collections an alias may stand for: the Created ones, in whatever layout. */
  readonly targets: ReadonlySet<bigint>;
  /** Collections that stay where they are, and so do their aliases. */
  readonly skippedIds: ReadonlySet<bigint>;
  /** Names that a loaded collection of the default database bears. */
  readonly takenNames: ReadonlySet<string>;
}

/**
 * Reads the aliases of all three layouts; the newer layout wins (facts/rootcoord §17.2).
 *
 * @throws CoordError naming the key of a value that is no alias.
 */
export async function findAliases(migration: Migration): Promise<FoundAliases> {
  const { keys, oldKeys } = migration;
  const { collectionAliases, aliases } = oldKeys;
  const found: FoundAliases = new Map();
  const note = (key: string, info: AliasInfo, isCurrent: boolean) => {
    const before = found.get(info.aliasName)?.oldKeys ?? [];
    const { collectionId, createdTime } = info;
    const places = isCurrent ? before : [...before, key];
    found.set(info.aliasName, { collectionId, createdTime, oldKeys: places, isCurrent });
  };
  await forEachLiving(migration, collectionAliases, (row) =>
    note(row.key, readCollectionAlias(row, collectionAliases), false),
  );
  await forEachLiving(migration, aliases, (row) => note(row.key, readAlias(row, aliases), false));
  const ofDefault = keys.alias(DEFAULT_DATABASE_ID, '');
  await forEachLiving(migration, keys.aliases, (row) => {
    if (row.key.startsWith(ofDefault)) note(row.key, readAlias(row, ofDefault), true);
  });
  return found;
}

/** The form of ≤ 2.1: a CollectionInfo with the target's id and the alias for a name. */
function readCollectionAlias(row: KeyValue, prefix: string): AliasInfo {
  const { ID: collectionId, schema, createTime } = decodeStored(CollectionInfo, row);
  const aliasName = schema?.name ?? '';
  checkName(row.key, prefix, aliasName);
  return AliasInfo.fromPartial({ aliasName, collectionId, createdTime: createTime });
}

function readAlias(row: KeyValue, prefix: string): AliasInfo {
  const info = decodeStored(AliasInfo, row);
  checkName(row.key, prefix, info.aliasName);
  return info;
}

function checkName(key: string, prefix: string, aliasName: string): void {
  if (aliasName !== '' && key === `${prefix}${aliasName}`) return;
  throw damaged(key, `it holds an alias named "${aliasName}"`);
}

/** Moves the aliases of earlier layouts; the ones nothing answers to any more are dropped. */
export async function moveAliases(
  migration: Migration,
  found: FoundAliases,
  seen: CollectionsSeen,
): Promise<void> {
  const { packer, keys, tally } = migration;
  for (const [name, alias] of found) {
    if (alias.oldKeys.length === 0) continue;
    const removals = alias.oldKeys.map((key): Write => ({ kind: 'remove', key }));
    if (alias.isCurrent) {
      tally.superseded.push(...alias.oldKeys);
      await packer.each(removals);
    } else if (seen.skippedIds.has(alias.collectionId)) {
      tally.skipped.push(...alias.oldKeys);
    } else if (!seen.targets.has(alias.collectionId)) {
      tally.aliasesWithoutCollection.push(...alias.oldKeys);
      await packer.each(removals);
    } else if (seen.takenNames.has(name)) {
      tally.superseded.push(...alias.oldKeys);
      await packer.each(removals);
    } else {
      const value = encodeAlias(name, alias);
      await packer.together([
        { kind: 'put', key: keys.alias(DEFAULT_DATABASE_ID, name), value },
        ...removals,
      ]);
      tally.aliases += 1;
    }
  }
}

const encodeAlias = (aliasName: string, { collectionId, createdTime }: FoundAlias): Uint8Array =>
  AliasInfo.encode(
    AliasInfo.fromPartial({
      aliasName,
      collectionId,
      createdTime,
      state: AliasState.AliasCreated,
      dbId: DEFAULT_DATABASE_ID,
    }),
  ).finish();
