import type { MetaStore } from '../../ports/meta-store.js';
import { CatalogKeys } from '../catalog/keys.js';
import { OldKeys } from './old-keys.js';

/** Whether any key starts with `prefix`, living or a tombstone. */
export async function hasKeys(store: MetaStore, prefix: string): Promise<boolean> {
  for await (const page of store.scan(prefix, { limit: 1 })) if (page.length > 0) return true;
  return false;
}

/**
 * Whether nothing was ever created here, by any release: neither a database nor a collection from
 * before there were databases.
 */
export async function isFreshStore(
  store: MetaStore,
  settings: { readonly rootPath: string; readonly metaSubPath: string },
): Promise<boolean> {
  const { rootPath, metaSubPath } = settings;
  const { databases, collections } = new CatalogKeys(rootPath, metaSubPath);
  const { collections: oldCollections } = new OldKeys(rootPath, metaSubPath);
  for (const prefix of [databases, collections, oldCollections]) {
    if (await hasKeys(store, prefix)) return false;
  }
  return true;
}
