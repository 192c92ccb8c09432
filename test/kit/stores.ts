import { type EtcdServer, startEtcd } from './etcd-server.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Where a server under test keeps its metadata; it outlives the server. */
export interface TestStore {
  readonly dataDir: string;
  /** `key=value` settings that lead a server to this store. */
  readonly sets: readonly string[];
  remove(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  /** A store nothing was ever written to. */
  open(): Promise<TestStore>;
}

const embedded: StoreKind = {
  name: 'embedded',
  open: async () => {
    const directory = await temporaryDirectory();
    return { dataDir: directory.path, sets: [], remove: directory.remove };
  },
};

const etcd: StoreKind = {
  name: 'etcd',
  open: async () => {
    const directory = await temporaryDirectory();
    const server: EtcdServer = await startEtcd();
    return {
      dataDir: directory.path,
      sets: ['metastore.type=etcd', `etcd.endpoints=${server.endpoint}`],
      remove: async () => {
        await server.stop();
        await directory.remove();
      },
    };
  },
};

/** Every store a server can keep its metadata in: what holds on one must hold on each. */
export const stores: readonly StoreKind[] = [embedded, etcd];
