import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { peersOfRoot, rootCoordPeer } from '../../src/compose-data.js';
import type { Indexes } from '../../src/data/indexes/indexes.js';
import { startDataRuntime } from '../../src/data/runtime.js';
import type { IndexRecord } from '../../src/domain/indexes/index-record.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import type { MetaStore } from '../../src/ports/meta-store.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { type RootRuntime, startRuntime } from '../../src/root/runtime.js';
import { livingCandidate } from './candidates.js';
import { ChannelWorld } from './channel-world.js';
import { CrashSites, mortalPeers, mortalStore } from './crash-sites.js';
import { RULES } from './ddl-fixtures.js';
import { ROOT_SETTINGS } from './root-runtime.js';
import { silentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

/** So few that dropping more indexes takes several commits. */
const INDEX_WRITES_MAX = 2;
const COMMIT_BYTES_MAX = 1_572_864;
const CANDIDATE = livingCandidate();

/** The indexes of every collection clients see, by its name. */
export type IndexPicture = Readonly<Record<string, readonly IndexRecord[]>>;

/** What outlives a process. */
export interface Disk {
  readonly state: MemoryMetaState;
  readonly nowMs: number;
}

/** The same once more, and nobody else can reach it. @param isCopied every key by default. */
export function copyOfDisk(
  { state, nowMs }: Disk,
  isCopied: (key: string) => boolean = () => true,
): Disk {
  const rows = state.snapshot('by-dev/').filter(({ key }) => isCopied(key));
  const copy = new MemoryMetaState();
  const { fence } = copy.elect(CANDIDATE);
  copy.apply(
    rows.map((row) => ({ kind: 'put', ...row })),
    fence,
  );
  return { state: copy, nowMs };
}

/** RootCoord and DataCoord in one process, as the program puts them together. */
export class IndexedProcess {
  readonly root: RootCoord;
  readonly indexes: Indexes;
  readonly clock: VirtualClock;
  readonly state: MemoryMetaState;
  /** Why it could not go on, if so. */
  readonly broken: readonly unknown[];
  readonly #runtime: RootRuntime;

  private constructor(
    { state }: Disk,
    clock: VirtualClock,
    runtime: RootRuntime,
    indexes: Indexes,
    broken: readonly unknown[],
  ) {
    this.state = state;
    this.clock = clock;
    this.#runtime = runtime;
    this.root = runtime.rootCoord;
    this.indexes = indexes;
    this.broken = broken;
  }

  /** @param undropKeepMs how long drops are kept. @param sites where it may die. */
  static async start(
    disk: Disk,
    undropKeepMs: number,
    sites = new CrashSites(),
  ): Promise<IndexedProcess> {
    const clock = new VirtualClock(disk.nowMs);
    const broken: unknown[] = [];
    const { fence } = disk.state.elect(CANDIDATE);
    const ground = { fence, log: silentLogger, onBroken: (reason: unknown) => broken.push(reason) };
    const store = (operationsMax: number): MetaStore => {
      const limits = { operationsMax, bytesMax: COMMIT_BYTES_MAX };
      return mortalStore(new MemoryMetaStore(disk.state, { limits }), sites);
    };
    const { dataCoord } = await startDataRuntime({
      ...ground,
      clock,
      store: store(INDEX_WRITES_MAX),
      rootCoord: rootCoordPeer(() => runtime.rootCoord),
      settings: ROOT_SETTINGS,
    });
    const runtime = await startRuntime({
      ...ground,
      clock,
      stream: new ChannelWorld().stream(clock),
      store: store(128),
      peers: mortalPeers(
        peersOfRoot(() => dataCoord),
        sites,
      ),
      settings: {
        ...ROOT_SETTINGS,
        rules: { ...RULES, undropKeepMs },
        timestampWindowMs: 1_000,
      },
    });
    return new IndexedProcess(disk, clock, runtime, dataCoord.indexes, broken);
  }

  /** Lets go of everything, writing nothing. */
  end(): void {
    this.#runtime.abandon();
  }

  /** Undefined when clients do not see it. */
  find(collectionName: string): CollectionRecord | undefined {
    const query = { databaseName: 'default', collectionName, collectionId: 0n, at: 0n };
    return this.root.hasCollection(query) ? this.root.collection(query) : undefined;
  }

  /** What clients see of these collections. */
  picture(names: readonly string[]): IndexPicture {
    const seen = names.flatMap((name) => {
      const collection = this.find(name);
      if (!collection) return [];
      return [[name, this.indexes.find({ collectionId: collection.id, name: '' })] as const];
    });
    return Object.fromEntries(seen);
  }
}
