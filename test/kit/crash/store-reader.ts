import { EmbeddedMetaStore } from '../../../src/adapters/embedded/embedded-meta-store.js';
import { EtcdMetaStore } from '../../../src/adapters/etcd/etcd-meta-store.js';
import type { MetaStore } from '../../../src/ports/meta-store.js';
import type { TestStore } from '../stores.js';

const ENDPOINTS = 'etcd.endpoints=';

/** Opens a store past its server, to read it. */
function openReader({ dataDir, sets }: TestStore, rootPath: string): Promise<MetaStore> {
  const endpoints = sets.find((set) => set.startsWith(ENDPOINTS));
  return endpoints === undefined
    ? EmbeddedMetaStore.open({ dataDir })
    : EtcdMetaStore.open({ endpoints: [endpoints.slice(ENDPOINTS.length)], rootPath });
}

/** Reads a store past its server, which may be running. */
export async function withReader<T>(
  store: TestStore,
  rootPath: string,
  read: (reader: MetaStore) => Promise<T>,
): Promise<T> {
  const reader = await openReader(store, rootPath);
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}
