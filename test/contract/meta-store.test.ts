import { afterAll, beforeAll, describe } from 'vitest';
import { EmbeddedMetaStore } from '../../src/adapters/embedded/embedded-meta-store.js';
import { EtcdMetaStore } from '../../src/adapters/etcd/etcd-meta-store.js';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { MetaStore } from '../../src/ports/meta-store.js';
import { type EtcdServer, startEtcd } from '../kit/etcd-server.js';
import type { MetaStoreHarness } from '../kit/meta-store-bed.js';
import { temporaryDirectory } from '../kit/temporary-directory.js';
import { metaStoreContract } from './meta-store.contract.js';

/** Short, so that a replaced holder hears of its loss within the test. */
const RENEW_EVERY_MS = 50;
const LEASE_TTL_SECONDS = 2;

/** A harness that closes whatever was opened through it, newest first. */
function harnessOf(
  root: string,
  openOne: () => Promise<MetaStore>,
  removeData: () => Promise<void>,
): MetaStoreHarness {
  const opened: MetaStore[] = [];
  return {
    root,
    open: async () => {
      const store = await openOne();
      opened.unshift(store);
      return store;
    },
    dispose: async () => {
      for (const store of opened) await store.close();
      await removeData();
    },
  };
}

metaStoreContract('memory', async () => {
  const state = new MemoryMetaState();
  const openOne = async () => new MemoryMetaStore(state);
  return harnessOf('by-dev/meta', openOne, async () => {});
});

metaStoreContract('embedded', async () => {
  const directory = await temporaryDirectory();
  const options = { dataDir: directory.path, renewEveryMs: RENEW_EVERY_MS };
  return harnessOf('by-dev/meta', () => EmbeddedMetaStore.open(options), directory.remove);
});

describe('on a real etcd', () => {
  let server: EtcdServer;
  let tests = 0;

  beforeAll(async () => {
    server = await startEtcd();
  });

  afterAll(() => server.stop());

  metaStoreContract('etcd', async () => {
    tests += 1;
    const rootPath = `test-${tests}`;
    const options = { endpoints: [server.endpoint], rootPath, leaseTtlSeconds: LEASE_TTL_SECONDS };
    return harnessOf(
      `${rootPath}/meta/root-coord`,
      () => EtcdMetaStore.open(options),
      async () => {},
    );
  });
});
