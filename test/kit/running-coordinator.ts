import { credentials } from '@grpc/grpc-js';
import { SystemClock } from '../../src/adapters/clock/system-clock.js';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { composeDataRole } from '../../src/compose-data.js';
import { composeQueryRole, inOrder } from '../../src/compose-query.js';
import type { DataCoord } from '../../src/data/data-coord.js';
import { DEFAULT_SCHEMA_LIMITS } from '../../src/domain/schema/schema-limits.js';
import { milvusService } from '../../src/front/milvus.service.js';
import { MilvusServiceClient } from '../../src/gen/milvus.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import type { QueryCoord } from '../../src/query/query-coord.js';
import { Coordinator } from '../../src/root/coordinator.js';
import type { PlanRules } from '../../src/root/ddl/plan.js';
import { rootCoordService } from '../../src/rpc/root/root-coord.service.js';
import { type RunningServer, startServer } from '../../src/rpc/server.js';
import { WorkLane } from '../../src/rpc/work-lane.js';
import { livingCandidate } from './candidates.js';
import { CrashSites, mortalPeers, mortalStore, mortalStream } from './crash-sites.js';
import { FaultyMetaStore } from './faulty-meta-store.js';
import type { HeldWorld } from './held-world.js';
import { ROOT_SETTINGS } from './root-runtime.js';
import { silentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

const LOOPBACK = '127.0.0.1';
const MESSAGE_BYTES_MAX = 4 * 2 ** 20;
const VERSION = { buildTag: 'test', runtime: 'node' };
const CHANNELS = {
  timeTick: 'by-dev-rootcoord-timetick',
  statistics: 'by-dev-rootcoord-statistics',
};

interface Servers {
  readonly front: RunningServer;
  readonly root: RunningServer;
}

/**
 * A coordinator in this process that serves both gRPC services on free ports, as the program puts
 * it together. Its time and the world around it are the test's; the sockets are real.
 */
export class RunningCoordinator {
  readonly milvus: MilvusServiceClient;
  readonly rootCoord: RootCoordClient;
  readonly clock: VirtualClock;
  readonly #coordinator: Coordinator;
  readonly #servers: Servers;
  readonly #life: CrashSites;

  private constructor(
    coordinator: Coordinator,
    clock: VirtualClock,
    servers: Servers,
    life: CrashSites,
  ) {
    this.#coordinator = coordinator;
    this.clock = clock;
    this.#servers = servers;
    this.#life = life;
    const insecure = credentials.createInsecure();
    this.milvus = new MilvusServiceClient(`${LOOPBACK}:${servers.front.port}`, insecure);
    this.rootCoord = new RootCoordClient(`${LOOPBACK}:${servers.root.port}`, insecure);
  }

  /**
   * Settles when it serves; whoever held the state before counts as dead.
   *
   * @param rules how long and how many drops can be taken back.
   * @param residentMax actors kept in memory that only rest.
   */
  static async start(
    state: MemoryMetaState,
    world: HeldWorld,
    rules: Pick<PlanRules, 'undropKeepMs' | 'keptMax'>,
    residentMax = ROOT_SETTINGS.residentMax,
  ): Promise<RunningCoordinator> {
    const life = new CrashSites();
    const clock = new VirtualClock();
    const bare = new MemoryMetaStore(state, { livenessOf: () => 'dead' });
    const store = world.store(new FaultyMetaStore(bare, clock));
    const rootCoord = () => coordinator.rootCoord;
    const dataCoord = () => data.runtime.dataCoord;
    const queryCoord = () => query.runtime.queryCoord;
    const data = composeDataRole(ROOT_SETTINGS, silentLogger, rootCoord, clock);
    const query = composeQueryRole(ROOT_SETTINGS, silentLogger, rootCoord, dataCoord);
    const coordinator: Coordinator = new Coordinator({
      openStore: async () => mortalStore(store, life),
      openStream: async () => mortalStream(world.stream(clock), life),
      candidate: livingCandidate(),
      clock,
      log: silentLogger,
      peers: mortalPeers(world.peers(), life),
      companion: inOrder(data, query),
      settings: { ...ROOT_SETTINGS, residentMax, rules: { ...ROOT_SETTINGS.rules, ...rules } },
    });
    const servers = await startServers(coordinator, {
      data: dataCoord,
      query: queryCoord,
    });
    coordinator.start();
    await coordinator.healthy;
    return new RunningCoordinator(coordinator, clock, servers, life);
  }

  /** `kill -9`: from here on nothing it does has an effect, and its sockets are cut. */
  async kill(): Promise<void> {
    this.#life.die();
    await this.#close();
  }

  /** An end in order. */
  async stop(): Promise<void> {
    this.#coordinator.stop();
    await this.clock.advance(ROOT_SETTINGS.gracefulStopMs);
    await this.#coordinator.ended;
    await this.#close();
  }

  async #close(): Promise<void> {
    this.milvus.close();
    this.rootCoord.close();
    await Promise.all([this.#servers.front.drain(0), this.#servers.root.drain(0)]);
  }
}

interface Others {
  readonly data: () => DataCoord;
  readonly query: () => QueryCoord;
}

async function startServers(coordinator: Coordinator, { data, query }: Others): Promise<Servers> {
  const root = () => coordinator.rootCoord;
  const deps = {
    assertReady: () => void root(),
    onDefect: (rpc: string, error: unknown) => {
      throw new Error(`${rpc} broke`, { cause: error });
    },
    lane: new WorkLane(new SystemClock()),
  };
  const serve = (service: ReturnType<typeof rootCoordService>) =>
    startServer({
      ip: LOOPBACK,
      port: 0,
      receiveBytesMax: MESSAGE_BYTES_MAX,
      sendBytesMax: MESSAGE_BYTES_MAX,
      services: [service],
    });
  const frontDeps = { ...deps, root, data, query, schemaLimits: DEFAULT_SCHEMA_LIMITS };
  return {
    root: await serve(rootCoordService(deps, coordinator, data, CHANNELS)),
    front: await serve(milvusService(frontDeps, coordinator, VERSION)),
  };
}
