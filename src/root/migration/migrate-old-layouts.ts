import type { Logger } from '../../ports/logger.js';
import type { Fence, MetaStore } from '../../ports/meta-store.js';
import { CatalogKeys } from '../catalog/keys.js';
import { findAliases, moveAliases } from './aliases.js';
import { moveCollections } from './collections.js';
import { CommitPacker } from './commit-packer.js';
import { forEachLiving, type Migration } from './migration.js';
import { type MigrationReport, MigrationTally } from './migration-report.js';
import { OldKeys } from './old-keys.js';
import { hasKeys } from './store-contents.js';
import { findUnannounced } from './unannounced-operation.js';

export interface MigrationDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly log: Logger;
  /** e.g. `by-dev` and `meta` (facts/rootcoord §17). */
  readonly settings: { readonly rootPath: string; readonly metaSubPath: string };
}

/**
 * Brings a store that Milvus up to 2.4 wrote into today's layout (facts/rootcoord §17.1, §17.2):
 * embedded partitions and fields become keys, collections and aliases move to the default
 * database, tombstones go. To be called before the catalog is loaded.
 *
 * May be killed at any point and run again; a second run writes nothing. Versions under
 * `snapshots/`, indexes, segment indexes and credentials stay as they are.
 *
 * @throws CoordError `ServiceInternal` naming the key of a record that cannot be understood; it
 *   and everything not yet reached stay as they are.
 */
export async function migrateOldLayouts(deps: MigrationDeps): Promise<MigrationReport> {
  const { store, fence, log, settings } = deps;
  const { rootPath, metaSubPath } = settings;
  const tally = new MigrationTally();
  const migration: Migration = {
    store,
    packer: new CommitPacker(store, fence),
    keys: new CatalogKeys(rootPath, metaSubPath),
    oldKeys: new OldKeys(rootPath, metaSubPath),
    tally,
  };
  if (!(await mayBeOld(migration))) return tally;
  await migrate(migration);
  tally.unannounced = await findUnannounced(store, migration.oldKeys);
  logReport(log, tally);
  return tally;
}

/**
 * Whether Milvus ever wrote here. Milvus leaves a version under `snapshots/` beside every
 * tombstone, so that a store of our own need not be read twice at each start.
 */
async function mayBeOld({ store, keys, oldKeys }: Migration): Promise<boolean> {
  const { snapshots, collections, partitions, collectionAliases, aliases } = oldKeys;
  for (const prefix of [snapshots, collections, partitions, collectionAliases, aliases]) {
    if (await hasKeys(store, prefix)) return true;
  }
  const isOurs = (await store.get(keys.horizon)) || (await hasKeys(store, keys.journal));
  return !isOurs;
}

async function migrate(migration: Migration): Promise<void> {
  const { packer, keys } = migration;
  const { databases, partitions, fields, functions, structArrayFields } = keys;
  for (const prefix of [databases, partitions, fields, functions, structArrayFields]) {
    await forEachLiving(migration, prefix, () => undefined);
  }
  const aliases = await findAliases(migration);
  await packer.flush();
  const seen = await moveCollections(migration, aliases);
  await packer.flush();
  await moveAliases(migration, aliases, seen);
  await packer.flush();
}

function logReport(log: Logger, report: MigrationReport): void {
  const { collections, aliases, tombstones, unannounced } = report;
  if (collections + aliases + tombstones > 0) {
    log.info({ collections, aliases, tombstones }, 'metadata of an older layout migrated');
  }
  const warn = (keys: readonly string[], message: string) => {
    if (keys.length > 0) log.warn({ count: keys.length, first: keys[0] }, message);
  };
  warn(report.superseded, 'old keys removed, their objects stand in the new layout');
  warn(report.aliasesWithoutCollection, 'old aliases removed, their collections do not exist');
  warn(report.skipped, 'old keys left alone, the name of their collection is taken');
  if (unannounced === undefined) return;
  log.warn({ operation: unannounced }, 'the last operation of Milvus 2.1 was never announced');
}
