import { lonelyPeers } from '../../src/adapters/in-process/peers.js';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { MessageStream } from '../../src/ports/message-stream.js';
import type { CommitLimits, MetaStore } from '../../src/ports/meta-store.js';
import type { Peers } from '../../src/ports/peers.js';
import type { Asker } from '../../src/root/asker.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { type RootRuntime, type RootSettings, startRuntime } from '../../src/root/runtime.js';
import { livingCandidate } from './candidates.js';
import { ChannelWorld } from './channel-world.js';
import { RULES } from './ddl-fixtures.js';
import { silentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

/** Milvus' defaults, with a pool of eight channels. */
export const ROOT_SETTINGS: RootSettings = {
  rootPath: 'by-dev',
  metaSubPath: 'meta',
  kvSubPath: 'kv',
  rules: RULES,
  queueLengthMax: 100,
  residentMax: 16,
  historyRetentionMs: 24 * 3_600_000,
  timestampWindowMs: 3_000,
  timestampUpdateIntervalMs: 50,
  // Hours pass in tests; those about ticks turn them on.
  timeTicks: { intervalMs: 200, isEnabled: false },
  gracefulStopMs: 5_000,
};

/** Somebody who waits for the answer, however long it takes. */
export const anAsker = (): Asker => ({ actor: 'test', signal: new AbortController().signal });

const CANDIDATE = livingCandidate();

export interface BootOptions {
  /** What outlives the process; a state nothing was ever written to by default. */
  readonly state?: MemoryMetaState;
  readonly clock?: VirtualClock;
  readonly peers?: Peers;
  /** The channels outlive the process, too. */
  readonly stream?: MessageStream;
  readonly limits?: CommitLimits;
  readonly settings?: Partial<RootSettings>;
  /** Stands between RootCoord and its store. */
  readonly wrap?: (store: MetaStore, clock: VirtualClock) => MetaStore;
}

/** RootCoord without a server around it: one process on a state that outlives it. */
export interface TestRuntime {
  readonly state: MemoryMetaState;
  readonly clock: VirtualClock;
  readonly store: MetaStore;
  readonly runtime: RootRuntime;
  readonly root: RootCoord;
  /** Why it could not go on, if so. */
  readonly broken: readonly unknown[];
}

/** Starts RootCoord; whoever held the state before is deposed, as after its death. */
export async function bootRuntime(options: BootOptions = {}): Promise<TestRuntime> {
  const { state = new MemoryMetaState(), clock = new VirtualClock(), limits } = options;
  const { fence } = state.elect(CANDIDATE);
  const bare = new MemoryMetaStore(state, limits ? { limits } : {});
  const store = options.wrap?.(bare, clock) ?? bare;
  const broken: unknown[] = [];
  const runtime = await startRuntime({
    store,
    fence,
    stream: options.stream ?? new ChannelWorld().stream(clock),
    clock,
    log: silentLogger,
    peers: options.peers ?? lonelyPeers(),
    settings: { ...ROOT_SETTINGS, ...options.settings },
    onBroken: (reason) => broken.push(reason),
  });
  return { state, clock, store, runtime, root: runtime.rootCoord, broken };
}
