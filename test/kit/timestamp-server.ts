import { SystemClock } from '../../src/adapters/clock/system-clock.js';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { TimestampOracle } from '../../src/allocators/timestamp-oracle.js';
import { CoordError } from '../../src/domain/errors.js';
import { StatusOk } from '../../src/domain/status.js';
import { MilvusServiceService } from '../../src/gen/milvus.js';
import { RootCoordService } from '../../src/gen/root_coord.js';
import { timestampService } from '../../src/rpc/control/timestamp.service.js';
import { type RunningServer, type ServiceBinding, startServer } from '../../src/rpc/server.js';
import { unary } from '../../src/rpc/unary.js';
import { WorkLane } from '../../src/rpc/work-lane.js';
import { stateWith, TIMESTAMP_KEYS } from './allocator-fixtures.js';
import { livingCandidate } from './candidates.js';

/** Which of the ways to ask a server offers. */
export type Offer = 'stream' | 'rootCoord' | 'milvus';

/** A wall clock that is wrong by a fixed time. */
class ShiftedClock extends SystemClock {
  readonly #offMs: number;

  constructor(offMs: number) {
    super();
    this.#offMs = offMs;
  }

  override nowMs(): number {
    return super.nowMs() + this.#offMs;
  }
}

interface TimestampServerOptions {
  readonly offers?: readonly Offer[];
  /** What outlives the server; a fresh one when left out. */
  readonly state?: MemoryMetaState;
  /** 0 takes any free port. */
  readonly port?: number;
  readonly clockOffMs?: number;
}

/** The real oracle behind the real handlers, on a socket: all of a server that gives timestamps. */
export class TimestampServer {
  readonly port: number;
  readonly state: MemoryMetaState;
  readonly #server: RunningServer;
  readonly #end: () => void;

  private constructor(server: RunningServer, state: MemoryMetaState, end: () => void) {
    this.port = server.port;
    this.state = state;
    this.#server = server;
    this.#end = end;
  }

  static async start(options: TimestampServerOptions = {}): Promise<TimestampServer> {
    const { offers = ['stream'], state = stateWith(), port = 0, clockOffMs = 0 } = options;
    const clock = new ShiftedClock(clockOffMs);
    const { fence } = state.elect(livingCandidate());
    const store = new MemoryMetaStore(state);
    const oracle = await TimestampOracle.open({ store, fence, clock, keys: TIMESTAMP_KEYS });
    const giver = giverOf(oracle);
    const server = await startServer({
      ip: '127.0.0.1',
      port,
      receiveBytesMax: 16 * 1_024,
      sendBytesMax: 16 * 1_024,
      services: offers.map((offer) => bindingOf(offer, giver, new WorkLane(clock))),
    });
    return new TimestampServer(server, state, giver.end);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** The coordinator ends: it refuses, ends its streams, and the sockets close in order. */
  async stop(): Promise<void> {
    this.#end();
    await this.#server.drain(10_000);
  }

  /** Connections break where they stand. */
  async kill(): Promise<void> {
    await this.#server.drain(0);
    this.#end();
  }

  /** The coordinator is gone, while the server has not noticed and stays. */
  depose(): void {
    this.#end();
  }
}

function giverOf(oracle: TimestampOracle) {
  let hasEnded = false;
  let settle: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const allocateTimestamps = (count: number) => oracle.allocateNow(count) ?? oracle.allocate(count);
  return {
    get rootCoord() {
      if (hasEnded) throw CoordError.of('ServiceNotReady', {}, 'Stopped');
      return { allocateTimestamps };
    },
    ended,
    end: () => {
      hasEnded = true;
      oracle.stop();
      settle();
    },
  };
}

function bindingOf(
  offer: Offer,
  giver: ReturnType<typeof giverOf>,
  lane: WorkLane,
): ServiceBinding {
  const deps = {
    assertReady: () => void giver.rootCoord,
    onDefect: (rpc: string, error: unknown) => {
      throw new Error(`${rpc} broke`, { cause: error });
    },
    lane,
  };
  const one = async (count: number) => ({
    status: StatusOk,
    timestamp: await giver.rootCoord.allocateTimestamps(count),
    count,
  });
  switch (offer) {
    case 'stream':
      return timestampService(deps, giver);
    case 'rootCoord':
      return {
        name: 'milvus.proto.rootcoord.RootCoord',
        definition: RootCoordService,
        handlers: {
          allocTimestamp: unary(deps, RootCoordService.allocTimestamp, ({ request }) =>
            one(request.count),
          ),
        },
      };
    case 'milvus':
      return {
        name: 'milvus.proto.milvus.MilvusService',
        definition: MilvusServiceService,
        handlers: {
          allocTimestamp: unary(deps, MilvusServiceService.allocTimestamp, () => one(1)),
        },
      };
  }
}
