import { credentials } from '@grpc/grpc-js';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll } from 'vitest';
import { DataCoordClient } from '../../src/gen/data_coord.js';
import { MilvusServiceClient } from '../../src/gen/milvus.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { ServerProcess } from './server-process.js';
import type { StoreKind, TestStore } from './stores.js';

/** What talks to one run of the server. */
interface Session {
  readonly process: ServerProcess;
  readonly sdk: MilvusClient;
  readonly milvus: MilvusServiceClient;
  readonly root: RootCoordClient;
  readonly data: DataCoordClient;
}

/**
 * One real server for all tests of the enclosing `describe`, with the official SDK and the three
 * generated clients connected to it. The suite fails if the server logged an error or does not end
 * in order.
 */
export class SuiteServer {
  #store: TestStore | undefined;
  #session: Session | undefined;

  /** To be called inside a `describe`. @param sets `key=value` settings over the defaults. */
  static on(kind: StoreKind, sets: readonly string[] = []): SuiteServer {
    const server = new SuiteServer();
    beforeAll(async () => {
      server.#store = await kind.open();
      await server.start(sets);
    });
    afterAll(async () => {
      await server.stop();
      await server.store.remove();
    });
    return server;
  }

  get store(): TestStore {
    return present(this.#store);
  }

  get process(): ServerProcess {
    return present(this.#session).process;
  }

  /** The official Node SDK, connected. */
  get sdk(): MilvusClient {
    return present(this.#session).sdk;
  }

  get milvus(): MilvusServiceClient {
    return present(this.#session).milvus;
  }

  get root(): RootCoordClient {
    return present(this.#session).root;
  }

  get data(): DataCoordClient {
    return present(this.#session).data;
  }

  /** Starts the server on what the store holds; settles when it is healthy. */
  async start(sets: readonly string[] = []): Promise<void> {
    const { dataDir, sets: storeSets } = this.store;
    const process = await ServerProcess.start({ dataDir, sets: [...storeSets, ...sets] });
    const sdk = new MilvusClient({ address: process.address, logLevel: 'error' });
    this.#session = {
      process,
      sdk,
      milvus: new MilvusServiceClient(process.address, credentials.createInsecure()),
      root: new RootCoordClient(process.rootCoordAddress, credentials.createInsecure()),
      data: new DataCoordClient(process.dataCoordAddress, credentials.createInsecure()),
    };
    await sdk.connectPromise;
  }

  /** SIGTERM. @throws Error unless the server ends with 0 and never logged an error. */
  async stop(): Promise<void> {
    const process = await this.#disconnect();
    if (!process) return;
    const code = await process.terminate();
    const errors = process.log.filter(({ level }) => level === 'error' || level === 'fatal');
    if (code === 0 && errors.length === 0) return;
    throw new Error(`the server ended with ${code} and said ${JSON.stringify(errors)}`);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const process = await this.#disconnect();
    await process?.kill();
  }

  async #disconnect(): Promise<ServerProcess | undefined> {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return undefined;
    session.milvus.close();
    session.root.close();
    session.data.close();
    await session.sdk.closeConnection();
    return session.process;
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the server of this suite is not running');
  return value;
}
